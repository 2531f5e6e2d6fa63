// The droplets of an amplitude file, however its numbers are written.
#pragma once

#include <string>
#include <string_view>

#include "amplitude.hpp"
#include "decimal_comma.hpp"
#include "microchim/reader.hpp"

namespace microchim::qxmanager {

/// Cells in quotes, or between semicolons or tabs, as other programs save them: commas between cells, decimal points.
inline std::string separated_by_commas(std::string_view text, const AmplitudeHeader& header) {
    std::string out(text.substr(0, header.size));
    bool quoted = false;
    for (const char c : text.substr(header.size)) {
        if (c == '"') quoted = !quoted;
        else if (c == header.delimiter && !quoted) out += ',';
        else if (c == ',') out += '.';
        else out += c;
    }
    return out;
}

/// The droplets below `header`, however their numbers are written. `text` is the whole file as UTF-8 or Windows-1252.
/// \throws FormatError with line and column.
inline Droplets read_droplets(std::string_view file, std::string_view text, const AmplitudeHeader& header) {
    const auto body = text.substr(header.size);
    if (body.find_first_not_of("\r\n") == body.npos)
        throw reader::FormatError(std::string(file),
                                  "there is no line below the column names; even a well without "
                                  "droplets has one. The file was cut off, export it again");
    if (holds_nothing(body)) return no_droplets(header);
    if (header.delimiter != ',' || body.substr(0, 400).find('"') != body.npos) {
        const auto plain = separated_by_commas(text, header);
        auto same = header;
        same.delimiter = ',';
        return read_points(file, plain, same);
    }
    require_whole(file, text, header.size);
    try {
        return read_points(file, text, header);
    } catch (const reader::FormatError&) {  // at the first line with decimals, if that is what it is
        if (!has_decimal_commas(body, header)) throw;
    }
    return DecimalCommas(file, text, header).read();
}

}  // namespace microchim::qxmanager
