// Tables that went through another program, in the spelling of Bio-Rad's: numbers with a decimal point, nothing where
// nothing was said, one cell for one list of wells. Lines stay where they are.
//
//   A01;...;SRY;3,7655;...;                semicolons or tabs: numbers have decimal commas
//   "A01",...,"SRY",3.7655,NA,...          from R, whose column names are "Conc.copies.µL.", "Ch1.Ch2..1"
//   M01,...,(B01,C01),...                  a list of wells without quotes
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/table.hpp"
#include "names.hpp"

namespace microchim::biorad {

/// Whether this is a number with a decimal comma: "-12,5", "1,5E+06".
inline bool has_decimal_comma(std::string_view cell) {
    const auto comma = cell.find(',');
    return comma != cell.npos && comma == cell.rfind(',') && comma > 0 && comma + 1 < cell.size() &&
           cell.find_first_not_of("0123456789,-+Ee") == cell.npos;
}

/// The length of "(B01,C01)" at the front; 0 where there is no list of wells.
inline std::size_t well_list(std::string_view text) {
    constexpr std::size_t longest = 96 * 5 + 2;  // all wells of a plate, a blank after each comma
    const auto end = text.substr(0, longest).find(')');
    if (!text.starts_with('(') || end == text.npos) return 0;
    const auto list = text.substr(1, end - 1);
    for (std::size_t begin = 0, stop = 0; begin <= list.size(); begin = stop + 1) {
        stop = std::min(list.find_first_of(",;", begin), list.size());
        if (well_name(list.substr(begin, stop - begin)).empty()) return 0;
    }
    return end + 1;
}

/// Columns whose cells are somebody's words, by their normalised name: "0,5" and "NA" may be names there.
inline bool holds_words(std::string_view column) {
    return column.starts_with("sample") || column == "target" || column == "assay" || column.starts_with("experiment");
}

/// A cell as Bio-Rad's programs write it.
inline std::string plain_cell(std::string_view cell, bool words, bool from_r, bool commas) {
    if (cell == "NA" && (from_r || !words)) return {};
    std::string out(cell);
    if (commas && !words && has_decimal_comma(out)) out[out.find(',')] = '.';
    return out;
}

/// The text of a table with this separator. `text` begins with the header.
inline std::string plain(const std::string& text, char separator) {
    const auto begin = std::min(text.find_first_not_of("\r\n"), text.size());
    const auto line = reader::line(std::string_view(text).substr(begin), 0);
    const bool from_r = line.find("Ch1.Ch2.") != line.npos || line.find("Conc.copies") != line.npos ||
                        line.find("Sample.description") != line.npos;
    std::vector<bool> words;
    const reader::Table head("", std::string(line), separator);
    for (const auto name : head.header()) words.push_back(holds_words(reader::detail::normalised(name)));

    std::string out = text.substr(0, begin + line.size());
    out.reserve(text.size() + 64);
    std::size_t column = 0;
    for (auto rest = std::string_view(text).substr(out.size()); !rest.empty();) {
        bool quoted = false;
        if (rest.front() == '"') {
            const auto close = std::min(rest.find('"', 1), rest.size() - 1);
            out += rest.substr(0, close + 1);
            rest.remove_prefix(close + 1);
            if (rest.starts_with('"')) continue;  // a doubled quote
            quoted = true;
        } else if (const auto list = well_list(rest); list > 0 && separator == ',') {
            out += '"' + std::string(rest.substr(0, list)) + '"';
            rest.remove_prefix(list);
        }
        const char ends[] = {separator, '\r', '\n'};
        const auto end = std::min(rest.find_first_of(std::string_view(ends, 3)), rest.size());
        const auto cell = rest.substr(0, end);
        if (quoted) out += cell;
        else out += plain_cell(cell, column < words.size() && words[column], from_r, separator != ',');
        if (end == rest.size()) break;
        out += rest[end];
        column = rest[end] == separator ? column + 1 : 0;
        rest.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace microchim::biorad
