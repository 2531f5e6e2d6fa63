// An export of the OpenArray real-time software: one row per through-hole, of one chip or several.
//
//   VersionInfo.ProductName,...,OpenArrayPlate.SerialNumber,...,Assay.Assay ID,...,ThroughHole.Ct,...,
//   ThroughHole.Outlier,...,ThroughHole.Address,...,SampleInfo.SampleID,SampleInfo.Description,...
//
// A through-hole is small, and a sample fills hundreds: the well is that of the sample, the hole its position there.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "microchim/raw_table.hpp"
#include "microchim/result_cells.hpp"
#include "microchim/whole_files.hpp"

namespace microchim::openarray {

using reader::FormatError;
using reader::Part;
using reader::Table;
using reader::TextLines;
using reader::detail::normalised;
using reader::detail::quoted;

struct Layout {
    std::size_t header = 0;
    char delimiter = ',';
};

/// Nothing for what is no export of OpenArray.
inline std::optional<Layout> layout(const TextLines& lines) {
    for (std::size_t n = 0; n < lines.size() && n < 60; ++n) {
        if (lines[n].find("ThroughHole.") == std::string_view::npos) continue;
        const char delimiter = reader::delimiter(lines[n]);
        std::set<std::string> names;
        for (const auto& cell : reader::cells_of(lines[n], delimiter)) names.insert(normalised(cell));
        if (names.contains("throughholect") && names.contains("throughholeaddress")) return Layout{n, delimiter};
    }
    return std::nullopt;
}

namespace detail {

struct Columns {
    std::size_t address, ct;
    std::optional<std::size_t> plate, assay, sample, dye, outlier, quantity, unit, product, version;

    explicit Columns(const Table& t)
        : address(t.require({"ThroughHole.Address"})),
          ct(t.require({"ThroughHole.Ct"})),
          plate(t.find({"OpenArrayPlate.SerialNumber"})),
          assay(t.find({"Assay.Assay ID"})),
          sample(t.find({"SampleInfo.SampleID"})),
          dye(t.find({"Assay.AmplificationCurveDyeNames.0"})),
          outlier(t.find({"ThroughHole.Outlier"})),
          quantity(t.find({"ThroughHole.Concentration"})),
          unit(t.find({"ThroughHole.ConcentrationUnit"})),
          product(t.find({"VersionInfo.ProductName"})),
          version(t.find({"VersionInfo.ProductVersion"})) {
        if (!assay) assay = t.require({"Assay.Assay Name"});
    }

    bool has(std::size_t c) const {
        return c == address || c == ct || c == plate || c == assay || c == sample || c == dye || c == outlier ||
               c == quantity || c == unit || c == product || c == version;
    }
};

/// The sub-array of "A10a2" is A10: letter, number, then the hole, letter and number.
inline std::string subarray(std::string_view address) {
    const auto hole = address.find_first_of("abcdefgh", 1);
    return hole == address.npos ? "" : reader::well_name(address.substr(0, hole), 26, 48);
}

inline bool yes(const Table& table, std::size_t row, std::size_t column) {
    const auto word = normalised(reader::detail::trimmed(table.cell(row, column)));
    if (word == "true" || word == "1" || word == "yes") return true;
    if (word == "false" || word == "0" || word == "no" || word.empty()) return false;
    throw FormatError(table.where(row, column), quoted(table.cell(row, column)) + " is neither true nor false");
}

/// The rows of one chip.
struct Chip {
    Part* run = nullptr;
    std::vector<reader::RowName> rows;
    std::set<std::string, std::less<>> holes;
};

/// What is said of assays is the same for each of their holes: kept once for an assay.
inline std::vector<bool> keep_assays(const Table& table, const Columns& columns, std::map<std::string, Chip>& chips) {
    std::vector<bool> kept(table.header().size());
    for (std::size_t c = 0; c < table.header().size(); ++c) {
        if (columns.has(c) || !normalised(table.header()[c]).starts_with("assay")) continue;
        std::map<std::string_view, std::string_view> said;
        bool same = true;
        for (std::size_t row = 0; row < table.size() && same; ++row)
            same = said.try_emplace(table.cell(row, *columns.assay), table.cell(row, c)).first->second ==
                   table.cell(row, c);
        if (!same) continue;
        kept[c] = true;
        for (auto& [plate, chip] : chips)
            for (const auto& [assay, value] : said)
                chip.run->attribute("", std::string(table.header()[c]) + " [" + std::string(assay) + "]", value);
    }
    return kept;
}

}  // namespace detail

/// Reads an export. \throws FormatError.
inline void read_export(const std::string& name, const TextLines& lines, const Layout& at, reader::Parts& runs) {
    const auto table = lines.table(name, at.header, lines.size(), at.delimiter);
    if (table.size() == 0)
        throw FormatError(name, "there is no through-hole below the column names; export the file again");
    const detail::Columns columns(table);
    reader::ResultCells cells(table);
    cells.learn_cq(columns.ct);
    cells.learn(columns.quantity);
    // Samples are told by their place on the sample plate, which has 384. Where they have names instead, the sub-array
    // is the well.
    bool places = columns.sample.has_value();
    for (std::size_t row = 0; row < table.size() && places; ++row)
        places = !reader::well_name(cells.text(row, columns.sample), 16, 24).empty();
    std::map<std::string, detail::Chip> chips;
    for (std::size_t row = 0; row < table.size(); ++row) {
        auto& chip = chips[std::string(cells.text(row, columns.plate))];
        if (!chip.run) {
            chip.run = &runs.emplace_back();
            chip.run->plate = cells.text(row, columns.plate);
            chip.run->software = cells.text(row, columns.product);
            chip.run->software_version = cells.text(row, columns.version);
            chip.rows.resize(table.size());
        }
        const std::string address(cells.text(row, columns.address)), assay(cells.text(row, columns.assay));
        const auto area = detail::subarray(address);
        if (area.empty())
            throw FormatError(table.where(row, columns.address),
                              quoted(address) + " is not the address of a through-hole, as in A10a2");
        if (!chip.holes.insert(address).second)
            throw FormatError(table.where(row, columns.address), "through-hole " + address + " stands twice");
        const auto well = places ? cells.well(row, *columns.sample) : area;
        auto& r = chip.run->reactions.at(well, assay, cells.text(row, columns.dye), address);
        r.sample = cells.text(row, columns.sample);
        r.cq = cells.cq(row, columns.ct);
        if (r.cq == 40) r.cq = reader::not_stated;  // the program's number for no Ct
        r.amplified = !std::isnan(r.cq);
        r.excluded = columns.outlier && detail::yes(table, row, *columns.outlier);
        r.quantity = cells.number(row, columns.quantity);
        r.unit = cells.text(row, columns.unit);
        chip.rows[row] = {well, assay + " " + address};
    }
    const auto kept = detail::keep_assays(table, columns, chips);
    for (auto& [plate, chip] : chips)
        chip.run->keep_columns(table, chip.rows, [&](std::size_t c) { return columns.has(c) || kept[c]; });
}

}  // namespace microchim::openarray
