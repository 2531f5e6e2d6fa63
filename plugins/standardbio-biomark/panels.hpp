// What one file says of the panels of a chip, whichever export it is.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "layout.hpp"

namespace microchim::biomark {

/// One dye in one panel.
struct Assay {
    std::string dye, channel, target;
    std::int64_t hits = 0;
    double threshold = reader::not_stated;
};

struct Panel {
    int number = 0;  ///< 1 to 48
    std::string sample, type, rconc;
    std::int64_t chambers = -1;  ///< -1: the file does not say
    std::vector<Assay> assays;
    std::vector<std::pair<std::string, std::string>> attributes;

    /// "P07": the chip's own name of it, which is also a position, row P, column 7.
    std::string well() const {
        return {'P', static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
    }
};

struct File {
    std::size_t entry = 0;
    std::string name;
    bool detailed = false;
    Preamble preamble;
    std::vector<Panel> panels;
    std::int64_t estimated = -1;  ///< chambers of a panel, from the program's own estimates; -1: they do not tell
    std::string remark;           ///< a doubt about the whole file; empty: none
};

/// A number with a decimal point, or in a table with ';' between the cells with a comma.
/// \throws FormatError where the cell is empty or no number.
inline double number(std::string_view cell, char delimiter, const std::string& where) {
    std::string text(cell);
    if (delimiter == ';') std::replace(text.begin(), text.end(), ',', '.');
    double value = 0;
    const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty()) throw FormatError(where, "a number is missing; the file may have been cut off, export it again");
    if (fault != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value))
        throw FormatError(where, quoted(cell) + " is not a number");
    return value;
}

/// A number that may be missing: empty, "-", "N/A" and "NA" are not stated.
inline double optional_number(std::string_view cell, char delimiter, const std::string& where) {
    if (cell.empty() || cell == "-" || cell == "N/A" || cell == "NA") return reader::not_stated;
    return number(cell, delimiter, where);
}

/// "7", "07", "P07" to 7. \throws FormatError for anything else.
inline int panel_number(std::string_view cell, const std::string& where) {
    const auto digits = cell.substr(!cell.empty() && (cell.front() | 0x20) == 'p' ? 1 : 0);
    int value = 0;
    const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault != std::errc{} || stop != digits.data() + digits.size() || value < 1 || value > 48)
        throw FormatError(where, quoted(cell) + " is not a panel; they are 1 to 48");
    return value;
}

inline std::int32_t sample_type(std::string_view type) {
    const auto word = normalised(type);
    if (word == "ntc" || word == "notemplatecontrol" || word == "blank") return MICROCHIM_NTC;
    if (word == "standard" || word == "std") return MICROCHIM_STD;
    if (word == "positive" || word == "positivecontrol") return MICROCHIM_POS;
    if (word == "negative" || word == "negativecontrol") return MICROCHIM_NTP;
    return MICROCHIM_UNKN;
}

}  // namespace microchim::biomark
