// Which tables are of one run: those that say the same of the rows that they share.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "microchim/join.hpp"
#include "microchim/reader.hpp"
#include "names.hpp"
#include "results.hpp"
#include "run.hpp"

namespace microchim::biorad {

/// What a row is about: its well (of a merged row those that it pools: two tables may both have an M01), its target,
/// and the dye, or the channel where the table names no dyes.
using About = std::tuple<std::string_view, std::string_view, std::string_view>;

inline About about(const Result& r) {
    return {r.members.empty() ? r.well : r.members, r.target, r.dye.empty() ? std::string_view(r.channel) : r.dye};
}

/// The rows of one run, whatever its tables.
struct Known {
    std::map<About, const Result*> rows;
    std::map<std::string_view, std::size_t> wells;  ///< how many of them a well has

    void add(const Results& table) {
        for (const auto& r : table.rows)
            if (rows.try_emplace(about(r), &r).second) ++wells[std::get<0>(about(r))];
    }
};

/// Why a table is not of the run of another, whose rows are known; empty where they say the same. Of each well that
/// both have, one may lack rows of the other (a selection of targets), not both: that would be targets that were
/// renamed, which must not count twice.
inline std::string difference(const std::string& file, const Known& known, const Results& other) {
    bool alike = false;
    std::map<std::string_view, std::pair<std::size_t, std::string_view>> extra;  // by well: shared rows, a new target
    for (const auto& r : other.rows) {
        const auto found = known.rows.find(about(r));
        auto& [shared, target] = extra.try_emplace(std::get<0>(about(r)), 0, std::string_view{}).first->second;
        if (found == known.rows.end()) {
            target = r.target.empty() ? std::string_view("''") : r.target;
            continue;
        }
        ++shared;
        const auto& k = *found->second;
        if (!k.sample.empty() && !r.sample.empty() && k.sample != r.sample)
            return r.well + " is '" + std::string(k.sample) + "' in " + file + " and '" + std::string(r.sample) +
                   "' in " + other.file;
        const auto said = [](const Result& x) {
            return std::to_string(x.positive) + " of " + std::to_string(x.accepted);
        };
        if (k.accepted != r.accepted || k.positive != r.positive)
            return r.well + ", target '" + std::string(r.target) + "', has " + said(k) + " droplets positive in " +
                   file + " and " + said(r) + " in " + other.file;
        alike = alike || r.accepted > 0;
    }
    for (const auto& [well, of] : extra) {
        const auto there = known.wells.find(well);
        if (there != known.wells.end() && !of.second.empty() && of.first < there->second)
            return std::string(well) + " has other targets in " + file + " than in " + other.file + ", where it has '" +
                   std::string(of.second) + "'";
    }
    return alike ? "" : file + " and " + other.file + " have no well and target in common";
}

/// Tables by run. What holds two of them together is noted.
inline std::vector<Group> group_tables(const std::vector<Results>& tables, const reader::Sink& sink) {
    std::vector<Group> groups;
    std::vector<Known> rows;  // of each group
    for (std::size_t t = 0; t < tables.size(); ++t) {
        std::string why;
        const auto first = [&](const Group& group) { return tables[group.tables.front()].file; };
        const auto number = [&](const Group& group) { return static_cast<std::size_t>(&group - groups.data()); };
        const auto against = [&](const Group& group) {
            return difference(first(group), rows[number(group)], tables[t]);
        };
        auto* home = reader::home(groups, against, why);
        if (home)
            sink.note(MICROCHIM_INFO, tables[t].file,
                      "This table says the same as " + first(*home) +
                          ", of the rows that both have; they are one run and nothing is counted twice.");
        else {
            groups.push_back({std::string(stem(tables[t].file)), "", "", {}, {}, {}, {}, {}, {}, std::move(why)});
            home = &groups.back();
            require_few(groups.size());
            rows.emplace_back();
        }
        rows[number(*home)].add(tables[t]);
        home->tables.push_back(t);
        for (const auto& r : tables[t].rows)
            if (!r.pooled) home->wells[r.well].insert(r.accepted);
    }
    return groups;
}

/// The rows of a run: all of its first table, and of the others those that it lacks. One list for each table.
inline std::vector<std::vector<const Result*>> rows_of(const Group& group, const std::vector<Results>& tables) {
    std::vector<std::vector<const Result*>> lists;
    std::set<About> known;
    for (const auto t : group.tables) {
        auto& list = lists.emplace_back();
        for (const auto& r : tables[t].rows)
            if (known.insert(about(r)).second) list.push_back(&r);
    }
    return lists;
}

}  // namespace microchim::biorad
