// An export of realplex: a row per well, then the parameters of the analysis.
//
//   "Pos";"Name";"Ct SYBR";"Ct Mean SYBR";"Ct Dev. SYBR";"Amount SYBR [ng]";"Target SYBR"
//   "A1";"Donor";18,00;18,02;0,02;"-";"SRY"
//
//   "Analysis Parameters"
//   "Dye(s)";"SYBR"
//   "Threshold level";912
#pragma once

#include <string>

#include "columns.hpp"

namespace microchim::realplex {

using reader::Part;
using reader::ResultCells;

/// The line with the column names and what separates cells; nothing where the file is none of realplex.
struct Layout {
    std::size_t header = 0, end = 0;
    char delimiter = ';';
};

inline std::optional<Layout> layout(const TextLines& lines) {
    for (std::size_t n = 0; n < lines.size() && n < 60; ++n) {
        if (lines[n].find("Pos") == std::string_view::npos) continue;
        const char delimiter = reader::delimiter(lines[n]);
        if (dyes_of(reader::cells_of(lines[n], delimiter)).empty()) continue;
        // Below a blank line stands what is no well: the parameters, in the language of the program.
        const auto ends = [&](std::size_t at) {
            const auto first = reader::cells_of(lines[at], delimiter).front();
            return normalised(first).starts_with("analysisparameters") ||
                   (lines.blank(at - 1) && !lines.blank(at) && at - 1 > n && reader::well_name(first, 26, 48).empty());
        };
        auto end = n + 1;
        while (end < lines.size() && !ends(end)) ++end;
        return Layout{n, end, delimiter};
    }
    return std::nullopt;
}

namespace detail {

/// The lines below the table, and above it where there are some: key, then one value, or one for each dye.
inline void parameters(const TextLines& lines, std::size_t begin, std::size_t end, const std::string& name,
                       const Layout& at, const reader::Numbers& numbers, const Columns& columns, Part& run) {
    std::vector<std::string> dyes;
    for (auto n = begin; n < end; ++n) {
        if (lines.blank(n)) continue;
        auto cells = reader::cells_of(lines[n], at.delimiter);
        while (!cells.empty() && cells.back().empty()) cells.pop_back();
        if (cells.size() < 2) continue;  // a heading
        const std::vector<std::string> values(cells.begin() + 1, cells.end());
        const auto key = normalised(cells.front());
        if (key == "dyes" || key == "dye") dyes = values;
        const bool of_dyes = values.size() == columns.groups.size();
        if (key == "thresholdlevel" && of_dyes && (dyes.size() == values.size() || values.size() == 1)) {
            for (std::size_t i = 0; i < values.size(); ++i) {
                const auto& dye = dyes.size() == values.size() ? dyes[i] : columns.groups.front().dye;
                if (reader::says_no_cq(values[i])) continue;
                const auto level = numbers.read(values[i], name + ":" + std::to_string(n + 1));
                for (auto& reaction : run.reactions.all())
                    if (reaction.dye == dye) reaction.threshold = *level;
            }
            continue;
        }
        std::string all;
        for (const auto& value : values) all += (all.empty() ? "" : "; ") + value;
        run.attribute("", cells.front(), all);
    }
}

}  // namespace detail

/// Reads an export. \throws FormatError.
inline void read_export(const std::string& name, const TextLines& lines, const Layout& at, reader::Parts& runs) {
    auto& run = runs.emplace_back();
    run.software = "realplex";
    const auto table = lines.table(name, at.header, at.end, at.delimiter);
    if (table.size() == 0) throw FormatError(name, "there is no well below the column names; export the file again");
    const auto columns = bind_columns(table);
    ResultCells cells(table);
    for (const auto& group : columns.groups) cells.learn_cq(group.cq), cells.learn(group.amount);
    std::vector<reader::RowName> rows(table.size());
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto well = cells.well(row, columns.well);
        rows[row] = {well, ""};
        for (const auto& group : columns.groups) {
            const auto target = cells.text(row, group.target);
            if (run.reactions.find(well, target, group.dye))
                throw FormatError(table.where(row, columns.well), "well " + well + " stands twice");
            auto& r = run.reactions.at(well, target, group.dye);
            r.sample = cells.text(row, columns.sample);
            if (const auto type = group.type ? group.type : columns.type)
                r.type = reader::sample_type(cells.text(row, type), table.where(row, *type));
            r.cq = cells.cq(row, group.cq);
            r.amplified = !std::isnan(r.cq);
            r.quantity = cells.number(row, group.amount);
            r.unit = group.unit;
        }
    }
    detail::parameters(lines, 0, at.header, name, at, cells.numbers, columns, run);
    detail::parameters(lines, at.end, lines.size(), name, at, cells.numbers, columns, run);
    run.keep_columns(table, rows, [&](std::size_t c) { return columns.used[c]; });
}

}  // namespace microchim::realplex
