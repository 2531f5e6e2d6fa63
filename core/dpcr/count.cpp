#include "core/dpcr/count.hpp"

#include <algorithm>

#include "core/dpcr/classify.hpp"

namespace microchim::dpcr {
namespace {

/// Channels beside called ones that have no calls themselves are no targets: a passive reference, an unused colour.
bool called(const Partitions& partitions) {
    return partitions.accepted == 0 ||
           std::ranges::any_of(partitions.channels, [](const Channel& c) { return !c.positive.empty(); });
}

void add(React& react, std::size_t c, std::int64_t positive, std::int64_t accepted) {
    const auto& partitions = *react.partitions;
    const auto& channel = partitions.channels[c];
    TargetCounts counts;
    counts.target = channel_target(channel);
    counts.channel = std::to_string(c + 1);
    counts.positive = positive;
    counts.accepted = accepted;
    counts.excluded = partitions.excluded;
    counts.threshold = channel.threshold;
    counts.volume = partitions.volume;
    react.counts.push_back(std::move(counts));
}

void from_instrument(React& react) {
    for (std::size_t c = 0; c < react.partitions->channels.size(); ++c) {
        const auto& calls = react.partitions->channels[c].positive;
        if (calls.empty() && react.partitions->accepted > 0) continue;
        const auto unclassified = std::ranges::count(calls, std::uint8_t{2});
        add(react, c, std::ranges::count(calls, std::uint8_t{1}), react.partitions->accepted - unclassified);
    }
}

}  // namespace

std::string channel_target(const Channel& channel) {
    return channel.target.empty() ? channel.name.substr(0, channel.name.find(' ')) : channel.target;
}

void count_called(Run& run) {
    for (auto& react : run.reacts)
        if (react.partitions && react.counts.empty() && called(*react.partitions)) from_instrument(react);
}

void count_uncalled(Run& run) {
    std::vector<React*> ours;
    std::vector<const Partitions*> wells;
    for (auto& react : run.reacts)
        if (react.partitions && react.counts.empty() && !called(*react.partitions)) {
            ours.push_back(&react);
            wells.push_back(&*react.partitions);
        }
    if (ours.empty()) return;
    const auto calls = classify(wells);
    for (std::size_t w = 0; w < ours.size(); ++w)
        for (std::size_t c = 0; c < calls[w].calls.size(); ++c)
            add(*ours[w], c, calls[w].calls[c].positive, calls[w].calls[c].accepted);
    run.notes.push_back(
        {Severity::info, {}, "The files hold neither counts nor calls: partitions were classified by microchim."});
}

}  // namespace microchim::dpcr
