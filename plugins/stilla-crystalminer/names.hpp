// Names: of chambers, of the chips that hold them, and of the files that belong to them.
//
//   20240311_donors_A1     in the column ChamberID: chamber A1 of the chip "20240311_donors"
//   1-A1                   chamber A1 of chip 1
//   20240311_donors_A1_RawData.csv
#pragma once

#include <string>
#include <string_view>

#include "microchim/exports.hpp"
#include "microchim/table.hpp"

namespace microchim::stilla {

using reader::detail::trimmed;

/// A chamber and the name of its chip, as written; an empty `well`: no chamber.
struct Chamber {
    std::string chip, well;
};

/// "20240311_donors_A1" to (20240311_donors, A01).
inline Chamber chamber(std::string_view text) {
    text = trimmed(text);
    const auto begin = text.find_last_of("_- .#/");
    const auto well = reader::well_name(text.substr(begin == text.npos ? 0 : begin + 1), 26, 48);
    if (well.empty()) return {};
    auto chip = begin == text.npos ? std::string_view{} : text.substr(0, begin);
    while (!chip.empty() && std::string_view("_- .#/").find(chip.back()) != std::string_view::npos)
        chip.remove_suffix(1);
    return {std::string(chip), well};
}

/// Letters and figures in lower case; whatever stands between them is one '_'.
inline std::string plain(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        const bool sign = std::string_view("_- .,;#()[]+").find(c) != std::string_view::npos;
        if (!sign) out += lower;
        else if (!out.empty() && out.back() != '_') out += '_';
    }
    while (out.ends_with('_')) out.pop_back();
    return out;
}

/// Whether one of two plain names is the beginning or the end of the other, at a border between words.
inline bool related(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return false;
    if (a.size() > b.size()) std::swap(a, b);
    return a == b || (b.starts_with(a) && b[a.size()] == '_') || (b.ends_with(a) && b[b.size() - a.size() - 1] == '_');
}

/// The file's name without folders and ".csv".
inline std::string_view stem(std::string_view path) {
    path = path.substr(path.find_last_of('/') + 1);
    return path.substr(0, std::min(path.rfind('.'), path.size()));
}

/// `name` without `end`, case apart; nothing is taken off where it does not end so.
inline bool drop_end(std::string_view& name, std::string_view end) {
    if (name.size() < end.size()) return false;
    const auto tail = name.substr(name.size() - end.size());
    for (std::size_t i = 0; i < end.size(); ++i)
        if ((tail[i] | 0x20) != (end[i] | 0x20)) return false;
    name.remove_suffix(end.size());
    return true;
}

}  // namespace microchim::stilla
