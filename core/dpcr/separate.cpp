#include "core/dpcr/separate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/dpcr/align.hpp"
#include "core/dpcr/mixture.hpp"

namespace microchim::dpcr {

namespace {

// In standard deviations of the negative cluster. The cluster's right tail is heavier than normal
// (droplet size, coalescence), so a second cluster is looked for beyond five.
constexpr double search_from = 5, valley_from = 2.5;
constexpr double blank_margin = 10;                  // where nothing but negatives is known
constexpr double least_own = 25, least_pooled = 10;  // partitions that make a cluster
constexpr double same_assay = 1.3;                   // ratio of cluster distances that still counts as one assay

void find_own_peaks(Channelwise& channel) {
    for (auto& work : channel.wells)
        if (!work.empty)
            work.own_peak = find_positive(std::vector<double>(work.counts[0].begin(), work.counts[0].end()),
                                          channel.zero + channel.bins(valley_from),
                                          channel.zero + channel.bins(search_from), channel.bins(1.5), least_own, 3);
}

/// Adds a well's counts of one cell, times a weight.
void add(std::vector<double>& sum, const Counts& counts, double weight = 1) {
    sum.resize(counts.size(), 0.0);
    for (std::size_t b = 0; b < counts.size(); ++b) sum[b] += weight * counts[b];
}

/// A well without negatives: its lowest peak lies where others have their positives.
void borrow_negatives(Channelwise& channel) {
    std::vector<double> modes, distances;
    for (const auto& work : channel.wells) {
        if (!work.empty) modes.push_back(work.negative.mode);
        if (work.own_peak) distances.push_back((*work.own_peak - channel.zero) * channel.grid.width);
    }
    if (distances.empty()) return;
    std::sort(modes.begin(), modes.end());
    const double usual = modes[modes.size() / 4];
    const double closest = *std::min_element(distances.begin(), distances.end());
    for (std::size_t w = 0; w < channel.wells.size(); ++w) {
        auto& work = channel.wells[w];
        if (work.empty || work.negative.mode < usual + 0.6 * closest) continue;
        work.no_negatives = true;
        work.negative.mode = usual;
        count(channel, w);
    }
    find_own_peaks(channel);
}

/// Wells whose positive clusters lie equally far from the negatives are one assay. Returns the distances in bins.
std::vector<int> group_wells(Channelwise& channel) {
    std::vector<Work*> rich;
    for (auto& work : channel.wells)
        if (work.own_peak) rich.push_back(&work);
    std::sort(rich.begin(), rich.end(), [](auto* a, auto* b) { return *a->own_peak < *b->own_peak; });
    std::vector<std::vector<double>> distances;
    for (auto* work : rich) {
        const double distance = *work->own_peak - channel.zero;
        if (distances.empty() || distance > same_assay * distances.back().back()) distances.emplace_back();
        distances.back().push_back(distance);
        work->group = static_cast<int>(distances.size()) - 1;
    }
    std::vector<int> centres;
    for (auto& group : distances) centres.push_back(static_cast<int>(median(group)));
    if (!centres.empty()) return centres;

    // No well shows a cluster of its own: all of them together may.
    std::vector<double> all;
    for (const auto& work : channel.wells)
        if (!work.empty) add(all, work.counts[0]);
    const auto peak = find_positive(all, channel.zero + channel.bins(valley_from),
                                    channel.zero + channel.bins(search_from), channel.bins(1.5), least_pooled, 3);
    if (peak) centres.push_back(*peak - channel.zero);
    return centres;
}

std::vector<Member> members_of(Channelwise& channel, int group, std::size_t cell) {
    std::vector<Member> members;
    for (auto& work : channel.wells)
        if (!work.empty && work.group == group) members.push_back({&work.counts[cell], std::max(work.share, 1e-5)});
    return members;
}

/// Clusters of one assay as its rich wells show them.
Clusters guess(Channelwise& channel, int group, int distance) {
    std::vector<double> poor(static_cast<std::size_t>(channel.grid.bins), 0.0), rich(poor);
    for (auto& work : channel.wells) {
        if (work.empty || (work.group >= 0 && work.group != group)) continue;
        add(work.group == group ? rich : poor, work.counts[0]);
        if (work.group == group) work.share = 0.1;
    }
    auto members = members_of(channel, group, 0);
    auto clusters =
        first_guess(poor, members.empty() ? poor : rich, channel.zero, channel.zero + distance, channel.bins(1));
    if (!members.empty()) fit(clusters, members, 5);
    return clusters;
}

/// Wells without a cluster of their own go to the assay that explains them best. What such wells hold beyond their
/// negative peak is either tail, the same in all of them, or positives of one assay: found in turns.
void assign(Channelwise& channel, std::vector<Clusters> clusters) {
    std::vector<Member> members;
    std::vector<Work*> works;
    for (auto& work : channel.wells)
        if (!work.empty && work.group < 0) members.push_back({&work.counts[0], 1e-4}), works.push_back(&work);
    const bool choice = clusters.size() > 1;
    for (auto& each : clusters) each.negative = clusters.front().negative;  // the closest assay's: no positives in it
    for (int round = 0; round < (choice ? 4 : 1); ++round) {
        std::vector<double> negative(static_cast<std::size_t>(channel.grid.bins), 0.0);
        for (std::size_t m = 0; m < members.size(); ++m) {
            double best = -std::numeric_limits<double>::infinity();
            for (std::size_t g = 0; choice && g < clusters.size(); ++g) {
                Member trial = members[m];
                trial.positive_share = 1e-4;
                const double likelihood = fit_share(clusters[g], trial, 6);
                if (likelihood > best) best = likelihood, members[m] = trial, works[m]->group = static_cast<int>(g);
            }
            if (!choice) {
                works[m]->group = 0;
                fit_share(clusters[0], members[m], 6);
            }
            works[m]->share = members[m].positive_share;
            add_negatives(clusters[static_cast<std::size_t>(works[m]->group)], members[m], negative);
        }
        for (auto& each : clusters) set_negative(each, negative);
    }
}

/// The clusters of partitions that are positive in the partner channel: both may be shifted by its light, and the
/// positive one may sit lower because two reactions shared a droplet. None if too few partitions show it.
std::optional<Clusters> guess_beside_positive(const Channelwise& channel, int group, const Clusters& clean) {
    std::vector<double> poor(static_cast<std::size_t>(channel.grid.bins), 0.0), rich(poor);
    double most = 0;
    for (const auto& work : channel.wells)
        if (work.group == group) most = std::max(most, work.share);
    if (most <= 0) return std::nullopt;
    for (const auto& work : channel.wells) {
        if (work.group != group) continue;
        add(poor, work.counts[1], 1 - work.share);
        add(rich, work.counts[1], work.share / most);
    }
    const int distance = clean.positive_peak - clean.negative_peak;
    const auto low = smooth(poor, clean.spread);
    const auto from = low.begin() + std::max(0, clean.negative_peak - distance / 5);
    const auto to = low.begin() + clean.negative_peak + distance * 35 / 100;
    const auto top = std::max_element(from, to);
    const bool inside = top != from && top + 1 != to && *top > 3;
    const int negative = inside ? static_cast<int>(top - low.begin()) : clean.negative_peak;
    const int room = std::max(distance * 15 / 100, channel.bins(3));
    const auto positive =
        find_positive(rich, negative + room / 2, negative + room, std::max(1, clean.spread), least_pooled, 1.5);
    if (!positive) return std::nullopt;
    return first_guess(poor, rich, negative, *positive, clean.spread);
}

double total(const Counts& counts) {
    return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

/// Targets on different molecules are positive as often beside a positive partner as beside a negative one, and there
/// they are easier to tell: that share settles how much of the doubtful middle is tail. Linked targets show another
/// share, and then nothing is taken over. A well may hold a few positives that all happen to share a droplet with the
/// partner: seeing none among the others does not mean that there are none, so its share is taken to be at least
/// `unseen` positives of the whole well.
void fit_beside_positive(Clusters& clusters, std::span<Member> members, std::span<const Member> clean, int rounds) {
    constexpr double unseen = 1;
    double expected = 0, seen = 0;
    for (std::size_t m = 0; m < members.size(); ++m) {
        Member trial = members[m];
        fit_share(clusters, trial, 5);
        const double here = total(*members[m].counts);
        // Weighted by the share: the rich wells know, the poor ones are what is asked about.
        seen += here * trial.positive_share * clean[m].positive_share;
        expected += here * clean[m].positive_share * clean[m].positive_share;
        const double both = std::max(1.0, here + total(*clean[m].counts));
        members[m].expected_share = std::max(clean[m].positive_share, unseen / both);
    }
    const bool independent = expected < 2 * seen && seen < 2 * expected;
    for (const bool strictly : {true, false}) {
        for (std::size_t m = 0; m < members.size(); ++m)
            members[m].expected_weight = !independent ? 0 : strictly ? 1e9 : total(*clean[m].counts);
        fit(clusters, members, strictly ? rounds : rounds / 2);
    }
}

void set_split(const Channelwise& channel, const Work& work, const Clusters& clusters, double bin, std::size_t cell,
               Split& split) {
    const double origin = work.negative.mode + channel.grid.low;
    const auto at = [&](double position) { return origin + position * channel.grid.width; };
    const double way = clusters.positive_peak - clusters.negative_peak;
    split.threshold[cell] = at(bin);
    split.rain_from[cell] = at(clusters.negative_peak + 0.25 * way);
    split.rain_to[cell] = at(clusters.negative_peak + 0.75 * way);
    split.basis = Split::Basis::plate;
}

/// No well of the assay is rich: all hold alike few positives, and nothing tells their densities from the tail of the
/// negatives. Half-way between the peaks is then the split; the few lost in the rain are within the counting error.
void split_halfway(Channelwise& channel, int group, const Clusters& clean, std::span<Split> splits) {
    const auto beside = guess_beside_positive(channel, group, clean);
    const auto half = [](const Clusters& clusters) { return 0.5 * (clusters.negative_peak + clusters.positive_peak); };
    for (std::size_t w = 0; w < channel.wells.size(); ++w) {
        const auto& work = channel.wells[w];
        if (work.empty || work.group != group) continue;
        set_split(channel, work, clean, half(clean), 0, splits[w]);
        const Clusters& other = beside ? *beside : clean;
        set_split(channel, work, other, half(other), 1, splits[w]);
    }
}

bool has_rich_well(const Channelwise& channel, int group) {
    return std::any_of(channel.wells.begin(), channel.wells.end(),
                       [&](const Work& work) { return work.group == group && work.own_peak; });
}

/// Splits all wells of one assay, both kinds of partitions.
void split_group(Channelwise& channel, int group, Clusters& clean, std::span<Split> splits) {
    if (!has_rich_well(channel, group)) return split_halfway(channel, group, clean, splits);
    auto members = members_of(channel, group, 0);
    fit(clean, members, channel.rounds);
    std::size_t next = 0;
    for (auto& work : channel.wells)
        if (!work.empty && work.group == group) work.share = members[next++].positive_share;
    auto beside = guess_beside_positive(channel, group, clean);
    auto others = members_of(channel, group, 1);
    if (beside) fit_beside_positive(*beside, others, members, channel.rounds);
    next = 0;
    for (std::size_t w = 0; w < channel.wells.size(); ++w) {
        const auto& work = channel.wells[w];
        if (work.empty || work.group != group) continue;
        const auto& other = others[next++];
        // Positives seen beside the partner are a reason to expect some here, too.
        const bool tells = beside && other.expected_weight > 0;
        const double share = tells ? std::max(work.share, other.positive_share) : work.share;
        set_split(channel, work, clean, best_split(clean, share), 0, splits[w]);
        const Clusters& pair = beside ? *beside : clean;
        set_split(channel, work, pair, best_split(pair, beside ? other.positive_share : work.share), 1, splits[w]);
    }
}

/// Nothing but negatives is known: a margin above them, and above where the partner's light lifts them to.
void split_blank(const Channelwise& channel, std::span<Split> splits) {
    std::vector<double> lifted(static_cast<std::size_t>(channel.grid.bins), 0.0);
    for (const auto& work : channel.wells)
        if (!work.empty) add(lifted, work.counts[partner_positive]);
    const auto density = smooth(lifted, channel.bins(0.5));
    const auto top = std::max_element(density.begin(), density.end());
    const bool seen = std::accumulate(lifted.begin(), lifted.end(), 0.0) >= least_pooled;
    const double lift = seen ? channel.grid.centre(static_cast<int>(top - density.begin())) : 0;
    for (std::size_t w = 0; w < channel.wells.size(); ++w) {
        if (channel.wells[w].empty) continue;
        const double threshold = channel.wells[w].negative.mode + blank_margin * channel.spread;
        splits[w].threshold = {threshold, threshold + std::max(0.0, lift)};
        splits[w].rain_from = splits[w].rain_to = splits[w].threshold;
        splits[w].basis = Split::Basis::negatives;
    }
}

}  // namespace

Separation separate(std::span<const View> views, bool refine) {
    Channelwise channel{views, std::vector<Work>(views.size()), {}, 0, 0, refine ? 12 : 4};
    Separation result{std::vector<Split>(views.size()), 0};
    if (!find_negatives(channel)) return result;
    count_all(channel);
    find_own_peaks(channel);
    borrow_negatives(channel);
    const auto distances = group_wells(channel);
    for (std::size_t w = 0; w < views.size(); ++w) {
        result.wells[w].negative = channel.wells[w].negative;
        result.wells[w].no_negatives = channel.wells[w].no_negatives;
    }
    if (distances.empty()) {
        split_blank(channel, result.wells);
        return result;
    }
    std::vector<Clusters> clusters;
    for (std::size_t g = 0; g < distances.size(); ++g)
        clusters.push_back(guess(channel, static_cast<int>(g), distances[g]));
    assign(channel, clusters);
    for (std::size_t g = 0; g < clusters.size(); ++g)
        split_group(channel, static_cast<int>(g), clusters[g], result.wells);
    result.shift = median({distances.begin(), distances.end()}) * channel.grid.width;
    result.distance = median({distances.begin(), distances.end()}) / channel.bins(1);
    return result;
}

}  // namespace microchim::dpcr
