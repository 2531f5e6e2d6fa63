// Which partitions are positive: the split of raw end-point fluorescence into negative and
// positive, for wells that are looked at together. docs/methods/classify.md explains the method.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::dpcr {

/// The result of one channel of one well.
struct Call {
    std::string channel, target;  ///< as in the Channel
    std::int64_t accepted = 0;    ///< partitions classified
    std::int64_t positive = 0;    ///< 0 <= positive <= accepted
    /// RFU; a partition at or above it is positive. Where another channel shines into this one, it is the
    /// threshold of partitions that are negative there (a note names the other). None for an empty well
    /// and for a channel that never varies.
    std::optional<double> threshold;
    std::string method;              ///< "plate mixture", "negative cluster only", or "none"
    double rain = 0;                 ///< share of partitions in the middle half of the way between the clusters, 0..1
    std::vector<std::string> notes;  ///< full sentences
};

/// All channels of one well.
struct WellCalls {
    std::vector<Call> calls;                          ///< one per channel
    std::vector<std::vector<std::uint8_t>> positive;  ///< per channel, one 0 or 1 per partition
};

/// Classifies wells. Wells whose channels carry the same names and targets learn from each other: rich wells
/// show where the positive cluster lies, poor ones and blanks what the tail of the negative cluster looks like.
/// One well alone works too, with less to learn from.
/// \param wells none may be null; each with any number of channels and partitions, 0 included
/// \return one result per well, same order. The order of wells does not change the calls.
/// \throws std::invalid_argument when channels of a well differ in length or hold a value that is not finite.
std::vector<WellCalls> classify(std::span<const Partitions* const> wells);

}  // namespace microchim::dpcr
