// Splits one channel of many wells that share an assay into negative and positive, given what another
// channel says about each partition.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/dpcr/histogram.hpp"

namespace microchim::dpcr {

enum Partner : std::uint8_t { partner_negative, partner_positive, merged };

/// Where a well is split. The two entries are for partitions negative and positive in the partner channel.
struct Split {
    std::array<double, 2> threshold{};             ///< RFU; positive at or above
    std::array<double, 2> rain_from{}, rain_to{};  ///< RFU, middle half of the way between the clusters
    enum class Basis { nothing, negatives, plate } basis = Basis::nothing;
    NegativePeak negative;
    bool no_negatives = false;  ///< the negative cluster was taken from the other wells
};

/// One channel of one well.
struct View {
    std::span<const float> values;  ///< RFU
    /// What the other channel says: negative, positive, or a merged pair of partitions, to be left out. Empty: all 0.
    std::span<const std::uint8_t> partner;
    /// What an earlier look at these values found, whatever the partner; null: nothing yet.
    const Split* earlier = nullptr;
};

struct Separation {
    std::vector<Split> wells;  ///< same order as the views
    double shift = 0;          ///< median distance of the clusters, RFU; 0: no positives
    double distance = 0;  ///< median distance of the clusters in standard deviations of the negatives; 0: no positives
};

/// \param refine false for a first look with few rounds
Separation separate(std::span<const View> wells, bool refine);

}  // namespace microchim::dpcr
