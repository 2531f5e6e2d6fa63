// The droplets of an amplitude file, however its numbers are written.
#pragma once

#include <string>
#include <string_view>

#include "amplitude.hpp"
#include "decimal_comma.hpp"
#include "microchim/reader.hpp"

namespace microchim::qxmanager {

/// The droplets below `header`, however their numbers are written. `text` is the whole file as UTF-8 or Windows-1252.
/// \throws FormatError with line and column.
inline Droplets read_droplets(std::string_view file, std::string_view text, const AmplitudeHeader& header) {
    const auto body = text.substr(header.size);
    biorad::require_lines(file, body);
    if (biorad::holds_nothing(body)) return no_droplets(header);
    if (biorad::is_saved_again(body, header.delimiter)) {
        const auto plain = biorad::separated_by_commas(text, header.size, header.delimiter);
        return read_points(file, plain, header);
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
