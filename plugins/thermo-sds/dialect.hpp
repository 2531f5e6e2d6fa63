// Which export of the SDS programs a file is, by its first lines.
#pragma once

#include "../thermo-shared/join.hpp"

namespace microchim::thermo {

enum class Dialect {
    none,
    v2,       ///< StepOne and 7500 software v2: stars and sections
    results,  ///< SDS 1.x (7000, 7300, 7500) and SDS 2.x (7900): lines, then a table
    clipped,  ///< SDS 1.x: "Detector,Reporter,Start,End,Threshold", then "Well,SampleName,Start,End,Ct"
    first     ///< SDS 1 of the 7700: reporter and type instead of a detector
};

namespace detail {

/// The names of a row as a set of canonical words.
inline bool row_has(const Grid& grid, std::size_t row, std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        bool found = false;
        for (std::size_t c = 0; c < grid.width(row) && !found; ++c) found = canonical(grid.cell(row, c)) == name;
        if (!found) return false;
    }
    return true;
}

inline bool is_results_header(const Grid& grid, std::size_t row) {
    return row_has(grid, row, {"well", "ct"}) &&
           (row_has(grid, row, {"detector"}) || row_has(grid, row, {"detectorname"}));
}

inline bool is_clipped_detectors(const Grid& grid, std::size_t row) {
    return row_has(grid, row, {"detector", "reporter", "start", "end", "threshold"});
}

inline bool is_clipped_wells(const Grid& grid, std::size_t row) {
    return row_has(grid, row, {"well", "samplename", "start", "end", "ct"}) && grid.width(row) <= 6;
}

inline bool is_7700_header(const Grid& grid, std::size_t row) {
    return row_has(grid, row, {"well", "reporter", "type", "ct", "ipc", "samplename"});
}

inline Dialect dialect_of_rows(const Grid& grid, bool named) {
    for (std::size_t row = 0; row < grid.size(); ++row) {
        if (is_clipped_detectors(grid, row)) return Dialect::clipped;
        if (is_7700_header(grid, row)) return Dialect::first;
        if (!is_results_header(grid, row)) continue;
        // Without the lines above it a table is ours only where it has what no other program writes.
        const bool own = row_has(grid, row, {"task", "filtered"}) || row_has(grid, row, {"task", "stddevct"});
        return named || own ? Dialect::results : Dialect::none;
    }
    return Dialect::none;
}

}  // namespace detail

/// "SDS 2.3", "SDS v1.2" ... in these lines, as the version alone; empty where there is none.
inline std::string sds_version(std::string_view text) {
    for (auto at = text.find("SDS "); at != text.npos; at = text.find("SDS ", at + 1)) {
        auto rest = text.substr(at + 4);
        if (rest.starts_with('v')) rest.remove_prefix(1);
        const auto version = rest.substr(0, rest.find_first_not_of("0123456789."));
        if (!version.empty() && version[0] != '.') return std::string(version);
    }
    return {};
}

inline Dialect dialect_of(std::string_view name, std::string_view bytes) {
    const auto origin = whose(name, bytes);
    if (origin.program == Program::sds) return Dialect::v2;
    if (origin.program != Program::none) return Dialect::none;
    const auto head = reader::head(bytes, 32768);
    const auto text = std::string_view(head).substr(std::min(head.find_first_not_of("\r\n\""), head.size()));
    if (text.find("Well") == text.npos && text.find("Detector") == text.npos) return Dialect::none;
    const bool named = text.starts_with("SDS ") || text.starts_with("Document Name:") ||
                       text.starts_with("Exported RQ Study") || text.find("\nSDS v") != text.npos ||
                       text.find("\rSDS v") != text.npos;
    try {
        return detail::dialect_of_rows(*grid_of_head(name, head), named);
    } catch (const FormatError&) {
        return Dialect::none;
    }
}

}  // namespace microchim::thermo
