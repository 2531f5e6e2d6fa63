// Two clusters seen in many wells: each well is a mixture of one negative and one positive
// density in its own proportion. Because the proportion differs from well to well, the data
// themselves say whose the partitions in between are: what grows with the positives is
// rain, what is there in blanks too is the tail of the negatives.
#pragma once

#include <span>
#include <vector>

#include "core/dpcr/histogram.hpp"

namespace microchim::dpcr {

/// Density per bin of the two clusters; each sums to 1.
struct Clusters {
    std::vector<double> negative, positive;
    int negative_peak = 0, positive_peak = 0;  ///< bins, negative_peak < positive_peak
    int spread = 1;                            ///< standard deviation of the negative cluster, bins
};

/// One well's histogram and its share of positives.
struct Member {
    const Counts* counts = nullptr;
    double positive_share = 0;
    double expected_share = 0, expected_weight = 0;  ///< known from elsewhere, and how many partitions it counts as
};

/// First guess: what lies below the valley between the peaks is negative, what lies above is positive,
/// and both reach a little over to the other side.
Clusters first_guess(std::span<const double> poor, std::span<const double> rich, int negative_peak, int positive_peak,
                     int spread);

/// Expectation-maximisation of both densities and all shares (Dempster, Laird, Rubin, J R Stat Soc B 39, 1977, 1;
/// as for a two-topic model, Hofmann, Mach Learn 42, 2001, 177). Changes clusters and members.
void fit(Clusters& clusters, std::span<Member> members, int rounds);

/// Fits the share alone. Returns the log likelihood of the counts.
double fit_share(const Clusters& clusters, Member& member, int rounds);

/// Adds a member's partitions to `negative`, each by its probability of being one.
void add_negatives(const Clusters& clusters, const Member& member, std::span<double> negative);

/// Takes new counts for the negative density.
void set_negative(Clusters& clusters, std::span<const double> negative);

/// The first positive bin: the split with the fewest expected wrong calls, between the peaks.
int best_split(const Clusters& clusters, double positive_share);

}  // namespace microchim::dpcr
