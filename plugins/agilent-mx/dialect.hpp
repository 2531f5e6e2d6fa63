// Which of the tables of MxPro a file is, and words that they share.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/numbers.hpp"
#include "microchim/parts.hpp"
#include "microchim/raw_table.hpp"
#include "microchim/reader.hpp"

namespace microchim::mx {

using reader::FormatError;
using reader::not_stated;
using reader::Numbers;
using reader::Part;
using reader::Reaction;
using reader::Table;
using reader::detail::normalised;
using reader::detail::quoted;
using reader::detail::trimmed;

enum class Kind { report, plots, raw };

inline const char* name_of(Kind kind) {
    switch (kind) {
        case Kind::report:
            return "MxPro text report";
        case Kind::plots:
            return "MxPro amplification plots";
        case Kind::raw:
            return "Mx3005P raw data";
    }
    return "";
}

struct Dialect {
    Kind kind;
    std::size_t header = 0;  ///< lines above the column names, or above the first block
    char delimiter = '\t';
};

/// "dRn" of "Ct (dRn)", "copies" of "Quantity (copies)"; empty where the name is another.
inline std::string in_brackets(std::string_view column, std::string_view name) {
    column = trimmed(column);
    const auto open = column.find('(');
    if (open == column.npos || !column.ends_with(')') || normalised(column.substr(0, open)) != name) return {};
    return std::string(trimmed(column.substr(open + 1, column.size() - open - 2)));
}

/// MxPro's words for a fluorescence: as measured, divided by the passive reference, above the baseline, or both.
inline std::optional<std::int32_t> signal(std::string_view word) {
    if (word == "R") return MICROCHIM_RAW;
    if (word == "Rn") return MICROCHIM_NORMALISED;
    if (word == "dR" || word == "dRn") return MICROCHIM_BASELINED;
    return std::nullopt;
}

/// TAB where a line has one: the heading of a plot is full of commas.
inline char separator(std::string_view line) {
    return line.find('\t') != line.npos ? '\t' : reader::delimiter(line);
}

inline std::optional<Dialect> dialect(std::string_view bytes) {
    const auto top = reader::head(bytes, 4096);
    for (std::size_t n = 0; n < 6; ++n) {
        const auto names = reader::line(top, n);
        const auto delimiter = separator(names);
        const auto cells = reader::cells_of(names, delimiter);
        if (cells.size() < 2) continue;
        const auto has = [&](std::string_view column) {
            return std::any_of(cells.begin(), cells.end(), [&](auto& cell) { return normalised(cell) == column; });
        };
        const auto with = [&](std::string_view column) {
            return std::any_of(cells.begin(), cells.end(),
                               [&](auto& cell) { return signal(in_brackets(cell, column)).has_value(); });
        };
        if (has("segment") && has("rampplateau") && has("well") && has("cycle#") && has("fluorescence"))
            return Dialect{Kind::raw, n, delimiter};
        if (has("well") && (with("ct") || (with("threshold") && has("welltype"))))
            return Dialect{Kind::report, n, delimiter};
        if (cells.size() > 2 && cells[0].find(',') != std::string::npos &&
            (normalised(cells[1]) == "cycles" || normalised(cells[1]) == "temperature") &&
            normalised(cells[2]).starts_with("fluorescence"))
            return Dialect{Kind::plots, n, delimiter};
    }
    return std::nullopt;
}

/// Whether the word that MxPro calls "Assay" or "Dye" is a dye: where assays have no name, the dye stands there.
inline bool is_dye(std::string_view word) {
    static constexpr std::array dyes{
        "fam", "sybr", "sybrgreen", "eva",  "evagreen", "hex",   "joe",      "vic", "tet",  "tamra", "rox",
        "cy3", "cy35", "cy5",       "cy55", "texasred", "alexa", "alexa350", "cal", "atto", "ned",   "quasar670"};
    const auto name = normalised(word);
    return std::find(dyes.begin(), dyes.end(), name) != dyes.end();
}

inline std::string well(std::string_view cell, const std::string& where) {
    auto name = reader::well_name(cell, 8, 12);
    if (name.empty()) throw FormatError(where, quoted(trimmed(cell)) + " is no well of a plate of 96");
    return name;
}

/// The reaction of an assay: told by its dye, or by its name.
inline Reaction& at(Part& part, std::string_view well, std::string_view assay) {
    assay = trimmed(assay);
    return is_dye(assay) ? part.reactions.at(well, "", assay) : part.reactions.at(well, assay);
}

}  // namespace microchim::mx
