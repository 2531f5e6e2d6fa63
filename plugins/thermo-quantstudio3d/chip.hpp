// The wells of one chip, as a file tells them, and what a file is.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::quantstudio3d {

using reader::FormatError;

struct Dye {
    std::string name;  ///< "FAM", "VIC"; "ROX" is passive
    std::vector<float> fluorescence;
};

struct Chip {
    std::string id;      ///< of the chip, or of the folder it lies in; may be empty
    std::string sample;  ///< where the file names it
    std::vector<std::size_t> entries;
    std::string file;  ///< the first of them
    const char* dialect = "";
    std::vector<Dye> dyes;
    bool open_end = false;       ///< the last line has no line end
    std::vector<float> quality;  ///< of each well, 0 to 1; empty: not stated
    std::vector<std::pair<std::string, std::string>> attributes;
};

/// "FAM" of "fam".
inline std::string upper(std::string_view name) {
    std::string text(reader::detail::trimmed(name));
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
    return text;
}

/// The dyes that chips are read in; FAM and VIC have a target each, ROX is passive.
inline bool is_dye(std::string_view name) {
    return name == "FAM" || name == "VIC" || name == "HEX" || name == "SYBR" || name == "ROX";
}

}  // namespace microchim::quantstudio3d
