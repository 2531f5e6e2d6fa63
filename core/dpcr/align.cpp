#include "core/dpcr/align.hpp"

#include <algorithm>
#include <limits>

namespace microchim::dpcr {

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

namespace {

std::pair<double, double> range_of(std::span<const View> views) {
    float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
    for (const auto& view : views)
        for (const float x : view.values) low = std::min(low, x), high = std::max(high, x);
    return {low, high};
}

/// The negative peaks of an earlier look.
bool take_negatives(Channelwise& channel) {
    std::vector<double> spreads;
    for (std::size_t w = 0; w < channel.views.size(); ++w) {
        const auto& earlier = *channel.views[w].earlier;
        auto& work = channel.wells[w];
        work.negative = earlier.negative;
        work.no_negatives = earlier.no_negatives;
        work.empty = earlier.basis == Split::Basis::nothing;
        if (!work.empty) spreads.push_back(earlier.negative.spread);
    }
    channel.spread = median(spreads);
    return !spreads.empty();
}

}  // namespace

bool find_negatives(Channelwise& channel) {
    if (!channel.views.empty() && channel.views.front().earlier) return take_negatives(channel);

    const auto [low, high] = range_of(channel.views);
    if (!(high > low)) return false;
    const Grid grid{low, (high - low) / 4096, 4097};
    std::vector<double> spreads;
    for (std::size_t w = 0; w < channel.views.size(); ++w) {
        Counts counts(static_cast<std::size_t>(grid.bins), 0);
        const double scale = 1 / grid.width;
        for (const float x : channel.views[w].values) ++counts[static_cast<std::size_t>((x - grid.low) * scale)];
        if (const auto peak = find_negative(counts, grid)) {
            channel.wells[w].negative = *peak;
            channel.wells[w].empty = false;
            spreads.push_back(peak->spread);
        }
    }
    channel.spread = std::max(median(spreads), grid.width);
    return !spreads.empty();
}

void count(Channelwise& channel, std::size_t w) {
    auto& work = channel.wells[w];
    for (auto& counts : work.counts) counts.assign(static_cast<std::size_t>(channel.grid.bins), 0);
    const auto& view = channel.views[w];
    const auto scale = static_cast<float>(1 / channel.grid.width);
    const auto shift = static_cast<float>(work.negative.mode + channel.grid.low);
    const auto last = static_cast<float>(channel.grid.bins - 1);
    const auto bin = [&](float x) { return static_cast<std::size_t>(std::clamp((x - shift) * scale, 0.0F, last)); };
    if (view.partner.empty()) {
        for (const float x : view.values) ++work.counts[0][bin(x)];
    } else {
        for (std::size_t i = 0; i < view.values.size(); ++i) ++work.counts[view.partner[i]][bin(view.values[i])];
    }
}

void count_all(Channelwise& channel) {
    double longest = 0;
    const double high = range_of(channel.views).second;
    for (const auto& work : channel.wells)
        if (!work.empty) longest = std::max(longest, high - work.negative.mode);
    const double width = std::max(channel.spread / bins_per_spread, longest / 2000);
    channel.spread = width * bins_per_spread;
    channel.zero = channel.bins(8);
    channel.grid = {-channel.zero * width, width, channel.zero + static_cast<int>(longest / width) + 2};
    for (std::size_t w = 0; w < channel.wells.size(); ++w) count(channel, w);
}

}  // namespace microchim::dpcr
