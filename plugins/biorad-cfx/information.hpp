// What is said of a run as a whole: keys and values, in a file of their own or above a table.
//
//   File Name,admin_2024-05-02 CC1.pcrd
//   Run Started,05/02/2024 13:47:21 UTC
//   CFX Maestro Version,5.0.021.0616.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/raw_table.hpp"

namespace microchim::cfx {

using Information = std::vector<std::pair<std::string, std::string>>;

/// The first `lines` lines of a file. A value may hold the delimiter; a table below pads the lines with delimiters.
inline Information read_information(std::string_view bytes, std::size_t lines) {
    const auto text = reader::utf8(bytes);
    Information facts;
    std::string_view rest = text;
    for (std::size_t n = 0; n < lines && !rest.empty(); ++n) {
        const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(rest.size(), end + (rest.substr(end).starts_with("\r\n") ? 2 : 1)));
        const auto first = line.find_first_of(",;\t");
        if (first == line.npos) continue;
        const auto key = reader::cells_of(line.substr(0, first), line[first]).front();
        auto value = line.substr(first + 1);
        while (value.ends_with(line[first])) value.remove_suffix(1);
        value = reader::detail::trimmed(value);
        if (value.size() > 1 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        if (!key.empty()) facts.emplace_back(key, reader::cell_text(value));
    }
    return facts;
}

/// The value of a key; empty where it is not said.
inline std::string said(const Information& facts, std::string_view key) {
    for (const auto& [known, value] : facts)
        if (known == key) return value;
    return {};
}

}  // namespace microchim::cfx
