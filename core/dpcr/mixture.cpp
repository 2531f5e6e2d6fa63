#include "core/dpcr/mixture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace microchim::dpcr {

namespace {

/// The most likely density that falls by at least exp(-rate) per bin (pool adjacent violators; Ayer et al., Ann Math
/// Stat 26, 1955, 641). It also smooths: wide where partitions are few.
void only_falling(std::span<double> density, double rate) {
    struct Block {
        double sum, weight;
        std::size_t bins;
        double mean() const { return sum / weight; }
    };
    std::vector<Block> blocks;
    double weight = 1;
    for (const double value : density) {
        blocks.push_back({value, weight, 1});
        weight *= std::exp(-rate);
        while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() < blocks.back().mean()) {
            const auto last = blocks.back();
            blocks.pop_back();
            blocks.back().sum += last.sum;
            blocks.back().weight += last.weight;
            blocks.back().bins += last.bins;
        }
    }
    auto at = density.begin();
    weight = 1;
    for (const auto& block : blocks)
        for (std::size_t b = 0; b < block.bins; ++b, weight *= std::exp(-rate)) *at++ = block.mean() * weight;
}

/// Kernel smoothing that is narrow where there are counts and wide where there are few; sums to about 1.
std::vector<double> to_density(std::span<const double> counts, int spread) {
    const auto narrow = smooth(counts, std::max(1, spread / 4));
    const auto wide = smooth(counts, 2 * spread);
    const double total = std::max(1e-9, std::accumulate(counts.begin(), counts.end(), 0.0));
    std::vector<double> density(counts.size());
    for (std::size_t b = 0; b < counts.size(); ++b) {
        const double sure = narrow[b] / (narrow[b] + 2.0);
        density[b] = (sure * narrow[b] + (1 - sure) * wide[b]) / total;
    }
    return density;
}

/// The positives: rising from the negative peak to their own, because what falls there is the tail of the negatives,
/// which is wider in some wells than in others. Half a per cent of rain all the way, whatever has been seen.
void set_positive(Clusters& clusters, std::span<const double> positive) {
    auto density = to_density(positive, clusters.spread);
    const auto from = static_cast<std::size_t>(clusters.negative_peak),
               to = static_cast<std::size_t>(clusters.positive_peak);
    std::fill_n(density.begin(), from, 0.0);
    const auto way = density.begin() + clusters.negative_peak;
    std::reverse(way, way + clusters.positive_peak - clusters.negative_peak + 1);
    only_falling(std::span(density).subspan(from, to - from + 1), 0);
    std::reverse(way, way + clusters.positive_peak - clusters.negative_peak + 1);
    for (std::size_t b = from; b <= to; ++b) density[b] += 0.005 / static_cast<double>(to - from + 1);
    const double sum = std::accumulate(density.begin(), density.end(), 0.0);
    for (auto& value : density) value /= sum;
    clusters.positive = std::move(density);
}

double positive_odds_share(const Clusters& c, std::size_t bin, double share) {
    const double up = share * c.positive[bin], down = (1 - share) * c.negative[bin];
    return up + down > 0 ? up / (up + down) : 0.0;
}

}  // namespace

Clusters first_guess(std::span<const double> poor, std::span<const double> rich, int negative_peak, int positive_peak,
                     int spread) {
    Clusters clusters{{}, {}, negative_peak, positive_peak, spread};
    const auto density = smooth(rich, spread);
    const auto begin = density.begin() + negative_peak, end = density.begin() + positive_peak + 1;
    const auto valley = static_cast<std::size_t>(std::min_element(begin, end) - density.begin());
    std::vector<double> negative(poor.begin(), poor.end()), positive(rich.begin(), rich.end());
    for (std::size_t b = 0; b < negative.size(); ++b) {
        (b < valley ? positive[b] : negative[b]) = 0;
        if (b < valley) negative[b] += rich[b];
    }
    set_negative(clusters, negative);
    set_positive(clusters, positive);
    return clusters;
}

double fit_share(const Clusters& clusters, Member& member, int rounds) {
    const auto& counts = *member.counts;
    const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
    if (total == 0) return 0;
    for (int round = 0; round < rounds; ++round) {
        double positives = 0;
        for (std::size_t b = 0; b < counts.size(); ++b)
            if (counts[b]) positives += counts[b] * positive_odds_share(clusters, b, member.positive_share);
        // A little is taken off: a single doubtful partition does not make a positive well.
        const double counted = std::max(0.0, positives - (member.expected_weight > 0 ? 0.0 : 0.5));
        member.positive_share =
            (counted + member.expected_weight * member.expected_share) / (total + member.expected_weight);
    }
    double sum = 0;
    for (std::size_t b = 0; b < counts.size(); ++b) {
        const double p = member.positive_share;
        if (counts[b])
            sum += counts[b] * std::log(std::max(1e-300, p * clusters.positive[b] + (1 - p) * clusters.negative[b]));
    }
    return sum;
}

void fit(Clusters& clusters, std::span<Member> members, int rounds) {
    for (int round = 0; round < rounds; ++round) {
        std::vector<double> negative(clusters.negative.size(), 0.0), positive(negative);
        for (auto& member : members) {
            fit_share(clusters, member, 2);
            const auto& counts = *member.counts;
            for (std::size_t b = 0; b < counts.size(); ++b) {
                if (!counts[b]) continue;
                const double up = counts[b] * positive_odds_share(clusters, b, member.positive_share);
                positive[b] += up;
                negative[b] += counts[b] - up;
            }
        }
        set_negative(clusters, negative);
        set_positive(clusters, positive);
    }
    for (auto& member : members) fit_share(clusters, member, 10);
}

void add_negatives(const Clusters& clusters, const Member& member, std::span<double> negative) {
    const auto& counts = *member.counts;
    for (std::size_t b = 0; b < counts.size(); ++b)
        if (counts[b]) negative[b] += counts[b] * (1 - positive_odds_share(clusters, b, member.positive_share));
}

void set_negative(Clusters& clusters, std::span<const double> negative) {
    auto density = smooth(negative, std::max(1, clusters.spread / 4));
    // The tail of the negatives keeps falling: what lies far out without anything on the way is a cluster of its own.
    constexpr double rate = 0.1;  // per standard deviation
    only_falling(std::span(density).subspan(static_cast<std::size_t>(clusters.negative_peak)), rate / clusters.spread);
    // The floor is one partition of all wells, anywhere: nothing is impossible.
    const double sum = std::accumulate(density.begin(), density.end(), 0.0) + 1;
    for (auto& value : density) value = (value + 1.0 / static_cast<double>(density.size())) / sum;
    clusters.negative = std::move(density);
}

int best_split(const Clusters& clusters, double positive_share) {
    // Wrong calls with the split at the negative peak; then move it up bin by bin. It may end above the positive
    // peak: in a well without positives what lies there is tail.
    const int last =
        std::min(clusters.positive_peak + 4 * clusters.spread, static_cast<int>(clusters.negative.size()) - 1);
    double wrong = 0, fewest = std::numeric_limits<double>::infinity();
    int best = last;
    for (int b = clusters.negative_peak; b <= last; ++b) {
        if (wrong <= fewest) fewest = wrong, best = b;
        const auto at = static_cast<std::size_t>(b);
        wrong += positive_share * clusters.positive[at] - (1 - positive_share) * clusters.negative[at];
    }
    return best;
}

}  // namespace microchim::dpcr
