// What the readers of exported tables share: looking at the head of a file, well names, and keeping what was not used.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::reader {

/// The first lines of a file as UTF-8, for probes: whole lines only (unless one is longer than `size`), nothing for
/// what is no text.
inline std::string head(std::string_view bytes, std::size_t size = 16384) {
    if (!is_text(bytes)) return {};
    auto part = bytes.substr(0, size);
    // Up to a line end: a character cut in two would make the whole look like Windows-1252.
    if (part.size() < bytes.size()) part = part.substr(0, part.find_last_of("\r\n"));
    return utf8(part);
}

/// Line `n` of a text, from 0, without its end (LF, CRLF or CR); empty past the end.
inline std::string_view line(std::string_view text, std::size_t n) {
    for (;; --n) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        if (n == 0 || end == text.size()) return n == 0 ? text.substr(0, end) : std::string_view{};
        text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
    }
}

/// Which of ',', ';' and TAB stands most often outside quotes in a line; ',' where none does.
inline char delimiter(std::string_view line) {
    std::size_t count[3] = {};
    constexpr std::string_view candidates = ",;\t";
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (const auto i = candidates.find(c); !quoted && i != candidates.npos) ++count[i];
    }
    return candidates[static_cast<std::size_t>(std::max_element(count, count + 3) - count)];
}

/// "A01" of "A1", "a01" or "A01" on a plate of up to `rows` by `columns` (at most 26 by 99); empty for anything else.
inline std::string well_name(std::string_view text, int rows, int columns) {
    text = detail::trimmed(text);
    if (text.size() < 2 || text.size() > 3) return {};
    const char row = static_cast<char>(text[0] & ~0x20);
    int column = 0;
    const char* end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data() + 1, end, column);
    const bool fits = row >= 'A' && row < 'A' + rows && column >= 1 && column <= columns;
    if (!fits || fault != std::errc{} || stop != end) return {};
    return std::string{row, static_cast<char>('0' + column / 10), static_cast<char>('0' + column % 10)};
}

/// A file that was cut off inside its last line must not pass for a whole one. \throws FormatError naming the line.
inline void require_uncut(const std::string& file, std::string_view text, const Table& table, char delimiter) {
    if (table.size() == 0)
        throw FormatError(file,
                          "there is nothing below the column names; the file may have been cut off, export it again");
    if (text.ends_with('\n') || text.ends_with('\r')) return;
    const auto line = text.substr(text.find_last_of("\r\n") + 1);
    std::size_t cells = 1;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == delimiter && !quoted) ++cells;
    }
    const auto expected = table.header().size() - (detail::trimmed(table.header().back()).empty() ? 1 : 0);
    if (cells < expected)
        throw FormatError(file + ":" + std::to_string(table.line(table.size() - 1)),
                          "the last line has " + std::to_string(cells) + " cells, not " + std::to_string(expected) +
                              "; the file was cut off, export it again");
}

/// Names the entries of a bundle that were not read; nothing where there are none. `what` completes
/// "Ignored, because these are neither ...".
inline void note_ignored(const Bundle& bundle, const std::vector<std::size_t>& entries, std::string_view what,
                         const Sink& sink) {
    if (entries.empty()) return;
    constexpr std::size_t shown = 10;
    std::string names;
    for (std::size_t i = 0; i < std::min(entries.size(), shown); ++i)
        names += (i == 0 ? "" : ", ") + std::string(bundle.name(entries[i]));
    if (entries.size() > shown) names += " and " + std::to_string(entries.size() - shown) + " more";
    sink.note(MICROCHIM_INFO, "", "Ignored, because these are neither " + std::string(what) + ": " + names + ".");
}

/// What a row of a table is about, for attributes: its well, and what tells its rows apart ("SRY").
struct RowName {
    std::string well, label;
};

/// Keeps the cells of all columns that `taken` does not name: "Linkage [SRY]" of a well; of the run, without label,
/// where every row says the same. `rows[i]` names row i of the table; rows without well and label are skipped. The
/// table is a Table, or has the same size(), header() and cell(); the sink a Sink, or has the same attribute().
template <class AnyTable, class AnySink>
void keep_unused(const AnyTable& table, const std::vector<RowName>& rows, const std::function<bool(std::size_t)>& taken,
                 AnySink&& sink) {
    std::vector<std::size_t> used;
    for (std::size_t row = 0; row < std::min(rows.size(), table.size()); ++row)
        if (!rows[row].well.empty() || !rows[row].label.empty()) used.push_back(row);
    for (std::size_t c = 0; c < table.header().size(); ++c) {
        const auto name = detail::trimmed(table.header()[c]);
        if (taken(c) || name.empty()) continue;
        const auto same = [&](std::size_t row) { return table.cell(row, c) == table.cell(used.front(), c); };
        if (used.size() > 1 && std::all_of(used.begin(), used.end(), same)) {
            if (!table.cell(used.front(), c).empty()) sink.attribute("", name, table.cell(used.front(), c));
            continue;
        }
        for (const auto row : used)
            if (const auto cell = table.cell(row, c); !cell.empty()) {
                const auto& [well, label] = rows[row];
                sink.attribute(well, std::string(name) + (label.empty() ? "" : " [" + label + "]"), cell);
            }
    }
}

}  // namespace microchim::reader
