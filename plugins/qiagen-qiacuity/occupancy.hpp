// The multiple-occupancy export: how many partitions of a well hold which combination of targets.
//
//   Well,Hyperwell,Categories,Group,Count,Total,Volume                              old: only colours
//   A1,-,GREEN-YELLOW,+-,288,25387,19.891
//   Plate name,...,Well,Hyperwell,...,Target names,Categories,Group,Valid partitions,...,Count categories,...
//   P1,...,A1,-,...,"SRY,RPP30",GREEN-YELLOW,+-,25387,...,288,...
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "row.hpp"

namespace microchim::qiacuity {

struct OccupancyColumns {
    std::size_t well, group, count;
    std::optional<std::size_t> plate, plate_id, plate_type, hyperwell, sample, targets, colours, total, volume;

    explicit OccupancyColumns(const Table& table)
        : well(table.require({"Well"})),
          group(table.require({"Group"})),
          count(table.require({"Count categories", "Count"})),
          plate(table.find({"Plate name"})),
          plate_id(table.find({"Plate ID"})),
          plate_type(table.find({"Plate type"})),
          hyperwell(table.find({"Hyperwell"})),
          sample(table.find({"Sample name", "Sample", "Sample/NTC/Control"})),
          targets(table.find({"Target names", "Targets"})),
          colours(table.find({"Categories"})),
          total(table.find({"Valid partitions", "Total"})),
          volume(table.find({"Volume per well [uL]"})) {
        if (!targets && !colours) (void)table.require({"Target names", "Categories"});
    }

    bool taken(std::size_t c) const {
        for (const auto& column : {plate, plate_id, plate_type, sample, total, volume})
            if (column == c) return true;
        return c == well || c == group || c == count;
    }
};

/// One combination in one well.
struct Group {
    std::size_t row = 0;
    Place place;
    std::vector<std::string> targets;
    std::string signs;  ///< "+-", one for each target
    std::int64_t count = 0;

    /// "SRY+ RPP30-"
    std::string label() const {
        std::string text;
        for (std::size_t i = 0; i < signs.size(); ++i) text += (i == 0 ? "" : " ") + targets[i] + signs[i];
        return text;
    }
};

struct PlateGroups {
    PlateRows counted;  ///< per target, summed over the combinations
    std::vector<Group> groups;
};

namespace detail {

inline std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(at), text.size());
        parts.emplace_back(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

inline Group group(const Sheet& sheet, const OccupancyColumns& at, std::size_t row) {
    Group g;
    g.row = row;
    g.place = place(sheet, row, at.well, at.hyperwell);
    for (const char c : sheet.cell(row, at.group))
        if (c != ' ' && c != '/' && c != '\'') g.signs += c;
    if (g.signs.empty() || g.signs.size() > 16 || g.signs.find_first_not_of("+-") != g.signs.npos)
        throw FormatError(sheet.table.where(row, at.group),
                          reader::detail::quoted(sheet.cell(row, at.group)) +
                              " is no combination such as +-; a spreadsheet may have changed it, export it again");
    g.targets = split(sheet.cell(row, at.targets), ',');
    if (g.targets.size() != g.signs.size()) g.targets = split(sheet.cell(row, at.colours), '-');
    if (g.targets.size() != g.signs.size())
        throw FormatError(sheet.table.where(row, at.group),
                          "there are " + std::to_string(g.signs.size()) + " signs, but not as many targets");
    g.count = sheet.count(row, at.count);
    return g;
}

/// What the groups of one well come to.
struct Sum {
    const Group* first = nullptr;
    std::int64_t accepted = 0;
    std::vector<std::int64_t> positive;
};

inline Row summed(const Sheet& sheet, const OccupancyColumns& at, const Sum& sum, std::size_t target) {
    Row r;
    r.row = sum.first->row;
    r.place = sum.first->place;
    r.sample = sheet.cell(r.row, at.sample);
    r.target = sum.first->targets[target];
    r.accepted = sum.accepted;
    r.positive = sum.positive[target];
    r.volume_ul = sheet.decimal(r.row, at.volume);
    if (r.saturated()) r.status = "saturated";
    return r;
}

/// Sums over the combinations of every well. \throws FormatError where they do not make the valid partitions, which is
/// how a file that lacks lines is found, or where a combination comes twice.
inline std::vector<Row> sums(const Sheet& sheet, const OccupancyColumns& at, const std::vector<Group>& groups) {
    std::vector<Sum> wells;
    std::map<std::string, std::size_t> index;
    std::map<std::pair<std::string, std::string>, std::size_t> seen;
    for (const auto& g : groups) {
        auto name = g.place.name + " " + g.place.member_list();
        for (const auto& target : g.targets) name += '\n' + target;  // several sets of targets are several tables
        const auto [i, fresh] = index.try_emplace(name, wells.size());
        if (fresh) wells.push_back({&g, 0, std::vector<std::int64_t>(g.signs.size())});
        auto& sum = wells[i->second];
        if (!seen.try_emplace({name, g.signs}, g.row).second)
            throw FormatError(sheet.table.where(g.row, at.group), g.place.name + " has this combination twice");
        sum.accepted += g.count;
        for (std::size_t t = 0; t < g.signs.size(); ++t)
            if (g.signs[t] == '+') sum.positive[t] += g.count;
    }
    std::vector<Row> rows;
    std::set<std::pair<std::string, std::string>> reported;
    for (const auto& sum : wells) {
        if (at.total)
            if (const auto total = sheet.count(sum.first->row, *at.total); total != sum.accepted)
                throw FormatError(sheet.table.where(sum.first->row, *at.total),
                                  "the combinations of " + sum.first->place.name + " make " +
                                      std::to_string(sum.accepted) + " partitions, not " + std::to_string(total) +
                                      "; the file may have been cut off, export it again");
        for (std::size_t t = 0; t < sum.positive.size(); ++t)
            if (reported.emplace(sum.first->place.name, sum.first->targets[t]).second)
                rows.push_back(summed(sheet, at, sum, t));
    }
    return rows;
}

}  // namespace detail

/// All combinations and their sums, by plate. \throws FormatError with line and column.
inline std::vector<PlateGroups> occupancy_rows(const Sheet& sheet, const OccupancyColumns& at) {
    std::vector<PlateGroups> plates;
    PlateColumn column;
    for (std::size_t row = 0; row < sheet.table.size(); ++row) {
        const auto i =
            column.next(sheet.cell(row, at.plate), sheet.cell(row, at.plate_id), sheet.cell(row, at.plate_type));
        plates.resize(column.plates().size());
        plates[i].groups.push_back(detail::group(sheet, at, row));
    }
    for (std::size_t i = 0; i < plates.size(); ++i) {
        auto& [counted, groups] = plates[i];
        counted.plate = column.plates()[i];
        counted.rows = detail::sums(sheet, at, groups);
        find_members(counted.rows, [&](const Row& r) { return sheet.cell(r.row, at.hyperwell); });
        require_consistent(sheet, counted.rows, at.group);
    }
    return plates;
}

}  // namespace microchim::qiacuity
