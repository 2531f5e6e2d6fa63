// The channels of a well become one list of partitions.
//
// The files say for each channel which partitions are invalid, and these differ a little. A partition that is valid in
// at least one channel is listed; in the others it counts as not called. So the partitions that are called in a channel
// are those that its file calls valid, and the counts remain the vendor's.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "run.hpp"

namespace microchim::qiacuity {

struct Joined {
    std::vector<const Series*> channels;
    std::vector<std::vector<float>> rfu;
    std::vector<std::vector<std::uint8_t>> call;
    std::int64_t listed = 0;  ///< partitions that any file lists
    std::int64_t lost = 0;    ///< valid ones of one channel that another has no number for

    std::size_t size() const { return rfu.empty() ? 0 : rfu.front().size(); }
    bool called(std::size_t channel) const {
        return std::ranges::any_of(call[channel], [](auto c) { return c != 2; });
    }
};

namespace detail {

/// Green, yellow, orange, red, crimson, far red: the order of the instrument's channels.
inline std::size_t rank(std::string_view channel) {
    static constexpr std::array<std::string_view, 6> order{"g", "y", "o", "r", "c", "f"};
    const auto first = reader::detail::normalised(channel.substr(0, 1));
    return static_cast<std::size_t>(std::ranges::find(order, first) - order.begin());
}

/// The partitions that all channels list, and those that any lists.
inline std::vector<std::uint32_t> common(const std::vector<const Series*>& channels, std::int64_t& listed) {
    auto all = channels.front()->partition;
    auto any = all;
    for (const auto* s : channels) {
        if (s->partition == any && all.size() == any.size()) continue;
        std::vector<std::uint32_t> both, either;
        std::ranges::set_intersection(all, s->partition, std::back_inserter(both));
        std::ranges::set_union(any, s->partition, std::back_inserter(either));
        all = std::move(both), any = std::move(either);
    }
    listed = static_cast<std::int64_t>(any.size());
    return all;
}

}  // namespace detail

inline Joined join_channels(const Channels& wells) {
    Joined joined;
    for (const auto& [name, series] : wells) joined.channels.push_back(series);
    std::ranges::stable_sort(joined.channels, {}, [](const Series* s) { return detail::rank(s->channel); });
    const auto n = joined.channels.size();
    const auto numbers = detail::common(joined.channels, joined.listed);
    joined.rfu.resize(n), joined.call.resize(n);
    for (auto& values : joined.rfu) values.reserve(numbers.size());
    for (auto& values : joined.call) values.reserve(numbers.size());
    std::vector<std::size_t> at(n, 0);
    std::vector<std::int64_t> kept(n, 0);  // valid partitions of each channel
    for (const auto number : numbers) {
        bool any_valid = false, complete = true;
        for (std::size_t c = 0; c < n; ++c) {
            const auto& s = *joined.channels[c];
            while (s.partition[at[c]] != number) ++at[c];
            any_valid = any_valid || !s.invalid[at[c]];
            complete = complete && !std::isnan(s.rfu[at[c]]);
        }
        if (!any_valid || !complete) continue;
        for (std::size_t c = 0; c < n; ++c) {
            const auto& s = *joined.channels[c];
            joined.rfu[c].push_back(s.rfu[at[c]]);
            joined.call[c].push_back(s.call[at[c]]);
            kept[c] += !s.invalid[at[c]];
        }
    }
    for (std::size_t c = 0; c < n; ++c) joined.lost = std::max(joined.lost, joined.channels[c]->valid() - kept[c]);
    return joined;
}

}  // namespace microchim::qiacuity
