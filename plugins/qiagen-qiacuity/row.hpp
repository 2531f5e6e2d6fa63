// One target in one well or hyperwell, whichever export it comes from, and the checks that hold for all of them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cells.hpp"
#include "plate.hpp"

namespace microchim::qiacuity {

struct Row {
    std::size_t row = 0;  ///< of the table
    Place place;
    std::string sample, target;
    std::string type, control;  ///< words: "Sample", "NTC" of the well; "Positive" of the target
    std::string volume_ul;      ///< of the well, with a decimal point
    bool analysed = true;       ///< false: the counts are words
    std::int64_t accepted = 0, positive = 0;
    double threshold = not_stated, copies_per_ul = not_stated, low = not_stated, high = not_stated;
    std::string status;

    bool saturated() const { return analysed && accepted > 0 && positive == accepted; }
};

/// The rows that one table has of one plate.
struct PlateRows {
    Plate plate;
    std::vector<Row> rows;
};

/// Wells that name a hyperwell in their own rows are its members. `hyperwell` is the cell of that column.
template <class Cell>
void find_members(std::vector<Row>& rows, Cell hyperwell) {
    std::map<std::string, std::set<std::string>> members;
    for (const auto& r : rows)
        if (!r.place.pooled) members[std::string(hyperwell(r))].insert(r.place.name);
    for (auto& r : rows)
        if (const auto found = members.find(r.place.name);
            r.place.pooled && r.place.members.empty() && found != members.end())
            r.place.members.assign(found->second.begin(), found->second.end());
}

/// A row at a well that lists the wells of its hyperwell may be the hyperwell's, once or repeated at each of its wells,
/// or the well's own. Different counts in one hyperwell can only be the wells' own; equal ones are counted once.
inline void settle_hyperwells(std::vector<Row>& rows) {
    std::map<std::string, bool> of_wells;  // by hyperwell
    std::map<std::pair<std::string, std::string>, const Row*> first;
    for (const auto& r : rows) {
        if (r.place.own.empty()) continue;
        const auto* known = first.try_emplace({r.place.name, r.target}, &r).first->second;
        const bool differ = known->accepted != r.accepted || known->positive != r.positive;
        of_wells[r.place.name] = of_wells[r.place.name] || differ;
    }
    std::set<std::pair<std::string, std::string>> seen;
    std::vector<Row> kept;
    for (auto& r : rows) {
        if (!r.place.own.empty()) {
            const auto pool = r.place.name;
            if (of_wells[pool]) r.place = {r.place.own, false, {}, {}};
            else if (!seen.emplace(pool, r.target).second) continue;
        }
        kept.push_back(std::move(r));
    }
    rows = std::move(kept);
}

/// \throws FormatError where a target stands twice in a well, or a well has two samples.
inline void require_consistent(const Sheet& sheet, const std::vector<Row>& rows, std::size_t target_column) {
    std::map<std::pair<std::string, std::string>, std::size_t> seen;
    std::map<std::string, const Row*> samples;
    std::map<std::string, int> targets;
    for (const auto& r : rows) {
        if (++targets[r.place.name] > 100)
            throw FormatError(sheet.table.where(r.row, target_column), r.place.name + " has more than 100 targets");
        const auto name = r.place.name + (r.place.pooled ? " " + r.place.member_list() : "");
        const auto [first, fresh] = seen.try_emplace({name, r.target}, r.row);
        if (!fresh)
            throw FormatError(sheet.table.where(r.row, target_column),
                              r.place.name + " has target '" + r.target + "' twice, also in line " +
                                  std::to_string(sheet.table.line(first->second)) +
                                  "; if these are two plates, give each its own file");
        if (r.sample.empty()) continue;
        const auto* other = samples.try_emplace(name, &r).first->second;
        if (other->sample != r.sample)
            throw FormatError(sheet.table.where(r.row, target_column),
                              r.place.name + " holds two samples, '" + r.sample + "' and in line " +
                                  std::to_string(sheet.table.line(other->row)) + " '" + other->sample + "'");
    }
}

}  // namespace microchim::qiacuity
