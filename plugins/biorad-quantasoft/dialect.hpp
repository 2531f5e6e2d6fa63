// Which result table this is. Told by its columns, never by the file's name.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::quantasoft {

struct Dialect {
    const char* name;      ///< the run attribute "dialect", by which an instrument profile is chosen
    const char* software;  ///< the program that writes it; the files do not state a version
    char delimiter;
};

/// The dialect of a QuantaSoft result table; nothing for any other file. A table that lacks one of the columns
/// which read_results() needs is still recognised, so that the user is told what is missing.
inline std::optional<Dialect> dialect(std::string_view bytes) try {
    const auto text = reader::head(bytes);
    const auto begin = std::min(text.find_first_not_of("\r\n"), text.size());
    const auto line = std::string(reader::line(std::string_view(text).substr(begin), 0));
    const char delimiter = reader::delimiter(line);
    const reader::Table head("", line, delimiter);
    const auto has = [&](std::string_view column) {
        try {
            return head.find({column}).has_value();
        } catch (const reader::FormatError&) {  // twice: read_results() will say so
            return true;
        }
    };
    // QX Manager's tables look like those of Analysis Pro and belong to another reader.
    for (const auto other : {"Sample description 1", "Status Reason", "ThresholdSigmaAbove", "TiltCorrected"})
        if (has(other)) return std::nullopt;
    const int known = has("Positives") + has("Negatives") + has("AcceptedDroplets") + has("PoissonConfMax") +
                      has("MeanAmplitudeofPositives") + has("MergedWells");
    if (known < 3) return std::nullopt;
    if (has("DyeName(s)") || has("Conc(copies/uL)"))
        return Dialect{"QuantaSoft Analysis Pro", "QuantaSoft Analysis Pro", delimiter};
    if (has("TypeAssay") || (has("Assay") && !has("Target"))) return Dialect{"QuantaSoft old", "QuantaSoft", delimiter};
    if (has("TargetType") || has("ExptType")) return Dialect{"QuantaSoft 1.7", "QuantaSoft", delimiter};
    return std::nullopt;
} catch (const reader::FormatError&) {
    return std::nullopt;
}

}  // namespace microchim::quantasoft
