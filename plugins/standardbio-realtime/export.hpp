// A real-time table of the BioMark, one row per chamber of a dynamic array (48.48, 96.96): each sample with each assay.
//
//   Chip Run Filename,D:\runs\Monday\ChipRun.bml
//   Application Version,4.1.3
//   Export Type,Table Results
//   ...
//   S48-A01,Donor,Unknown,1,SRY,Test,34.61,0.85,Pass,0.054
//   S48-A02,Donor,Unknown,1,RPP30,Test,999,0,Fail,0.054
//
// The well is the inlet of the sample, counted in rows of twelve as on a plate: S01 is A01, S13 is B01, S96 is H12.
#pragma once

#include <string>

#include "layout.hpp"

namespace microchim::realtime {

using reader::Part;
using reader::Table;

namespace detail {

inline void preamble(const TextLines& lines, const Layout& at, Part& run) {
    run.software = "Real-Time PCR Analysis";
    for (std::size_t n = 0; n + 2 < at.names; ++n) {
        if (lines.blank(n)) continue;
        const auto cells = reader::cells_of(lines[n], at.delimiter);
        std::string value;
        for (std::size_t i = 1; i < cells.size(); ++i)
            if (!cells[i].empty()) value += (value.empty() ? "" : ",") + cells[i];
        if (normalised(cells.front()) == "applicationversion") run.software_version = value;
        else run.attribute("", cells.front(), value);
    }
}

/// 1 and 0 for the program's Pass and Fail.
inline std::int32_t passed(const Table& table, std::size_t row, std::size_t column) {
    const auto word = normalised(reader::detail::trimmed(table.cell(row, column)));
    if (word == "pass") return 1;
    if (word == "fail") return 0;
    throw FormatError(table.where(row, column), quoted(table.cell(row, column)) + " is neither Pass nor Fail");
}

/// The line behind the last row of chambers: other tables may follow.
inline std::size_t end_of_rows(const TextLines& lines, const Layout& at) {
    auto n = at.names + 1;
    while (n < lines.size() && !lines.blank(n)) ++n;
    return n;
}

}  // namespace detail

/// Reads a table. \throws FormatError.
inline void read_export(const std::string& name, const TextLines& lines, const Layout& at, reader::Parts& runs) {
    auto& run = runs.emplace_back();
    detail::preamble(lines, at, run);
    const auto columns = bind_columns(name, lines, at);
    const auto end = detail::end_of_rows(lines, at);
    const auto table = lines.table(name, at.names, end, at.delimiter);
    if (table.size() == 0)
        throw FormatError(name, "there is no chamber below the column names; export the table again");
    reader::ResultCells cells(table);
    for (const auto& block : columns.blocks) cells.learn_cq(block.value), cells.learn(block.threshold);
    cells.learn(columns.rconc);
    std::vector<reader::RowName> rows;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto place = cells.text(row, columns.chamber);
        const auto found = chamber(place);
        const auto well = found ? reader::numbered_well(found->sample, 12) : "";
        if (well.empty())
            throw FormatError(table.where(row, columns.chamber), quoted(place) + " is not a chamber, as in S48-A01");
        rows.push_back({well, std::string(place)});
        const auto type = columns.type
                              ? reader::sample_type(cells.text(row, columns.type), table.where(row, *columns.type))
                              : std::int32_t{MICROCHIM_UNKN};
        for (const auto& block : columns.blocks) {
            const auto assay = cells.text(row, block.assay);
            if (run.reactions.find(well, assay, block.dye, place))
                throw FormatError(table.where(row, columns.chamber), "chamber " + std::string(place) + " stands twice");
            auto& r = run.reactions.at(well, assay, block.dye, place);
            r.sample = cells.text(row, columns.sample);
            r.type = type;
            if (cells.number(row, block.value) != 999)  // the program's number for no Ct
                r.cq = cells.cq(row, block.value);
            r.status = cells.text(row, block.call);
            r.amplified = r.status.empty() ? !std::isnan(r.cq) : detail::passed(table, row, *block.call);
            r.threshold = cells.number(row, block.threshold);
            if (type == MICROCHIM_STD) r.quantity = cells.number(row, columns.rconc);
        }
    }
    run.keep_columns(
        table, rows, [&](std::size_t c) { return c < columns.used.size() && columns.used[c]; }, columns.names);
    for (auto more = end; more < lines.size(); ++more) {
        if (lines.blank(more)) continue;
        run.note(MICROCHIM_WARNING, name + ":" + std::to_string(more + 1),
                 "Other tables follow here; they are not read.");
        break;
    }
}

}  // namespace microchim::realtime
