#include "core/dpcr/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace microchim::dpcr {

namespace {

std::vector<double> box(std::span<const double> in, int radius) {
    const int n = static_cast<int>(in.size());
    std::vector<double> out(in.size(), 0.0);
    const auto at = [&](int i) { return in[static_cast<std::size_t>(std::clamp(i, 0, n - 1))]; };
    double sum = 0;
    for (int i = -radius; i <= radius; ++i) sum += i >= 0 && i < n ? at(i) : 0.0;
    for (int i = 0; i < n; ++i) {
        out[static_cast<std::size_t>(i)] = std::max(0.0, sum) / (2 * radius + 1);
        if (i - radius >= 0) sum -= at(i - radius);
        if (i + radius + 1 < n) sum += at(i + radius + 1);
    }
    return out;
}

/// Standard deviation, in bins, from the median distance of what lies left of the mode.
double left_spread(const Counts& counts, std::size_t mode) {
    std::uint64_t below = 0, seen = 0;
    for (std::size_t b = 0; b <= mode; ++b) below += counts[b];
    std::size_t b = mode + 1;
    while (b > 0 && 2 * seen < below) seen += counts[--b];
    return (static_cast<double>(mode - b) + 0.5) / 0.6745;  // quartile of a normal law
}

}  // namespace

std::vector<double> smooth(std::span<const double> density, int radius) {
    if (radius < 1) return {density.begin(), density.end()};
    return box(box(density, radius), radius);
}

std::vector<double> smooth(std::span<const std::uint32_t> counts, int radius) {
    return smooth(std::vector<double>(counts.begin(), counts.end()), radius);
}

std::optional<NegativePeak> find_negative(const Counts& counts, const Grid& grid) {
    const auto total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    if (total == 0) return std::nullopt;
    const int radius = grid.bins / 400;  // clusters of a well with positives are about a hundredth of the range wide
    const auto density = smooth(counts, radius);
    const double highest = *std::max_element(density.begin(), density.end());
    const double window = 2 * radius + 1;
    std::size_t mode = 0;
    double top = 0;
    for (std::size_t b = 0; b < density.size(); ++b) {
        if (density[b] > top) top = density[b], mode = b;
        // A peak is over once the density has fallen to half of it, and by more than counting noise.
        const bool fallen = density[b] < 0.5 * top && (top - density[b]) * window > 5 * std::sqrt(top * window);
        if (top >= 0.03 * highest && fallen) break;
    }
    // Once more with a smoothing that fits the cluster just found: in a blank it fills the whole range.
    double spread = left_spread(counts, mode);
    for (int round = 0; round < 2; ++round) {
        const auto fitting = smooth(counts, std::max(radius, static_cast<int>(spread / 3)));
        const auto reach = static_cast<std::size_t>(std::max(1.0, 1.5 * spread));
        const auto from = fitting.begin() + static_cast<std::ptrdiff_t>(mode - std::min(mode, reach));
        const auto to = fitting.begin() + static_cast<std::ptrdiff_t>(std::min(fitting.size(), mode + reach + 1));
        mode = static_cast<std::size_t>(std::max_element(from, to) - fitting.begin());
        spread = left_spread(counts, mode);
    }
    return NegativePeak{grid.centre(static_cast<int>(mode)), spread * grid.width};
}

std::optional<int> find_positive(std::span<const double> counts, int valley_from, int first, int radius, double least,
                                 double contrast) {
    const int n = static_cast<int>(counts.size());
    const auto density = smooth(counts, radius);
    // The greatest rise above the lowest point on the way: the tail of the negatives only falls.
    double valley = std::numeric_limits<double>::infinity(), rise = 0, valley_before = 0;
    int peak = -1;
    for (int b = std::max(0, valley_from); b < n; ++b) {
        const double here = density[static_cast<std::size_t>(b)];
        valley = std::min(valley, here);
        if (b >= first && here - valley > rise) rise = here - valley, peak = b, valley_before = valley;
    }
    if (peak < 0) return std::nullopt;
    double near = 0;
    for (int b = std::max(0, peak - 2 * radius); b <= std::min(n - 1, peak + 2 * radius); ++b)
        near += counts[static_cast<std::size_t>(b)];
    if (near < least || density[static_cast<std::size_t>(peak)] < contrast * valley_before) return std::nullopt;
    return peak;
}

}  // namespace microchim::dpcr
