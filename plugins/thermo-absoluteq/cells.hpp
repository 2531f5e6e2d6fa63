// Cells of the tables: counts are strict, what the vendor computed may be a word; wells of the plate.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "part.hpp"

namespace microchim::absoluteq {

inline std::string_view trimmed(std::string_view text) {
    return reader::detail::trimmed(text);
}

/// "-", "N/A", "NaN", "": no number and no name.
inline bool says_nothing(std::string_view text) {
    const auto word = plain(text);
    return word.empty() || word == "-" || word == "na" || word == "n/a" || word == "nan";
}

/// Names are compared without regard to case.
inline bool same_text(std::string_view a, std::string_view b) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return std::ranges::equal(trimmed(a), trimmed(b), {}, low, low);
}

/// "A01" of "A1"; empty for what is no well of a MAP16 plate, A1 to D4. The instrument has no other plates.
inline std::string well_name(std::string_view text) {
    return reader::well_name(text, 4, 4);
}

/// What of these words there is: "Group 1 (8), Average, VIC, Gene A".
inline std::string joined(std::initializer_list<std::string_view> words) {
    std::string all;
    for (const auto word : words)
        if (!word.empty()) all += (all.empty() ? "" : ", ") + std::string(word);
    return all;
}

/// A table, and how its numbers are written.
struct Sheet {
    Table table;
    char delimiter;

    std::string_view cell(std::size_t row, std::optional<std::size_t> column) const {
        return column ? trimmed(table.cell(row, *column)) : std::string_view{};
    }

    /// The columns with that plain name, from left to right.
    std::vector<std::size_t> all(std::string_view name) const {
        std::vector<std::size_t> found;
        for (std::size_t c = 0; c < table.header().size(); ++c)
            if (plain(table.header()[c]) == name) found.push_back(c);
        return found;
    }

    /// A number of the vendor's own; a word without digits is none. A decimal comma is one where commas do not
    /// separate cells. \throws FormatError for "12x".
    double number(std::size_t row, std::optional<std::size_t> column) const {
        std::string digits(cell(row, column));
        if (digits.find_first_of("0123456789") == digits.npos) return not_stated;
        if (const auto comma = digits.find(','); delimiter != ',' && comma != digits.npos) digits[comma] = '.';
        double value = 0;
        const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (fault != std::errc{} || stop != digits.data() + digits.size() || !std::isfinite(value))
            throw FormatError(table.where(row, *column),
                              reader::detail::quoted(table.cell(row, *column)) +
                                  " is not a number; export the table again, with a decimal point");
        return value;
    }

    /// One printed number plus (or minus, with `sign` -1) another, to the decimals that were printed.
    double sum(std::size_t row, std::optional<std::size_t> a, std::optional<std::size_t> b, double sign) const {
        const auto decimals = [&](std::optional<std::size_t> column) {
            const auto digits = cell(row, column);
            const auto point = digits.find_first_of(".,");
            return point == digits.npos ? 0.0
                                        : static_cast<double>(std::min<std::size_t>(digits.size() - point - 1, 9));
        };
        const double scale = std::pow(10.0, std::max(decimals(a), decimals(b)));
        return std::round((number(row, a) + sign * number(row, b)) * scale) / scale;
    }

    /// A number of chambers. \throws FormatError where it is missing, below zero or no whole number.
    std::int64_t count(std::size_t row, std::size_t column) const {
        const auto value = table.number<std::int64_t>(row, column);
        if (!value)
            throw FormatError(table.where(row, column),
                              "a count is missing; the file may have been cut off, export it again");
        if (*value < 0) throw FormatError(table.where(row, column), "a count below zero");
        return *value;
    }

    /// What stands in a cell for a number where it is a word: "No Call".
    std::string word(std::size_t row, std::optional<std::size_t> column) const {
        const auto text = cell(row, column);
        const bool number = text.find_first_of("0123456789") != text.npos;
        return number || says_nothing(text) ? "" : std::string(text);
    }
};

inline Sheet open_sheet(std::string_view file, const std::string& text, const Dialect& dialect) {
    return {Table(std::string(file), text, dialect.delimiter, dialect.lines_above), dialect.delimiter};
}

/// Cells of the last line; 0 where the file ends with a line end, so that nothing can be missing from it.
inline std::size_t cells_of_open_line(std::string_view text, char delimiter) {
    if (text.empty() || text.ends_with('\n') || text.ends_with('\r')) return 0;
    std::size_t cells = 1;
    bool quoted = false;
    for (const char c : text.substr(text.find_last_of("\r\n") + 1)) {
        if (c == '"') quoted = !quoted;
        if (c == delimiter && !quoted) ++cells;
    }
    return cells;
}

/// A file that was cut off inside its last line must not pass for a whole one. \throws FormatError naming the line.
inline void require_whole(std::string_view file, std::string_view text, const Sheet& sheet) {
    const auto& table = sheet.table;
    if (table.size() == 0)
        throw FormatError(std::string(file),
                          "there is no row below the column names; the file may have been cut off, export it again");
    const auto cells = cells_of_open_line(text, sheet.delimiter);
    if (cells > 0 && cells < table.header().size())
        throw FormatError(std::string(file) + ":" + std::to_string(table.line(table.size() - 1)),
                          "the last line has " + std::to_string(cells) + " cells, not " +
                              std::to_string(table.header().size()) + "; the file was cut off, export it again");
}

/// The note about a well that the software gives no numbers for: it was not measured, or its quality failed.
inline Note no_numbers(const std::string& well, std::string_view what) {
    return {MICROCHIM_WARNING, well, "The table has no counts for " + std::string(what) + "; it was left out."};
}

/// What the first row says that says anything in this column.
inline std::string first_said(const Sheet& sheet, std::optional<std::size_t> column) {
    for (std::size_t row = 0; column && row < sheet.table.size(); ++row)
        if (const auto cell = sheet.cell(row, column); !cell.empty()) return std::string(cell);
    return {};
}

/// The well in a cell. \throws FormatError where it is none.
inline std::string require_well(const Sheet& sheet, std::size_t row, std::size_t column) {
    auto well = well_name(sheet.cell(row, column));
    if (well.empty())
        throw FormatError(sheet.table.where(row, column), reader::detail::quoted(sheet.cell(row, column)) +
                                                              " is not a well of a MAP16 plate, A1 to D4");
    return well;
}

/// Notes which sample a well holds. \throws FormatError where it was another one before.
inline void place_sample(Part& part, const std::string& well, std::string_view sample, const Sheet& sheet,
                         std::size_t row, std::size_t column) {
    const auto [known, fresh] = part.wells.try_emplace(well, sample);
    if (known->second.empty()) known->second = sample;
    if (!fresh && !sample.empty() && known->second != sample)
        throw FormatError(sheet.table.where(row, column), "well " + well + " holds two samples, " +
                                                              reader::detail::quoted(known->second) + " and " +
                                                              reader::detail::quoted(sample));
}

/// \throws FormatError where a well has the same target in the same dye twice.
inline void add_count(Part& part, Count count, const std::string& where) {
    if (!part.counted.insert({count.well, count.target, count.dye}).second)
        throw FormatError(where, "well " + count.well + " has the target " + reader::detail::quoted(count.target) +
                                     (count.dye.empty() ? "" : " in " + count.dye) + " twice");
    part.counts.push_back(std::move(count));
}

}  // namespace microchim::absoluteq
