// Which files of a drop are of one run. Decided by what they say, not by their names alone: a table and the droplets
// of its wells have the same number of accepted droplets, and no two runs have that by chance in most of their wells.
//
//   tables        one run where all rows that both have say the same, and at least one does; otherwise two
//   companions    (amplitude files, cluster data) belong to the run of the same name unless every well differs, or to
//                 the one with which most of their wells agree; otherwise they are a run of their own
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "join_files.hpp"
#include "join_tables.hpp"
#include "microchim/reader.hpp"
#include "names.hpp"
#include "run.hpp"

namespace microchim::biorad {

struct Agreement {
    std::size_t common = 0, same = 0;  ///< wells that both have, and that have as many droplets in both
    std::string difference;            ///< the first one, as a sentence
};

inline Agreement agreement(const std::string& one, const Accepted& a, const std::string& other, const Accepted& b) {
    static const std::set<std::int64_t> nothing{0};
    Agreement found;
    for (const auto& [well, counts] : a) {
        const auto there = b.find(well);
        if (there == b.end() || (counts == nothing && there->second == nothing)) continue;
        ++found.common;
        const bool same = std::any_of(counts.begin(), counts.end(), [&](auto n) { return there->second.contains(n); });
        found.same += same;
        if (!same && found.difference.empty())
            found.difference = "well " + well + " has " + std::to_string(*counts.rbegin()) + " droplets in " + one +
                               " and " + std::to_string(*there->second.rbegin()) + " in " + other;
    }
    if (found.common == 0) found.difference = one + " and " + other + " have no well in common";
    return found;
}

/// Where a part belongs; nothing, and why, where it is none of these runs. `taken` is what a run has of its kind.
inline Group* home_of(const Part& part, std::vector<Group>& groups, std::set<std::string> Group::*taken,
                      std::string& why) {
    Group* best = nullptr;
    std::pair<bool, std::size_t> most;
    for (auto& group : groups) {
        const bool namesake = !part.name.empty() && lower(part.name) == lower(group.name);
        const auto found = agreement((group.tables.empty() ? "'" : "the table '") + group.name + "'", group.wells,
                                     (group.tables.empty() ? "'" : "the files '") + part.name + "'", part.wells);
        if (why.empty()) why = found.difference;
        const bool belongs = namesake ? found.same > 0 || found.common == 0 : found.same * 2 > found.common;
        const bool free = std::none_of(part.wells.begin(), part.wells.end(),
                                       [&](const auto& well) { return (group.*taken).contains(well.first); });
        if (belongs && !free && why.empty()) why = "'" + group.name + "' has other files of the same wells";
        const std::pair score{namesake, found.same};
        if (!belongs || !free || (best && score <= most)) continue;
        best = &group;
        most = score;
    }
    return best;
}

inline void take_amplitudes(Group& group, const Part& part) {
    group.amplitudes.insert(group.amplitudes.end(), part.items.begin(), part.items.end());
    for (const auto& [well, counts] : part.wells) {
        group.droplets.insert(well);
        if (group.tables.empty()) group.wells[well] = counts;
    }
}

/// Amplitude files to the run of their table. Without one, files of different names are one run if they lie in one
/// folder and share no well.
inline void join_amplitudes(const std::vector<Part>& parts, std::vector<Group>& groups, const reader::Sink& sink) {
    std::vector<const Part*> left;
    std::vector<std::string> reasons;
    for (const auto& part : parts) {
        std::string why;
        if (auto* home = home_of(part, groups, &Group::droplets, why)) take_amplitudes(*home, part);
        else left.push_back(&part), reasons.push_back(std::move(why));
    }
    const auto first = groups.size();
    for (std::size_t i = 0; i < left.size(); ++i) {
        const auto fits = [&](const Group& group) {
            return group.kind == left[i]->kind && group.folder == left[i]->folder &&
                   std::none_of(left[i]->wells.begin(), left[i]->wells.end(),
                                [&](const auto& well) { return group.droplets.contains(well.first); });
        };
        auto home = std::find_if(groups.begin() + static_cast<std::ptrdiff_t>(first), groups.end(), fits);
        if (home == groups.end()) {
            auto& why = reasons[i];
            if (why.empty() && groups.size() > first) {
                const auto& other = groups[first];
                why = "'" + other.name + "' and '" + left[i]->name + "' are amplitude files of " +
                      (other.kind != left[i]->kind       ? "different kinds"
                       : other.folder != left[i]->folder ? "different folders"
                                                         : "the same wells");
            }
            groups.push_back({left[i]->name, left[i]->kind, left[i]->folder, {}, {}, {}, {}, {}, {}, why});
            home = groups.end() - 1;
            require_few(groups.size());
        } else {
            sink.note(MICROCHIM_WARNING, "",
                      "The amplitude files '" + home->name + "' and '" + left[i]->name +
                          "' lie together and share no well; they are read as one run. Were they two plates, give each "
                          "by itself.");
        }
        take_amplitudes(*home, *left[i]);
    }
}

/// Cluster data to the run whose droplets they count; a run of its own where there is none.
inline void join_clusters(const std::vector<Part>& parts, std::vector<Group>& groups) {
    for (const auto& part : parts) {
        std::string why;
        auto* home = home_of(part, groups, &Group::described, why);
        if (!home) {
            groups.push_back({part.name, part.kind, part.folder, part.wells, {}, {}, {}, {}, {}, std::move(why)});
            home = &groups.back();
            require_few(groups.size());
        }
        home->clusters.insert(home->clusters.end(), part.items.begin(), part.items.end());
        for (const auto& [well, counts] : part.wells) home->described.insert(well);
    }
}

/// Names that tell the runs apart.
inline void name_apart(std::vector<Group>& groups) {
    std::map<std::string, int> times;
    for (auto& group : groups) {
        if (group.name.empty()) group.name = "run";
        if (const int n = ++times[lower(group.name)]; n > 1) group.name += " (" + std::to_string(n) + ")";
    }
}

}  // namespace microchim::biorad
