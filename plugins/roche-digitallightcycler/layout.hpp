// Which file this is, which columns it has, and which lane of which plate it is of.
//
//   plate1-2502180000000000000001_lane6_E13.csv     plate, lane, sample: they stand in the name only
//
//   Channel1,Channel2,Channel3,Channel4,Channel5,Channel6,Channel7,Flag
//   0,693,1818,0,0,0,2196,Valid
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/raw_table.hpp"
#include "microchim/reader.hpp"

namespace microchim::lightcycler {

using reader::FormatError;
using reader::detail::normalised;
using reader::detail::quoted;
using reader::detail::trimmed;

/// Lower case, as flags and file names are compared.
inline std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return out;
}

struct Layout {
    std::vector<std::string> names;    ///< of all columns, as written
    std::vector<std::size_t> channel;  ///< of each column: 1 for "Channel1", 0 for any other
    std::size_t channels = 0, flag = 0;
    bool ours = false;
};

namespace detail {

/// The column with the flags: by its name, else by what stands in it, because no description gives the name for
/// certain. The number of columns where there is none, or several.
inline std::size_t flag_column(const Layout& layout, const std::vector<std::string>& first_row) {
    const auto none = layout.names.size();
    auto found = none;
    for (std::size_t i = 0; i < none; ++i) {
        const auto name = normalised(layout.names[i]);
        if (name != "flag" && name != "flags" && name != "qualityflag" && name != "validity") continue;
        if (found != none) return none;
        found = i;
    }
    if (found != none) return found;
    for (std::size_t i = 0; i < std::min(none, first_row.size()); ++i) {
        const auto word = lower(first_row[i]);
        if (layout.channel[i] > 0 || (!word.starts_with("valid") && !word.starts_with("invalid"))) continue;
        if (found != none) return none;
        found = i;
    }
    return found;
}

}  // namespace detail

/// Of the column names and the first row. Ours: at least two numbered channels, each once and none left out, and
/// one column of flags.
inline Layout layout(std::vector<std::string> columns, const std::vector<std::string>& first) {
    Layout l;
    while (!columns.empty() && columns.back().empty()) columns.pop_back();
    std::vector<bool> seen;
    for (const auto& column : columns) {
        const auto name = normalised(column);
        std::size_t number = 0;
        if (name.starts_with("channel") && name.size() > 7) {
            const auto [stop, fault] = std::from_chars(name.data() + 7, name.data() + name.size(), number);
            if (fault != std::errc{} || stop != name.data() + name.size() || number < 1 || number > 32) return {};
            if (seen.size() < number) seen.resize(number);
            if (seen[number - 1]) return {};
            seen[number - 1] = true;
        }
        l.channel.push_back(number);
    }
    l.names = std::move(columns);
    l.channels = seen.size();
    l.flag = detail::flag_column(l, first);
    l.ours = l.channels >= 2 && std::find(seen.begin(), seen.end(), false) == seen.end() && l.flag < l.names.size();
    return l;
}

inline bool is_lane(std::string_view bytes) {
    const auto head = reader::head(bytes);
    const auto header = reader::line(head, 0);
    const auto delimiter = reader::delimiter(header);
    return layout(reader::cells_of(header, delimiter), reader::cells_of(reader::line(head, 1), delimiter)).ours;
}

/// What the name of a file says.
struct Place {
    std::string plate, sample;
    int lane = 0;

    /// Lanes stand side by side: lane 6 is column 6 of the only row, A06.
    std::string well() const { return {'A', static_cast<char>('0' + lane / 10), static_cast<char>('0' + lane % 10)}; }
};

/// "plate1-25_lane6_E13.csv" to (plate1-25, E13, 6). \throws FormatError where the name has no lane or no plate.
inline Place place(std::string_view path) {
    const auto name = path.substr(path.find_last_of('/') + 1);
    const auto stem = name.substr(0, std::min(name.rfind('.'), name.size()));
    const auto at = lower(stem).rfind("_lane");
    Place p;
    if (at != std::string::npos && at > 0) {
        const auto rest = stem.substr(at + 5);
        const auto [stop, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), p.lane);
        const auto after = rest.substr(static_cast<std::size_t>(stop - rest.data()));
        if (fault == std::errc{} && p.lane >= 1 && p.lane <= 48 && (after.empty() || after.front() == '_')) {
            p.plate = stem.substr(0, at);
            p.sample = after.empty() ? "" : trimmed(after.substr(1));
            return p;
        }
    }
    throw FormatError(
        std::string(path),
        "the name of the file of a lane is <plate>_lane<number>_<sample>.csv; this one does not say which "
        "lane of which plate it is, and nothing in the file does");
}

}  // namespace microchim::lightcycler
