// Simulated samples with a known donor fraction, and what the estimate makes of them: coverage, width, bias, false
// calls.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "core/chimerism/fraction.hpp"

namespace microchim::chimerism::simulation {

/// One set of circumstances. Every marker is read in its own partitions, with one reference.
struct Point {
    double fraction = 0;
    int markers = 1;
    double copies = 1;          ///< of the marker per donor genome: 1 heterozygous, 2 homozygous
    double false_positive = 0;  ///< per partition
    double blank = 0;           ///< partitions of every marker's blank; 0: none, and then no false positives either
    double partitions = 20000;  ///< per target
    double lambda = 0.3;        ///< copies of the reference per partition
    double recipient = 0;       ///< copies of the marker per recipient genome
    double spread = 0;          ///< between markers: standard deviation of the log of what a marker reads of the truth
};

/// What was found at a point.
struct Found {
    double coverage = 0;     ///< of the two-sided interval
    double width = 0;        ///< mean
    double mover_width = 0;  ///< mean, of MOVER with Clopper-Pearson limits on the same samples
    double bias = 0;         ///< mean estimate / truth - 1; NaN where fewer than 30 donor copies are expected
    double detected = 0;     ///< share of samples called detected (either way)
};

std::vector<Observation> sample(const Point& point, std::mt19937_64& random);
Found repeat(const Point& point, int samples, std::uint64_t seed, bool with_mover = true);

}  // namespace microchim::chimerism::simulation
