// Times and numbers for the messages that leave.
#pragma once

#include <cstdint>
#include <string>

namespace microchim::service {

/// Local time with its offset, as HL7 writes it: "20260723101500+0200".
std::string hl7_time(std::int64_t ms);

/// Never given twice, also not by the next start: for the MSH-10 of answers, at most 20 characters.
/// From any thread.
std::string answer_id();

}  // namespace microchim::service
