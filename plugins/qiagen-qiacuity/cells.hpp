// Cells of the tables: counts are strict; what the vendor computed may be a word; wells and hyperwells.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect.hpp"

namespace microchim::qiacuity {

using reader::not_stated;

inline std::string_view trimmed(std::string_view text) {
    return reader::detail::trimmed(text);
}

/// "-", "n.a.", "NaN", "": no number and no name.
inline bool says_nothing(std::string_view text) {
    text = trimmed(text);
    const auto word = reader::detail::normalised(text);
    return text.empty() || word == "-" || word.empty() || word == "na" || word == "nan";
}

/// Plate names and samples are compared without regard to case.
inline bool same_text(std::string_view a, std::string_view b) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return std::ranges::equal(trimmed(a), trimmed(b), {}, low, low);
}

/// A table of the Software Suite, and how its numbers are written.
struct Sheet {
    Table table;
    char delimiter;

    std::string_view cell(std::size_t row, std::optional<std::size_t> column) const {
        return column ? trimmed(table.cell(row, *column)) : std::string_view{};
    }

    /// A number of the vendor's own; a word without digits is none. A decimal comma is one where commas do not
    /// separate cells. \throws FormatError for "12x".
    double number(std::size_t row, std::optional<std::size_t> column) const {
        auto digits = cell(row, column);
        if (digits.ends_with('%')) digits = trimmed(digits.substr(0, digits.size() - 1));
        if (digits.find_first_of("0123456789") == digits.npos) return not_stated;
        std::string text(digits);
        if (const auto comma = text.find(','); delimiter != ',' && comma != text.npos) text[comma] = '.';
        double value = 0;
        const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (fault != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value))
            throw FormatError(table.where(row, *column),
                              reader::detail::quoted(table.cell(row, *column)) +
                                  " is not a number; export the table again, with a decimal point");
        return value;
    }

    /// The number in a cell as text, with a decimal point; empty where there is none.
    std::string decimal(std::size_t row, std::optional<std::size_t> column) const {
        if (std::isnan(number(row, column))) return {};
        std::string text(cell(row, column));
        if (delimiter != ',') std::ranges::replace(text, ',', '.');
        return text;
    }

    /// A number of partitions. \throws FormatError where it is missing, below zero or no whole number.
    std::int64_t count(std::size_t row, std::size_t column) const {
        const auto value = table.number<std::int64_t>(row, column);
        if (!value)
            throw FormatError(table.where(row, column),
                              "a count is missing; the file may have been cut off, export it again");
        if (*value < 0) throw FormatError(table.where(row, column), "a count below zero");
        return *value;
    }
};

/// A file that was cut off inside its last line must not pass for a whole one. The Software Suite ends its last line
/// without a line end, so only the number of cells can tell. \throws FormatError naming the line.
inline void require_whole(std::string_view file, std::string_view text, const Sheet& sheet) {
    const auto& table = sheet.table;
    if (table.size() == 0)
        throw FormatError(std::string(file),
                          "there is no well below the column names; the file may have been cut off, export it again");
    if (text.ends_with('\n') || text.ends_with('\r')) return;
    std::size_t cells = 1;
    bool quoted = false;
    for (const char c : text.substr(text.find_last_of("\r\n") + 1)) {
        if (c == '"') quoted = !quoted;
        if (c == sheet.delimiter && !quoted) ++cells;
    }
    if (cells < table.header().size())
        throw FormatError(std::string(file) + ":" + std::to_string(table.line(table.size() - 1)),
                          "the last line has " + std::to_string(cells) + " cells, not " +
                              std::to_string(table.header().size()) + "; the file was cut off, export it again");
}

/// A well, or a hyperwell: several wells with one sample, analysed as one.
struct Place {
    std::string name;                  ///< "A01"; "HW1", "A1,A2" for a hyperwell
    bool pooled = false;               ///< a hyperwell
    std::vector<std::string> members;  ///< its wells, where the file says them
    std::string own;                   ///< the one of them that the row stands at, see settle_hyperwells()

    std::string member_list() const {
        std::string list;
        for (const auto& well : members) list += (list.empty() ? "" : ",") + well;
        return list;
    }
};

/// "A1,B1" to A01 and B01; empty where a part is no well of a nanoplate, which has at most 8 rows of 12.
inline std::vector<std::string> wells_in(std::string_view cell) {
    constexpr std::string_view separators = ",;+| ()[]";
    std::vector<std::string> wells;
    for (std::size_t at = 0; (at = cell.find_first_not_of(separators, at)) != cell.npos;) {
        const auto end = std::min(cell.find_first_of(separators, at), cell.size());
        wells.push_back(reader::well_name(cell.substr(at, end - at), 8, 12));
        if (wells.back().empty()) return {};
        at = end;
    }
    return wells;
}

inline bool names_hyperwell(std::string_view cell) {
    return cell.size() > 2 && same_text(cell.substr(0, 2), "HW");
}

/// What a row is about, from its cells Well and Hyperwell. \throws FormatError where that is neither.
inline Place place(const Sheet& sheet, std::size_t row, std::size_t well_column, std::optional<std::size_t> hyperwell) {
    const auto well = sheet.cell(row, well_column), pool = sheet.cell(row, hyperwell);
    const auto wells = wells_in(well), pooled = wells_in(pool);
    if (wells.size() > 1) return {std::string(names_hyperwell(pool) ? pool : well), true, wells, {}};
    const bool own_name = wells.empty() && !says_nothing(well);
    if (pooled.size() > 1) return {std::string(own_name ? well : pool), true, pooled, wells.empty() ? "" : wells[0]};
    if (wells.size() == 1) return {wells.front(), false, {}, {}};
    if (names_hyperwell(well)) return {std::string(well), true, {}, {}};
    if (!own_name && names_hyperwell(pool)) return {std::string(pool), true, {}, {}};
    throw FormatError(sheet.table.where(row, well_column),
                      reader::detail::quoted(well) + " is neither a well, A1 to H12, nor a hyperwell such as HW1");
}

}  // namespace microchim::qiacuity
