// Instrument names as people and files spell them: "QX-200" and "qx200" are one.
#pragma once

#include <string>
#include <string_view>

namespace microchim::instruments {

/// Lower case, letters and digits only (ASCII; other bytes are kept).
inline std::string plain_name(std::string_view name) {
    std::string plain;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool kept =
            upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) > 127;
        if (kept) plain += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return plain;
}

}  // namespace microchim::instruments
