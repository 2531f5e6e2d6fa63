// A run that is put together from the files of a drop: whether another file tells of the same run, and what it adds.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cells.hpp"

namespace microchim::absoluteq {

/// Several files of one run.
struct Run {
    Part all;  ///< what they say together; the dialect is that of the first
    std::vector<std::string> files;
    std::vector<std::size_t> entries;
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_dye = {};  ///< made by index()
    std::string apart = {};  ///< why it is not one with another

    void index() {
        by_dye.clear();
        for (std::size_t i = 0; i < all.counts.size(); ++i)
            by_dye[{all.counts[i].well, all.counts[i].dye}].push_back(i);
    }
    /// The count of a dye in a well; where it has several targets, of this one, or else of the first. A table that lost
    /// the names of its dyes is known by its targets.
    const Count* count(const std::string& well, const std::string& dye, const std::string& target = "") const {
        const auto found = by_dye.find({well, dye});
        if (found == by_dye.end()) return target.empty() || dye.empty() ? nullptr : without_dye(well, target);
        for (const auto i : found->second)
            if (all.counts[i].target == target) return &all.counts[i];
        return &all.counts[found->second.front()];
    }
    /// The count of this target in a well (empty: of any) of which no dye is stated.
    const Count* without_dye(const std::string& well, const std::string& target) const {
        const auto found = by_dye.find({well, ""});
        if (found == by_dye.end()) return nullptr;
        for (const auto i : found->second)
            if (target.empty() || all.counts[i].target == target) return &all.counts[i];
        return nullptr;
    }
};

/// "run1" of "folder/run1_summary.csv".
inline std::string stem(std::string_view file) {
    auto name = file.substr(file.rfind('/') + 1);
    name = name.substr(0, name.rfind('.'));
    for (const auto* suffix : {"_summary", "_multichannel", "_fluorescence", "_results"})
        if (const auto rest = before(name, suffix); !rest.empty()) name = rest;
    return std::string(name);
}

/// Whether a file may tell of this run: the same run name on the same plate; where files name neither, the same
/// file name.
inline bool same_run(const Part& part, const Run& run) {
    const auto& a = part;
    const auto& b = run.all;
    if (!a.plate.empty() && !b.plate.empty() && !same_text(a.plate, b.plate)) return false;
    if (!a.run.empty() && !b.run.empty()) return same_text(a.run, b.run);
    if (!a.plate.empty() && !b.plate.empty()) return true;
    return same_text(stem(a.file), stem(run.files.front()));
}

namespace detail {

inline std::string no_dyes(const std::string& well) {
    return "one of them does not say the dyes of well " + well + ": the line above its column names may have been lost";
}

inline std::string numbers(std::int64_t positive, std::int64_t accepted) {
    return std::to_string(positive) + " of " + std::to_string(accepted) + " chambers positive";
}

inline bool same_chambers(const Chambers& a, const Chambers& b) {
    return a.excluded == b.excluded &&
           std::ranges::equal(a.channels, b.channels, [](const Channel& x, const Channel& y) {
               return x.name == y.name && x.fluorescence == y.fluorescence && x.positive == y.positive;
           });
}

/// How the chambers of a well contradict the run; empty where they do not. Thresholds may have been moved between two
/// exports, so calls need not agree.
inline std::string contradiction(const Chambers& chambers, const std::string& well, const Run& run) {
    if (const auto other = run.all.chambers.find(well); other != run.all.chambers.end())
        return same_chambers(chambers, other->second) ? "" : "well " + well + " has other chambers";
    for (const auto& channel : chambers.channels) {
        const auto* count = run.count(well, channel.name, channel.target);
        if (count && count->accepted != chambers.size())
            return "well " + well + " has " + std::to_string(chambers.size()) + " accepted chambers in one and " +
                   std::to_string(count->accepted) + " in the other";
        if (!count && !channel.positive.empty() && run.without_dye(well, "")) return no_dyes(well);
    }
    return "";
}

}  // namespace detail

/// How a part whose wells are known contradicts the run; empty where it does not.
inline std::string contradiction(const Part& part, const Run& run) {
    for (const auto& [well, sample] : part.wells) {
        const auto other = run.all.wells.find(well);
        if (other == run.all.wells.end() || other->second.empty() || sample.empty()) continue;
        if (other->second != sample)
            return "well " + well + " holds " + reader::detail::quoted(sample) + " in one and " +
                   reader::detail::quoted(other->second) + " in the other";
    }
    for (const auto& count : part.counts) {
        const auto* other = run.count(count.well, count.dye, count.target);
        if (!other && !count.dye.empty() && run.without_dye(count.well, "")) return detail::no_dyes(count.well);
        if (!other) continue;
        const bool same = other->accepted == count.accepted && other->positive == count.positive;
        if (!same || (!count.target.empty() && !other->target.empty() && count.target != other->target))
            return "well " + count.well + " has " + detail::numbers(count.positive, count.accepted) + " for " +
                   reader::detail::quoted(count.target.empty() ? count.dye : count.target) + " in one and " +
                   detail::numbers(other->positive, other->accepted) + " for " +
                   reader::detail::quoted(other->target.empty() ? other->dye : other->target) + " in the other";
    }
    for (const auto& [well, chambers] : part.chambers)
        if (auto why = detail::contradiction(chambers, well, run); !why.empty()) return why;
    return "";
}

namespace detail {

inline bool same_pool(const Pool& a, const Pool& b) {
    return a.name == b.name && a.target == b.target && a.dye == b.dye && a.members == b.members &&
           (a.members.empty() ? a.group == b.group : true);
}

/// Calls that differ from a table's counts are pointed out; the counts remain the table's.
inline void compare_calls(const Run& run, const std::string& well, const Chambers& chambers, std::vector<Note>& notes) {
    for (const auto& channel : chambers.channels) {
        const auto* count = run.count(well, channel.name, channel.target);
        if (count && !channel.positive.empty() && channel.positives() != count->positive)
            notes.push_back({MICROCHIM_WARNING, well,
                             "The calls of the chambers come to " + std::to_string(channel.positives()) +
                                 " positives in " + channel.name + ", the table has " +
                                 std::to_string(count->positive) + "; the threshold may have been moved in between."});
    }
}

/// Names the dyes of a table that lost them, as the chambers say them of its targets.
inline void learn_dyes(Part& all) {
    for (auto& count : all.counts) {
        const auto chambers = all.chambers.find(count.well);
        if (!count.dye.empty() || count.target.empty() || chambers == all.chambers.end()) continue;
        const auto channel = std::ranges::find(chambers->second.channels, count.target, &Channel::target);
        if (channel != chambers->second.channels.end()) count.dye = channel->name;
    }
}

}  // namespace detail

/// Adds what a part says to the run that it does not contradict.
inline void merge(Part part, Run& run) {
    auto& all = run.all;
    std::size_t fresh = 0;
    for (const auto& [well, sample] : part.wells)
        if (auto& known = all.wells[well]; known.empty()) known = sample;
    for (auto& count : part.counts) {
        if (run.count(count.well, count.dye, count.target)) continue;
        all.counted.insert({count.well, count.target, count.dye});
        all.counts.push_back(std::move(count));
        ++fresh;
    }
    for (auto& pool : part.pools)
        if (std::ranges::none_of(all.pools, [&](const Pool& other) { return detail::same_pool(pool, other); })) {
            all.pools.push_back(std::move(pool));
            ++fresh;
        }
    for (auto& [well, chambers] : part.chambers) {
        detail::compare_calls(run, well, chambers, all.notes);
        fresh += all.chambers.try_emplace(well, std::move(chambers)).second;
    }
    const bool again = fresh == 0 && part.dialect.kind != Kind::combinations;
    std::set<Attribute> known;
    for (const auto& [well, key, value] : all.attributes) known.insert({well, key, again ? "" : value});
    for (auto& attribute : part.attributes) {
        const auto& [well, key, value] = attribute;
        if (!known.contains({well, key, again ? "" : value})) all.attributes.push_back(std::move(attribute));
    }
    if (again)
        all.notes.push_back(
            {MICROCHIM_INFO, part.file, "This file says the same as " + run.files.front() + "; it was counted once."});
    for (auto& note : part.notes) all.notes.push_back(std::move(note));
    for (auto field : {&Part::run, &Part::plate, &Part::instrument, &Part::started, &Part::consumable})
        if ((all.*field).empty()) all.*field = part.*field;
    run.files.push_back(part.file);
    if (std::ranges::find(run.entries, part.entry) == run.entries.end()) run.entries.push_back(part.entry);
    detail::learn_dyes(all);
    run.index();
}

/// A part that begins a run.
inline Run begin_run(Part part) {
    Run run;
    run.files = {part.file};
    run.entries = {part.entry};
    run.all = std::move(part);
    run.index();
    return run;
}

}  // namespace microchim::absoluteq
