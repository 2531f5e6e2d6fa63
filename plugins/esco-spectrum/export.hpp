// An export of Esco Spectrum: nothing but the table.
//
//   Number,Group,Sample Name,Standard Concentration,Calculated Concentration,Ct
//   <A1>,1,Donor,,,"25,82"
//   <A2>,1,Water,,,
#pragma once

#include <optional>
#include <set>
#include <string>

#include "microchim/raw_table.hpp"
#include "microchim/result_cells.hpp"
#include "microchim/whole_files.hpp"

namespace microchim::esco {

using reader::FormatError;
using reader::TextLines;
using reader::detail::normalised;

struct Layout {
    std::size_t header = 0;
    char delimiter = ',';
};

/// Nothing for what is no export of Esco Spectrum.
inline std::optional<Layout> layout(const TextLines& lines) {
    for (std::size_t n = 0; n < lines.size() && n < 60; ++n) {
        const char delimiter = reader::delimiter(lines[n]);
        std::set<std::string> names;
        for (const auto& cell : reader::cells_of(lines[n], delimiter)) names.insert(normalised(cell));
        if (names.contains("number") && names.contains("ct") && names.contains("samplename") &&
            (names.contains("standardconcentration") || names.contains("calculatedconcentration")))
            return Layout{n, delimiter};
    }
    return std::nullopt;
}

/// Reads an export. \throws FormatError.
inline void read_export(const std::string& name, const TextLines& lines, const Layout& at, reader::Parts& runs) {
    auto& run = runs.emplace_back();
    run.software = "Esco Spectrum";
    for (std::size_t n = 0; n < at.header; ++n) {
        const auto cells = reader::cells_of(lines[n], at.delimiter);
        if (cells.size() > 1) run.attribute("", cells[0], cells[1]);
    }
    const auto table = lines.table(name, at.header, lines.size(), at.delimiter);
    if (table.size() == 0) throw FormatError(name, "there is no well below the column names; export the file again");
    const auto well_column = table.require({"Number"}), cq = table.require({"Ct"});
    const auto sample = table.require({"Sample Name"});
    const auto standard = table.find({"Standard Concentration"}), computed = table.find({"Calculated Concentration"});
    reader::ResultCells cells(table);
    cells.learn_cq(cq);
    cells.learn(standard);
    cells.learn(computed);
    std::vector<reader::RowName> rows(table.size());
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto well = cells.well(row, well_column);
        if (run.reactions.find(well, ""))
            throw FormatError(table.where(row, well_column), "well " + well + " stands twice");
        bool says = false;
        for (std::size_t c = 0; c < table.header().size(); ++c)
            says = says || (c != well_column && !cells.text(row, c).empty());
        if (!says) continue;  // nothing is in it
        rows[row] = {well, ""};
        auto& r = run.reactions.at(well, "");  // the program does not name what it amplified
        r.sample = cells.text(row, sample);
        r.cq = cells.cq(row, cq);
        r.amplified = !std::isnan(r.cq);
        const auto nominal = cells.number(row, standard), found = cells.number(row, computed);
        const bool is_standard = nominal > 0;  // of nothing no standard can be made
        if (is_standard) r.type = MICROCHIM_STD;
        r.quantity = is_standard ? nominal : found;
        if (is_standard) run.attribute(well, "Calculated Concentration", cells.text(row, computed));
        else run.attribute(well, "Standard Concentration", cells.text(row, standard));
    }
    run.keep_columns(table, rows, [&](std::size_t c) {
        return c == well_column || c == cq || c == sample || c == standard || c == computed;
    });
}

}  // namespace microchim::esco
