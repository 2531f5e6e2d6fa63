// What amplitude files of both programs have in common before a number is read: their first line, copies that another
// program saved, and the one line of a well without droplets.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"

namespace microchim::biorad {

/// By its byte order mark; everything else can be read as it is.
inline bool is_utf16(std::string_view bytes) {
    return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
}

/// The cells of a line without their quotes.
inline std::vector<std::string> split(std::string_view line, char delimiter) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        else if (c == delimiter && !quoted) cells.emplace_back();
        else cells.back() += c;
    }
    return cells;
}

/// Whether the lines below the column names need separated_by_commas() first.
inline bool is_saved_again(std::string_view body, char delimiter) {
    return delimiter != ',' || body.substr(0, 400).find('"') != body.npos;
}

/// Cells in quotes, or between semicolons or tabs, as other programs save them: commas between cells, decimal points.
/// The first `header` bytes stay as they are.
inline std::string separated_by_commas(std::string_view text, std::size_t header, char delimiter) {
    std::string out(text.substr(0, header));
    out.reserve(text.size());
    bool quoted = false;
    for (const char c : text.substr(header)) {
        if (c == '"') quoted = !quoted;
        else if (c == delimiter && !quoted) out += ',';
        else if (c == ',') out += '.';
        else out += c;
    }
    return out;
}

/// A well without droplets: one line of zeros, as many as the program pleases. No droplet is that dark.
inline bool holds_nothing(std::string_view body) {
    const auto begin = std::min(body.find_first_not_of("\r\n"), body.size());
    const auto end = std::min(body.find_first_of("\r\n", begin), body.size());
    return body.find_first_not_of("\r\n", end) == body.npos &&
           body.substr(begin, end - begin).find_first_not_of("0.,;\" \t") == std::string_view::npos;
}

/// \throws FormatError where nothing follows the column names.
inline void require_lines(std::string_view file, std::string_view body) {
    if (body.find_first_not_of("\r\n") == body.npos)
        throw reader::FormatError(std::string(file),
                                  "there is no line below the column names; even a well without "
                                  "droplets has one. The file was cut off, export it again");
}

}  // namespace microchim::biorad
