// A plan carried out: which copies fell into which partition, and what the reader would have seen.
#pragma once

#include <cstdint>
#include <vector>

#include "core/run/well.hpp"
#include "core/simulate/plan.hpp"

namespace microchim::simulate {

/// Copies that really were in the accepted partitions of one well.
struct Copies {
    std::vector<std::int64_t> donor;  ///< of the marker's target, by donor
    std::int64_t recipient = 0;       ///< of the marker's target
    std::int64_t reference = 0;
    std::int64_t false_positives = 0;
};

/// One well. The columns have one entry per accepted partition, by rising channel 1 as QuantaSoft writes them.
struct DrawnWell {
    Well well;
    std::size_t sample = 0, marker = 0;     ///< places in the plan
    std::vector<float> channel1, channel2;  ///< RFU, 7 significant digits
    std::vector<std::uint8_t> cluster;      ///< called by threshold: 1 neither, 2 channel 1, 3 both, 4 channel 2
    std::vector<std::uint8_t> truth;        ///< the same code from the copies that were there
    Copies copies;
};

/// Where the calls were made, RFU.
struct Thresholds {
    double channel1 = 3500, channel2 = 3000;
};

struct DrawnPlate {
    Plan plan;
    Thresholds thresholds;
    std::vector<DrawnWell> wells;  ///< in plate order
};

/// Draws the plate; the same plan gives the same plate on every machine. \throws ConfigError as check() does.
DrawnPlate draw(const Plan& plan);

}  // namespace microchim::simulate
