// A run as text that a person can check in a minute; what the .expected files beside fixtures hold.
//
//   reader     biorad-quantasoft
//   run        instrument="QX200" software="QuantaSoft 1.7.4" geometry=8x12
//   react      A01 "patient 7" unkn
//   counts     A01 "SRY" 12/18123 dye="FAM" channel="1" threshold=3000 vendor=0.78 low=0.42 high=1.3 status="OK"
//   partitions A01 n=18123
//   channel    A01 "Ch1 Amplitude" target="SRY" min=812.1 median=934 max=9120.4 positive=12 sha256=0f3c...
//   aggregate  M01 "patient 7" B01,C01 "SRY" 24/36246
//   attributes 37 sha256=77aa...
//   note       info A01: droplets were drawn by hand
#pragma once

#include <string>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::read {

/// What a reader reported, without paths, versions or file hashes. What is not stated is not shown. Attributes and
/// fluorescence are summarised by their SHA-256.
std::string facts(const Run& run);

/// One after the other.
std::string facts(const std::vector<Run>& runs);

}  // namespace microchim::read
