// Simulated real-time PCR samples with a known donor fraction, their standards, and what the estimate makes of them.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "core/chimerism/fraction.hpp"

namespace microchim::chimerism::simulation {

/// One marker that a heterozygous donor carries once, and a reference, each with standards of its own on the plate.
struct RealTimePoint {
    int wells = 6;            ///< of the marker
    double background = 1e5;  ///< recipient genomes in all of them together
    double donor = 10;        ///< donor copies in all of them together
    int reference_wells = 3;
    double sd = 0.34;        ///< Cq noise beside Poisson's
    int standard_wells = 3;  ///< of each level
    bool standards = true;   ///< the curve is estimated from standards; false: it is known
    double recipient = 0;    ///< copies of the marker per recipient genome
};

struct RealTimeFound {
    double coverage = 0;                ///< of the two-sided interval
    double bias = 0;                    ///< mean estimate / truth - 1
    double sheet_bias = 0;              ///< the same of the sum of Cq-derived quantities (see sheet_estimate)
    double error = 0, sheet_error = 0;  ///< root mean square of estimate / truth - 1
    double below = 0, above = 0;        ///< how often the truth lay below and above the interval
    double detected = 0;                ///< share of samples called detected
    double relative_width = 0;
    double answered = 0;  ///< share of samples that could be calculated
};

struct RealTimeSample {
    std::vector<Observation> observations;
    double sheet_fraction = 0;
};

RealTimeSample sample(const RealTimePoint& point, std::mt19937_64& random);
RealTimeFound repeat(const RealTimePoint& point, int samples, std::uint64_t seed);

}  // namespace microchim::chimerism::simulation
