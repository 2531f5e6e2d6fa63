// A table of a real-time program of Bio-Rad's, and how its numbers are written: with a point, or with a comma where the
// computer's language has one. These programs never write thousands, so that one look at all cells decides.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "microchim/exports.hpp"
#include "microchim/numbers.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::biorad {

using reader::FormatError;
using reader::not_stated;
using reader::Table;

/// Whether a cell says that there is no number: as in says_no_cq(), .NET's words for NaN in other languages and for
/// infinity, and the #### that iQ5 prints for the logarithm of nothing.
inline bool says_nothing(std::string_view cell) {
    cell = reader::detail::trimmed(cell);
    if (reader::says_no_cq(cell) || cell.find_first_not_of('#') == cell.npos) return true;
    const auto word = reader::detail::normalised(cell);  // a character outside ASCII is a 'u' here
    static constexpr std::array words{
        "nonnumurique",  "neun",       "nonunnumeroreale", "infinity", "-infinity",         "unendlich",
        "+unendlich",    "-unendlich", "+infini",          "-infini",  "infinito",          "-infinito",
        "niejestliczbu", "nenuuuuslo", "nenuuslo",         "nemszum",  "nanniet-een-getal", "nannuouumnumero",
        "nannuoumnumero"};
    // Russian, Chinese, Japanese and others, in their own letters.
    for (const std::string_view own : {"\u043d\u0435 \u0447\u0438\u0441\u043b\u043e", "\u975e\u6570\u5b57",
                                       "\u975e\u6578\u5b57", "NaN (\u975e\u6570\u5024)", "nen\u00ed \u010d\u00edslo",
                                       "Nen\u00ed \u010d\u00edslo", "Nie je \u010d\u00edslo"})
        if (cell == own) return true;
    return std::find(words.begin(), words.end(), word) != words.end();
}

struct Sheet {
    std::size_t entry;  ///< of the bundle
    std::string file;
    char delimiter;
    Table table;
    reader::Numbers numbers;

    /// The number in a cell; not_stated where it says that there is none. \throws FormatError for anything else.
    double number(std::size_t row, std::optional<std::size_t> column) const {
        if (!column) return not_stated;
        const auto cell = table.cell(row, *column);
        if (const auto value = numbers.parse(cell)) return *value;  // nearly always, and no address is needed
        if (says_nothing(cell)) return not_stated;
        return numbers.read(cell, table.where(row, *column)).value_or(not_stated);
    }

    /// The text of a cell, for attributes: a number has a point, whatever the language. Empty where it only says that
    /// nothing was computed.
    std::string kept(std::size_t row, std::size_t column) const {
        std::string cell(reader::detail::trimmed(table.cell(row, column)));
        if (says_nothing(cell)) return {};
        const auto comma = cell.find(',');
        if (comma != cell.npos && numbers.decimal_comma() && numbers.parse(cell)) cell[comma] = '.';
        return cell;
    }
};

namespace detail {

/// Columns of words and names, which say nothing about how numbers are written.
inline bool is_text_column(std::string_view name) {
    static constexpr std::array names{"well",        "wellset",    "fluor",       "dye",
                                      "target",      "content",    "type",        "sample",
                                      "note",        "call",       "wellnote",    "biologicalsetname",
                                      "wellsettype", "identifier", "description", "sampletype"};
    return std::find(names.begin(), names.end(), reader::detail::normalised(name)) != names.end();
}

inline reader::Numbers numbers_of(const Table& table, char delimiter) {
    reader::Numbers numbers;
    bool point = false, comma = false;
    for (std::size_t c = 0; c < table.header().size(); ++c) {
        if (is_text_column(table.header()[c])) continue;
        for (std::size_t row = 0; row < table.size(); ++row) {
            const auto cell = reader::detail::trimmed(table.cell(row, c));
            if (cell.empty() || cell.find_first_not_of("+-.,0123456789eE") != cell.npos) continue;
            numbers.learn(cell);
            point = point || std::count(cell.begin(), cell.end(), '.') == 1;
            comma = comma || std::count(cell.begin(), cell.end(), ',') == 1;
        }
    }
    if (!point && (comma || delimiter == ';')) numbers.decimal_comma(true);
    if (!comma) numbers.decimal_comma(false);
    return numbers;
}

}  // namespace detail

/// The table whose column names stand in line `header`, from 0. \throws FormatError
inline Sheet read_sheet(std::size_t entry, std::string_view name, std::string_view bytes, std::size_t header) {
    auto text = reader::utf8(bytes);
    const std::string file(name);
    const char delimiter = reader::delimiter(reader::line(text, header));
    Table table(file, text, delimiter, header);
    reader::require_uncut(file, text, table, delimiter);
    auto numbers = detail::numbers_of(table, delimiter);
    return {entry, file, delimiter, std::move(table), numbers};
}

}  // namespace microchim::biorad
