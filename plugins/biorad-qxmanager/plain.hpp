// Tables that went through another program, in the spelling of QX Manager: numbers with a decimal point, nothing where
// nothing was said, one cell for one list of wells. Lines stay where they are.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "../biorad-shared/names.hpp"
#include "dialect.hpp"

namespace microchim::qxmanager {

/// Whether this is a number with a decimal comma: "-12,5", "1,5E+06".
inline bool has_decimal_comma(std::string_view cell) {
    const auto comma = cell.find(',');
    return comma != cell.npos && comma == cell.rfind(',') && comma > 0 && comma + 1 < cell.size() &&
           cell.find_first_not_of("0123456789,-+Ee") == cell.npos;
}

/// The length of "(B01,C01)" at the front; 0 where there is no list of wells.
inline std::size_t well_list(std::string_view text) {
    const auto end = text.find(')');
    if (!text.starts_with('(') || end == text.npos) return 0;
    const auto list = text.substr(1, end - 1);
    for (std::size_t begin = 0, stop = 0; begin <= list.size(); begin = stop + 1) {
        stop = std::min(list.find_first_of(",;", begin), list.size());
        if (biorad::well_name(list.substr(begin, stop - begin)).empty()) return 0;
    }
    return end + 1;
}

inline std::string plain(std::string text, const Dialect& dialect) {
    const char separator = dialect.delimiter;
    if (!dialect.from_r && separator != ';' && text.find(",(") == text.npos) return text;
    std::string out;
    out.reserve(text.size() + 64);
    for (std::string_view rest = text; !rest.empty();) {
        if (rest.front() == '"') {  // a quoted cell stays as it is
            const auto close = std::min(rest.find('"', 1), rest.size() - 1);
            out += rest.substr(0, close + 1);
            rest.remove_prefix(close + 1);
            if (rest.starts_with('"')) continue;  // a doubled quote
        } else if (const auto list = well_list(rest); list > 0 && separator == ',') {
            out += '"' + std::string(rest.substr(0, list)) + '"';
            rest.remove_prefix(list);
        }
        const char ends[] = {separator, '\r', '\n'};
        const auto end = std::min(rest.find_first_of(std::string_view(ends, 3)), rest.size());
        std::string cell(rest.substr(0, end));
        if (dialect.from_r && cell == "NA") cell.clear();
        if (separator == ';' && has_decimal_comma(cell)) cell[cell.find(',')] = '.';
        out += cell;
        if (end < rest.size()) out += rest[end];
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

}  // namespace microchim::qxmanager
