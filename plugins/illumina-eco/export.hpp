// An export of the Eco software: what the lines above say, the standard curves, and one row per well and assay.
//
//   Experiment Name,Monday
//   Instrument,Eco(TM) Real-Time PCR System
//
//   Standard Curve Data
//   Assay Name,Slope,Intercept,R2,Efficiency %,
//   SRY,-3.4512345,38.1234567,0.9987654,94.8700000,
//
//   Well,Exclude,Sample Name,Assay Name,Assay Role,Cq,...,Quantity,Quantity Unit,...
//   A1,,Donor,SRY,Standard,24.6712345,...
//   A2,
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "microchim/raw_table.hpp"
#include "microchim/result_cells.hpp"
#include "microchim/whole_files.hpp"

namespace microchim::eco {

using reader::FormatError;
using reader::Part;
using reader::ResultCells;
using reader::Table;
using reader::TextLines;
using reader::detail::normalised;

/// Where the tables of an export begin.
struct Layout {
    std::size_t wells = 0;                 ///< line with the column names of the wells
    std::optional<std::size_t> standards;  ///< line "Standard Curve Data"
    char delimiter = ',';
};

/// Nothing for what is no export of Eco: its column names are those of no other program.
inline std::optional<Layout> layout(const TextLines& lines) {
    Layout found;
    bool named = false;  // by a line "Software,Eco(TM) Software"
    for (std::size_t n = 0; n < lines.size() && n < 400; ++n) {
        const auto line = lines[n];
        if (normalised(line) == "standardcurvedata") found.standards = n;
        named = named || normalised(line).starts_with("softwareeco");
        if (line.find("Assay") == line.npos) continue;
        const char delimiter = reader::delimiter(line);
        std::set<std::string> names;
        for (const auto& cell : reader::cells_of(line, delimiter)) names.insert(normalised(cell));
        if (!names.contains("well") || !names.contains("cq") || !names.contains("assayname")) continue;
        if (!named && !names.contains("assayrole")) continue;
        found.wells = n;
        found.delimiter = delimiter;
        return found;
    }
    return std::nullopt;
}

namespace detail {

/// "Eco(TM) Software v3.0.16.0" is name and version.
inline void software(Part& run, const std::string& value) {
    const auto at = value.rfind(" v");
    const bool version = at != value.npos && at + 2 < value.size() && value[at + 2] >= '0' && value[at + 2] <= '9';
    run.software = value.substr(0, version ? at : value.size());
    if (version) run.software_version = value.substr(at + 2);
}

inline void preamble(const TextLines& lines, std::size_t end, char delimiter, Part& run) {
    for (std::size_t n = 0; n < end; ++n) {
        if (lines.blank(n)) continue;
        const auto cells = reader::cells_of(lines[n], delimiter);
        std::string value;
        for (std::size_t i = 1; i < cells.size(); ++i)
            if (!cells[i].empty()) value += (value.empty() ? "" : ",") + cells[i];
        const auto key = normalised(cells.front());
        if (key == "experimentname") run.id = value;
        else if (key == "runstart") run.started = value;
        else if (key == "instrument") run.instrument = value;
        else if (key == "software") software(run, value);
        else run.attribute("", cells.front(), value);
    }
}

/// Efficiency of each assay, as a base: 94.87 % is 1.9487.
inline std::map<std::string, double, std::less<>> standard_curves(const TextLines& lines, const Layout& at,
                                                                  const std::string& name, Part& run) {
    std::map<std::string, double, std::less<>> efficiency;
    std::size_t end = *at.standards + 1;
    while (end < at.wells && !lines.blank(end)) ++end;
    if (end == *at.standards + 1) return efficiency;
    const auto table = lines.table(name, *at.standards + 1, end, at.delimiter);
    const auto assay = table.require({"Assay Name", "Assay"});
    const auto percent = table.find({"Efficiency %", "Efficiency"});
    ResultCells cells(table);
    for (const auto column : {percent, table.find({"Slope"}), table.find({"Intercept"})}) cells.learn(column);
    for (std::size_t row = 0; row < table.size(); ++row) {
        const std::string label(cells.text(row, assay));
        if (percent && !label.empty()) efficiency[label] = 1 + cells.number(row, percent) / 100;
        for (std::size_t c = 0; c < table.header().size(); ++c)
            if (c != assay) run.attribute("", std::string(table.header()[c]) + " [" + label + "]", cells.text(row, c));
    }
    return efficiency;
}

/// The columns of the table of wells.
struct Columns {
    std::size_t well, assay, cq;
    std::optional<std::size_t> exclude, sample, role, quantity, unit, threshold, first, last;

    explicit Columns(const Table& t)
        : well(t.require({"Well"})),
          assay(t.require({"Assay Name"})),
          cq(t.require({"Cq"})),
          exclude(t.find({"Exclude", "Excluded"})),
          sample(t.find({"Sample Name"})),
          role(t.find({"Assay Role"})),
          quantity(t.find({"Quantity"})),
          unit(t.find({"Quantity Unit"})),
          threshold(t.find({"Cq Threshold"})),
          first(t.find({"Baseline Start"})),
          last(t.find({"Baseline End"})) {}

    bool has(std::size_t c) const {
        return c == well || c == assay || c == cq || c == exclude || c == sample || c == role || c == quantity ||
               c == unit || c == threshold || c == first || c == last;
    }
};

inline bool excluded(const Table& table, std::size_t row, std::size_t column) {
    const auto word = normalised(reader::detail::trimmed(table.cell(row, column)));
    if (word.empty() || word == "included" || word == "false" || word == "no") return false;
    if (word == "excluded" || word == "exclude" || word == "true" || word == "yes") return true;
    throw FormatError(table.where(row, column),
                      reader::detail::quoted(table.cell(row, column)) + " is neither blank nor 'Excluded'");
}

}  // namespace detail

/// Reads an export. \throws FormatError.
inline void read_export(const std::string& name, const TextLines& lines, const Layout& at, reader::Parts& runs) {
    auto& run = runs.emplace_back();
    detail::preamble(lines, at.standards.value_or(at.wells), at.delimiter, run);
    std::map<std::string, double, std::less<>> efficiency;
    if (at.standards) efficiency = detail::standard_curves(lines, at, name, run);
    const auto table = lines.table(name, at.wells, lines.size(), at.delimiter);
    const detail::Columns columns(table);
    ResultCells cells(table);
    cells.learn_cq(columns.cq);
    for (const auto column : {columns.quantity, columns.threshold}) cells.learn(column);
    std::vector<reader::RowName> rows(table.size());
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto well = cells.well(row, columns.well);
        const auto assay = cells.text(row, columns.assay), sample = cells.text(row, columns.sample);
        const auto cq = cells.text(row, columns.cq);
        if (assay.empty() && sample.empty() && cq.empty()) continue;  // a well that was not used
        if (run.reactions.find(well, assay))
            throw FormatError(table.where(row, columns.well),
                              "assay " + reader::detail::quoted(assay) + " of well " + well + " stands twice");
        rows[row] = {well, std::string(assay)};
        auto& r = run.reactions.at(well, assay);
        r.sample = sample;
        if (columns.role) r.type = reader::sample_type(cells.text(row, columns.role), table.where(row, *columns.role));
        r.excluded = columns.exclude && detail::excluded(table, row, *columns.exclude);
        r.cq = cells.cq(row, columns.cq);
        // The program empties the Cq of an excluded well: that is no verdict on its amplification.
        r.amplified = r.excluded && cq.empty() ? -1 : !std::isnan(r.cq);
        r.quantity = cells.number(row, columns.quantity);
        r.unit = cells.text(row, columns.unit);
        r.threshold = cells.number(row, columns.threshold);
        r.baseline_first = cells.cycle(row, columns.first);
        r.baseline_last = cells.cycle(row, columns.last);
        if (const auto curve = efficiency.find(assay); curve != efficiency.end()) r.efficiency = curve->second;
    }
    if (run.reactions.empty())
        throw FormatError(name, "no well of this export was used; it may have been cut off, export it again");
    run.keep_columns(table, rows, [&](std::size_t c) { return columns.has(c); });
}

}  // namespace microchim::eco
