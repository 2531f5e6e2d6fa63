// One file, whichever export it is, to panels.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "detailed.hpp"
#include "panels.hpp"
#include "summary.hpp"

namespace microchim::biomark {

namespace detail {

/// Whether a line between preamble and names says which dyes the columns are of: it reaches as far as they do, and a
/// line of the preamble ends long before.
inline bool names_dyes(const std::vector<std::string>& line) {
    auto last = line.size();
    while (last > 0 && line[last - 1].empty()) --last;
    return last > 5 && normalised(line.front()) != "chipruninfo" && normalised(line.front()) != "chiprunfilename";
}

inline void summary_panels(File& file, const std::string& text, const Kind& kind, const Columns& columns) {
    const reader::Table table(file.name, text, kind.delimiter, kind.header_line);
    if (!text.ends_with('\n') && !text.ends_with('\r') && table.size() > 0) {
        const auto line = std::string_view(text).substr(text.find_last_of("\r\n") + 1);
        const auto cells = static_cast<std::size_t>(std::count(line.begin(), line.end(), kind.delimiter)) + 1;
        if (cells < columns.names.size())
            throw FormatError(file.name + ":" + std::to_string(table.line(table.size() - 1)),
                              "the last line has " + std::to_string(cells) + " cells, not " +
                                  std::to_string(columns.names.size()) + "; the file was cut off, export it again");
    }
    SummaryRows rows(table, file.name, columns, kind.delimiter);
    file.panels = rows.read(file.preamble.chambers);
    if (file.preamble.chambers < 0) file.estimated = rows.chambers_of_estimates(file.preamble.perhaps);
}

inline void compare_with_chip(File& file) {
    const auto& p = file.preamble;
    if (p.panels < 0) return;
    const auto listed = static_cast<std::int64_t>(file.panels.size());
    if (file.detailed && p.chambers >= 0 && file.panels.front().chambers != p.chambers)
        file.remark = "The chip is a " + p.chip + ", but the panels listed have " +
                      std::to_string(file.panels.front().chambers) + " chambers, not " + std::to_string(p.chambers) +
                      ": the file is not whole. The counts are of the chambers listed.";
    else if (listed != p.panels)
        file.remark = "The chip is a " + p.chip + ", but the file lists " + std::to_string(listed) + " of its " +
                      std::to_string(p.panels) + " panels.";
}

}  // namespace detail

/// Reads one file. \throws FormatError naming file, line and column.
inline File read_file(std::size_t entry, std::string_view name, std::string_view bytes, const Kind& kind) {
    File file;
    file.entry = entry;
    file.name = name;
    file.detailed = kind.detailed;
    const auto text = reader::utf8(bytes);
    Lines lines(file.name, text, kind.delimiter);
    std::vector<std::string_view> cells;
    std::vector<std::vector<std::string>> above;
    for (std::size_t n = 0; n < kind.header_line && lines.next(cells); ++n) {
        std::vector<std::string> line(cells.begin(), cells.end());
        if (detail::names_dyes(line)) above.push_back(std::move(line));
        else preamble_line(file.preamble, cells);
    }
    lines.next(cells);
    while (!cells.empty() && cells.back().empty()) cells.pop_back();  // a spreadsheet pads short lines
    if (kind.detailed && above.empty())
        throw FormatError(lines.where(),
                          "the lines above the column names, which say of which dye a column is, are missing; export "
                          "the table again");
    if (above.size() > 2) above.erase(above.begin(), above.end() - 2);
    const auto columns = bind_columns(cells, above, lines.where());
    if (kind.detailed) file.panels = DetailedRows(lines, file.name, columns, kind.delimiter).read();
    else detail::summary_panels(file, text, kind, columns);
    detail::compare_with_chip(file);
    return file;
}

}  // namespace microchim::biomark
