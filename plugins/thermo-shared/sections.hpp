// The layout that the RT-PCR software, the StepOne and 7500 software v2, and Design & Analysis 1 share:
//
//   * Block Type = 96-Well Block (0.2mL)
//   * Experiment Type = Standard Curve
//
//   [Results]
//   Well<TAB>Well Position<TAB>...
//   1<TAB>A1<TAB>...
//
//   Analysis Type = Singleplex
//
// or the same as sheets of a workbook, each with the lines above its table as "key,value" without the stars.
#pragma once

#include "rows.hpp"

namespace microchim::thermo {

struct Line {
    std::string key, value;
};

/// One file, or one sheet.
struct Document {
    std::vector<Line> preamble, footer;
    std::vector<Section> sections;
    std::size_t entry = 0;
};

namespace detail {

/// "A = b" to its two parts.
inline std::optional<Line> key_and_value(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == text.npos || equals == 0) return std::nullopt;
    return Line{std::string(trimmed(text.substr(0, equals))), std::string(trimmed(text.substr(equals + 1)))};
}

inline bool is_section_line(const Grid& grid, std::size_t row) {
    const auto name = grid.cell(row, 0);
    return grid.width(row) == 1 && name.size() > 2 && name.front() == '[' && name.back() == ']';
}

/// "Analysis Type = Singleplex" below a table, or "Analysis Type","Singleplex" below that of a sheet.
inline std::optional<Line> footer_line(const Grid& grid, std::size_t row, std::size_t columns) {
    if (columns <= 2 || grid.width(row) > 2) return std::nullopt;
    const auto first = grid.cell(row, 0);
    if (grid.width(row) == 1 && first.find(" = ") != first.npos) return key_and_value(first);
    if (grid.width(row) == 1 && first.ends_with(" ="))
        return Line{std::string(trimmed(first.substr(0, first.size() - 1))), ""};
    if (grid.width(row) == 2 && first.find(' ') != first.npos && first.size() > 8)
        return Line{std::string(first), std::string(grid.cell(row, 1))};
    // "Reference Sample","": a key whose value is blank.
    if (grid.width(row) == 1 && first.find(' ') != first.npos && first.size() > 8 &&
        reader::well_name(first, 26, 48).empty() && first.find_first_of("0123456789\t,;=") == first.npos)
        return Line{std::string(first), ""};
    return std::nullopt;
}

/// Rows [header + 1, end) of a grid as a table; the lines below it are taken off.
inline Section table(const std::shared_ptr<const Grid>& grid, std::string name, std::size_t header, std::size_t end,
                     std::vector<Line>& footer) {
    Section section{std::move(name), grid, header, header + 1, end, 0};
    const auto columns = grid->width(header);
    std::vector<Line> lines;
    while (section.end > section.begin) {
        const auto line = footer_line(*grid, section.end - 1, columns);
        if (!line) break;
        lines.insert(lines.begin(), *line);
        --section.end;
    }
    footer.insert(footer.end(), lines.begin(), lines.end());
    return section;
}

}  // namespace detail

/// A text with stars and section names.
inline Document text_document(const std::shared_ptr<const Grid>& grid) {
    Document document;
    std::size_t row = 0;
    for (; row < grid->size() && !detail::is_section_line(*grid, row); ++row) {
        auto line = grid->joined(row);
        if (line.starts_with("* ") || line.starts_with("*\t")) line.erase(0, 2);
        if (const auto parts = detail::key_and_value(line)) document.preamble.push_back(*parts);
        else document.preamble.push_back({line, ""});
    }
    while (row < grid->size()) {
        const auto bracketed = grid->cell(row, 0);
        std::size_t next = row + 1;
        while (next < grid->size() && !detail::is_section_line(*grid, next)) ++next;
        if (row + 1 < next)
            document.sections.push_back(detail::table(grid, std::string(bracketed.substr(1, bracketed.size() - 2)),
                                                      row + 1, next, document.footer));
        row = next;
    }
    return document;
}

/// The first row of a sheet that can be a header: it begins with "Well", or has more than a key and a value.
inline std::optional<std::size_t> sheet_header(const Grid& grid) {
    for (std::size_t row = 0; row < std::min<std::size_t>(grid.size(), 200); ++row)
        if ((canonical(grid.cell(row, 0)) == "well" && grid.width(row) > 1) || grid.width(row) > 2) return row;
    return std::nullopt;
}

inline Document sheet_document(const std::shared_ptr<const Grid>& grid, std::string name) {
    Document document;
    const auto header = sheet_header(*grid);
    for (std::size_t row = 0; row < header.value_or(grid->size()); ++row) {
        auto value = grid->cell(row, 1);
        // A serial number that a spreadsheet took for a number: "12345.0".
        if (value.size() > 2 && value.ends_with(".0") && value.find_first_not_of("0123456789") == value.size() - 2)
            value.remove_suffix(2);
        document.preamble.push_back({std::string(grid->cell(row, 0)), std::string(value)});
    }
    if (header)
        document.sections.push_back(detail::table(grid, std::move(name), *header, grid->size(), document.footer));
    return document;
}

/// "monday" of "drop/monday.txt": the name of a run whose file states none.
inline std::string stem(std::string_view path) {
    if (const auto slash = path.rfind('/'); slash != path.npos) path.remove_prefix(slash + 1);
    if (const auto dot = path.rfind('.'); dot != path.npos && dot > 0) path = path.substr(0, dot);
    return std::string(path);
}

/// The value of a key in these lines; empty where there is none, or "NA".
inline std::string value_of(const std::vector<Line>& lines, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys)
        for (const auto& line : lines)
            if (canonical(line.key) == canonical(key) && line.value != "NA") return line.value;
    return {};
}

}  // namespace microchim::thermo
