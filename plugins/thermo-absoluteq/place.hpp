// Files that name samples, not wells: the wells come from the other files of the run, by sample and counts; where
// there are none, from the names that the software gives to samples by itself ("Sample A1").
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "run.hpp"

namespace microchim::absoluteq {

/// A01 of "Sample A1" or "A1"; empty for a name that somebody chose.
inline std::string default_well(std::string_view sample) {
    auto name = trimmed(sample);
    if (name.size() > 7 && same_text(name.substr(0, 6), "Sample")) name = trimmed(name.substr(6));
    return well_name(name);
}

/// What placing came to: the part with its wells, or why there are none.
struct Placed {
    Part part;
    std::string why_not;
};

namespace detail {

inline std::map<std::string, std::vector<std::string>> wells_by_sample(const Run& run) {
    std::map<std::string, std::vector<std::string>> wells;
    for (const auto& [well, sample] : run.all.wells) wells[sample].push_back(well);
    return wells;
}

/// How the counts of a sample contradict those of a well; empty where they do not.
inline std::string contradiction(const Sample& sample, const std::string& well, const Run& run) {
    const auto differ = [&](const std::string& dye, std::int64_t positive, std::int64_t accepted) -> std::string {
        const auto known = std::ranges::find(sample.dyes, dye);
        const auto ours =
            known == sample.dyes.end() ? 0 : sample.positives[static_cast<std::size_t>(known - sample.dyes.begin())];
        if (accepted == sample.total && positive == ours) return "";
        return "well " + well + " has " + numbers(ours, sample.total) + " in " + dye + " in one and " +
               numbers(positive, accepted) + " in the other";
    };
    if (run.without_dye(well, "")) return no_dyes(well);
    for (const auto& count : run.all.counts)
        if (count.well == well && !count.dye.empty())
            if (auto why = differ(count.dye, count.positive, count.accepted); !why.empty()) return why;
    if (const auto chambers = run.all.chambers.find(well); chambers != run.all.chambers.end())
        for (const auto& channel : chambers->second.channels)
            if (!channel.positive.empty() && !run.count(well, channel.name))
                if (auto why = differ(channel.name, channel.positives(), chambers->second.size()); !why.empty())
                    return why;
    return "";
}

inline bool called(const Run* run, const std::string& well, const std::string& dye) {
    if (!run) return false;
    if (run->count(well, dye)) return true;
    const auto chambers = run->all.chambers.find(well);
    return chambers != run->all.chambers.end() &&
           std::ranges::any_of(chambers->second.channels, [&](const Channel& channel) {
               return channel.name == dye && !channel.positive.empty();
           });
}

inline void put(const Sample& sample, const std::string& well, const Run* run, Part& part) {
    part.wells[well] = sample.name;
    for (const auto& [key, value] : sample.attributes) part.attributes.push_back({well, key, value});
    for (std::size_t d = 0; d < sample.dyes.size(); ++d) {
        if (called(run, well, sample.dyes[d])) continue;
        Count count;
        count.well = well;
        count.dye = sample.dyes[d];
        count.accepted = sample.total;
        count.positive = sample.positives[d];
        part.counts.push_back(std::move(count));
    }
}

/// A sample whose total is that of all its wells together.
inline bool put_pooled(const Sample& sample, const std::vector<std::string>& wells, const Run& run, Part& part) {
    std::int64_t total = 0;
    for (const auto& well : wells) {
        const auto count = std::ranges::find(run.all.counts, well, &Count::well);
        if (count == run.all.counts.end()) return false;
        total += count->accepted;
    }
    if (wells.size() < 2 || total != sample.total) return false;
    for (const auto& [key, value] : sample.attributes) part.attributes.push_back({"", key + ", " + sample.name, value});
    for (std::size_t d = 0; d < sample.dyes.size(); ++d) {
        Pool pool;
        pool.name = sample.name;
        pool.dye = sample.dyes[d];
        pool.members = wells;
        pool.total = static_cast<double>(sample.total);
        pool.positives = static_cast<double>(sample.positives[d]);
        part.pools.push_back(std::move(pool));
    }
    return true;
}

inline constexpr const char* ask_for_wells =
    "; export the summary (or the fluorescence file) of this run too and give both together";

inline Placed place_combinations(const Part& from, const Run* run) {
    Placed placed{from, ""};
    placed.part.samples.clear();
    const auto by_sample = run ? wells_by_sample(*run) : std::map<std::string, std::vector<std::string>>{};
    std::set<std::string> used;
    for (const auto& sample : from.samples) {
        if (!run) {
            const auto well = default_well(sample.name);
            if (well.empty() || !used.insert(well).second)
                return {{},
                        "it names samples, not wells, and " + reader::detail::quoted(sample.name) +
                            (well.empty() ? " does not say its well" : " stands for several wells") + ask_for_wells};
            put(sample, well, nullptr, placed.part);
            continue;
        }
        const auto wells = by_sample.find(sample.name);
        if (wells == by_sample.end())
            return {{}, "the sample " + reader::detail::quoted(sample.name) + " is in no well of it"};
        std::string why =
            "the sample " + reader::detail::quoted(sample.name) + " stands there more often than it has wells";
        const auto fits = [&](const std::string& well) {
            if (used.contains(well)) return false;
            why = contradiction(sample, well, *run);
            return why.empty();
        };
        const auto well = std::ranges::find_if(wells->second, fits);
        if (well != wells->second.end()) {
            used.insert(*well);
            put(sample, *well, run, placed.part);
        } else if (!put_pooled(sample, wells->second, *run, placed.part)) {
            return {{}, why};
        }
    }
    return placed;
}

inline Placed place_chambers(const Part& from, const Run* run) {
    Placed placed{from, ""};
    placed.part.unplaced.clear();
    const auto by_sample = run ? wells_by_sample(*run) : std::map<std::string, std::vector<std::string>>{};
    for (const auto& [sample, chambers] : from.unplaced) {
        std::string well = run ? "" : default_well(sample);
        if (run) {
            const auto wells = by_sample.find(sample);
            if (wells == by_sample.end())
                return {{}, "the sample " + reader::detail::quoted(sample) + " is in no well of it"};
            if (wells->second.size() > 1)
                return {{},
                        "the sample " + reader::detail::quoted(sample) +
                            " fills several wells, and the partition summary does not say which; export the "
                            "fluorescence file instead"};
            well = wells->second.front();
        }
        if (well.empty() || placed.part.wells.contains(well))
            return {{},
                    "it names samples, not wells, and " + reader::detail::quoted(sample) +
                        (well.empty() ? " does not say its well" : " stands for several wells") + ask_for_wells};
        placed.part.wells[well] = sample;
        placed.part.chambers[well] = chambers;
    }
    return placed;
}

}  // namespace detail

/// Whether a part still lacks its wells.
inline bool lacks_wells(const Part& part) {
    return !part.samples.empty() || !part.unplaced.empty();
}

/// The part with its samples in the wells of this run; without a run, in the wells that their names say.
inline Placed place(const Part& part, const Run* run) {
    return part.samples.empty() ? detail::place_chambers(part, run) : detail::place_combinations(part, run);
}

}  // namespace microchim::absoluteq
