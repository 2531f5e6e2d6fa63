// Plans that are ready to draw.
#pragma once

#include <cstdint>

#include "core/simulate/plan.hpp"

namespace microchim::simulate {

/// The microtransplant patient of the demonstration: a woman with her son as donor, SRY and two indels (donor
/// heterozygous, patient without), each in duplex with RPP30. Before the infusion 0, then day 1: 30 %, day 7: 2 %,
/// day 28: 1 in 1,000, day 90: 1 in 10,000; no-template controls. One full plate.
Plan patient(std::uint64_t seed);

/// What `single` may be told besides the fraction.
struct SingleOptions {
    int markers = 1;      ///< 1 to 8, all with one copy per donor genome
    int wells = 8;        ///< of the sample, per marker
    int baseline = 2;     ///< wells of the same patient before the infusion, per marker; 0: none
    int blanks = 2;       ///< no-template wells, per marker; 0: none
    double lambda = 1.0;  ///< reference copies per partition
    std::uint64_t seed = 1;
};

/// One sample with one donor fraction, 0 to 1. \throws ConfigError where it does not fit on a plate.
Plan single(double fraction, const SingleOptions& options = {});

}  // namespace microchim::simulate
