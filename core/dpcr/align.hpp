// Brings the wells of one channel onto one scale: distance from each well's own negative peak, so that
// a baseline that drifts over the plate does not matter.
#pragma once

#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "core/dpcr/separate.hpp"

namespace microchim::dpcr {

constexpr double bins_per_spread = 4;  ///< bins per standard deviation of the negatives

/// One well on the way: everything in bins from its own negative peak.
struct Work {
    NegativePeak negative;
    bool empty = true, no_negatives = false;
    std::array<Counts, 3> counts;  ///< by Partner
    std::optional<int> own_peak;   ///< bin of its own positive cluster
    int group = -1;
    double share = 0;
};

/// One channel of all wells, and the scale they share.
struct Channelwise {
    std::span<const View> views;
    std::vector<Work> wells;
    Grid grid;  ///< of distances from the negative peak
    double spread = 0;
    int zero = 0;  ///< the bin of the negative peak
    int rounds = 10;

    int bins(double spreads) const { return static_cast<int>(std::lround(spreads * bins_per_spread)); }
};

double median(std::vector<double> values);  ///< 0 for none

/// Negative peak of every well. False where the channel never varies.
bool find_negatives(Channelwise& channel);

/// Sets the grid and counts every well's partitions on it.
void count_all(Channelwise& channel);

/// Counts one well again, after its negative peak has been moved.
void count(Channelwise& channel, std::size_t well);

}  // namespace microchim::dpcr
