// Which table of QX Manager this is. Told by its columns, never by the file's name.
//
//   QX Manager 1   ...,Molecular Weight(pg/uL),Status,Status Reason,...,Ch1-Ch2-,Linkage,...,TiltCorrected
//   QX Manager 2   ...,pg/uL,Status,Status Reason,...,TiltCorrected,Ch1+Ch2+,...,Ch1-Ch2-
//                  and, of six colours, ...,Ch3+Ch4+,...,Ch5-Ch6-
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::qxmanager {

struct Dialect {
    int generation = 1;  ///< of QX Manager: 1 or 2
    std::size_t colours = 2;
    char delimiter = ',';
};

/// " six colours": what tells the instruments apart; nothing for the two of the QX200.
inline std::string colours_suffix(std::size_t colours) {
    static constexpr const char* words[] = {
        "", " one colour", "", " three colours", " four colours", " five colours", " six colours"};
    return colours < std::size(words) ? words[colours] : " " + std::to_string(colours) + " colours";
}

/// The first line that says anything.
inline std::string first_line(std::string_view bytes) {
    const auto text = reader::head(bytes);
    const auto begin = std::min(text.find_first_not_of("\r\n"), text.size());
    return std::string(reader::line(std::string_view(text).substr(begin), 0));
}

/// The dialect of a table of QX Manager; nothing for any other file. A table that lacks one of the columns which are
/// needed is still recognised, so that the user is told what is missing.
inline std::optional<Dialect> dialect(std::string_view bytes) try {
    const auto line = first_line(bytes);
    Dialect found;
    found.delimiter = reader::delimiter(line);
    const reader::Table head("", line, found.delimiter);
    const auto has = [&](std::string_view column) {
        try {
            return head.find({column}).has_value();
        } catch (const reader::FormatError&) {  // twice: reading will say so
            return true;
        }
    };
    // What QuantaSoft Analysis Pro, whose tables look alike, does not have.
    if (!has("Sample description 1") && !has("Status Reason") && !has("ThresholdSigmaAbove") && !has("TiltCorrected"))
        return std::nullopt;
    const int known = has("Positives") + has("Negatives") + has("Accepted Droplets") + has("PoissonConfMax") +
                      has("MeanAmplitudeOfPositives") + has("MergedWells") + has("DyeName(s)");
    if (known < 3) return std::nullopt;
    found.generation = has("pg/uL") || has("Copies/uL linked molecules") ? 2 : 1;
    if (has("Ch3+Ch4+") || has("Ch3Ch4")) found.colours = 4;  // R writes dots for signs
    if (has("Ch5+Ch6+") || has("Ch5Ch6")) found.colours = 6;
    return found;
} catch (const reader::FormatError&) {
    return std::nullopt;
}

}  // namespace microchim::qxmanager
