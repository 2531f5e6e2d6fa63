// The column names of realplex hold the dye, and sometimes a unit: "Ct Mean SYBR", "Amount FAM [ng]". Each dye of a run
// has a group of such columns.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/raw_table.hpp"
#include "microchim/result_cells.hpp"
#include "microchim/whole_files.hpp"

namespace microchim::realplex {

using reader::FormatError;
using reader::Table;
using reader::TextLines;
using reader::detail::normalised;
using reader::detail::quoted;
using reader::detail::trimmed;

/// The columns of one dye.
struct Group {
    std::string dye, unit;
    std::size_t cq = 0;
    std::optional<std::size_t> amount, target, type;
};

struct Columns {
    std::size_t well = 0;
    std::optional<std::size_t> sample, type;
    std::vector<Group> groups;
    std::vector<std::string> dyes;  ///< of each column, for what is kept; empty: of the well
    std::vector<bool> used;
};

namespace detail {

/// "Amount FAM [ng]" is "Amount FAM" and "ng".
inline std::pair<std::string_view, std::string_view> unit(std::string_view name) {
    name = trimmed(name);
    const auto open = name.rfind('[');
    if (!name.ends_with(']') || open == name.npos) return {name, {}};
    return {trimmed(name.substr(0, open)), trimmed(name.substr(open + 1, name.size() - open - 2))};
}

/// The dye of "Ct SYBR"; empty for "Ct Mean SYBR", "Ct Dev. SYBR" and what is no Ct.
inline std::string_view dye_of_ct(std::string_view name) {
    name = unit(name).first;
    if (!normalised(name).starts_with("ct") || name.size() < 4 || (name[2] != ' ' && name[2] != '(')) return {};
    const auto rest = trimmed(name.substr(3));
    const auto first = normalised(rest.substr(0, rest.find(' ')));
    for (const auto* word : {"mean", "dev", "sd", "stddev", "threshold"})
        if (first == word) return {};
    return rest;
}

}  // namespace detail

/// The dyes that a line of column names speaks of; none where it is not one of realplex.
inline std::vector<std::string> dyes_of(const std::vector<std::string>& cells) {
    std::vector<std::string> dyes;
    if (cells.size() < 2 || normalised(cells.front()) != "pos") return dyes;
    for (const auto& cell : cells)
        if (const auto dye = detail::dye_of_ct(cell); !dye.empty()) dyes.emplace_back(dye);
    return dyes;
}

inline Columns bind_columns(const Table& table) {
    Columns columns;
    const auto& header = table.header();
    columns.well = table.require({"Pos"});
    columns.sample = table.find({"Name"});
    columns.type = table.find({"Type"});
    columns.dyes.resize(header.size());
    columns.used.resize(header.size());
    columns.used[columns.well] = true;
    for (const auto column : {columns.sample, columns.type})
        if (column) columns.used[*column] = true;
    for (const auto& dye : dyes_of({header.begin(), header.end()})) {
        Group group;
        group.dye = dye;
        const auto measure = [&](const char* what) -> std::optional<std::size_t> {
            std::optional<std::size_t> found;
            for (std::size_t c = 0; c < header.size(); ++c) {
                if (normalised(detail::unit(header[c]).first) != normalised(what + dye)) continue;
                if (found) throw FormatError(table.where(0, c), "this column stands twice; expected one");
                columns.used[c] = true;
                found = c;
            }
            return found;
        };
        const auto cq = measure("Ct");
        group.cq = cq ? *cq : table.require({"Ct " + dye});
        group.amount = measure("Amount");
        group.target = measure("Target");
        group.type = measure("Type");
        if (group.amount) group.unit = detail::unit(header[*group.amount]).second;
        for (std::size_t c = 0; c < header.size(); ++c)
            if (detail::unit(header[c]).first.ends_with(" " + dye)) columns.dyes[c] = dye;
        columns.groups.push_back(std::move(group));
    }
    return columns;
}

}  // namespace microchim::realplex
