// Names compared without regard to case, as file names and parts of archives are.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace microchim::read {

/// ASCII letters in lower case, everything else as it is.
inline std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
    return out;
}

}  // namespace microchim::read
