// Which tables are of one run: those that say the same of the rows that they share.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "microchim/reader.hpp"
#include "names.hpp"
#include "results.hpp"
#include "run.hpp"

namespace microchim::biorad {

/// A table by what its rows are about: well, target, channel.
using Rows = std::map<std::tuple<std::string_view, std::string_view, std::string_view>, const Result*>;

/// Why a table is not of the run of another, whose rows are known; empty where they say the same.
inline std::string difference(const std::string& file, const Rows& known, const Results& other) {
    bool alike = false;
    for (const auto& r : other.rows) {
        const auto found = known.find({r.well, r.target, r.channel});
        if (found == known.end()) continue;
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
    return alike ? "" : file + " and " + other.file + " have no well and target in common";
}

/// Tables by run. What holds two of them together is noted.
inline std::vector<Group> group_tables(const std::vector<Results>& tables, const reader::Sink& sink) {
    std::vector<Group> groups;
    std::vector<Rows> rows;  // of the first table of each group
    for (std::size_t t = 0; t < tables.size(); ++t) {
        Group* home = nullptr;
        std::string why;
        for (std::size_t g = 0; g < groups.size() && !home; ++g) {
            const auto& first = tables[groups[g].tables.front()].file;
            const auto trouble = difference(first, rows[g], tables[t]);
            if (why.empty()) why = trouble;
            if (!trouble.empty()) continue;
            home = &groups[g];
            sink.note(MICROCHIM_INFO, tables[t].file,
                      "This table says the same as " + first +
                          ", of the rows that both have; they are one run and nothing is counted twice.");
        }
        if (!home) {
            groups.push_back({std::string(stem(tables[t].file)), "", "", {}, {}, {}, {}, {}, {}, std::move(why)});
            home = &groups.back();
            require_few(groups.size());
            auto& known = rows.emplace_back();
            for (const auto& r : tables[t].rows) known.try_emplace({r.well, r.target, r.channel}, &r);
        }
        home->tables.push_back(t);
        for (const auto& r : tables[t].rows)
            if (!r.pooled) home->wells[r.well].insert(r.accepted);
    }
    return groups;
}

/// The rows of a run: all of its first table, and of the others those that it lacks. One list for each table.
inline std::vector<std::vector<const Result*>> rows_of(const Group& group, const std::vector<Results>& tables) {
    std::vector<std::vector<const Result*>> lists;
    std::set<std::tuple<std::string_view, std::string_view, std::string_view>> known;
    std::set<std::string_view> wells;  // of the tables before: no well takes rows from two
    for (const auto t : group.tables) {
        auto& list = lists.emplace_back();
        for (const auto& r : tables[t].rows)
            if (!known.contains({r.well, r.target, r.channel}) && !wells.contains(r.well)) list.push_back(&r);
        for (const auto* r : list) known.insert({r->well, r->target, r->channel}), wells.insert(r->well);
    }
    return lists;
}

}  // namespace microchim::biorad
