// Which of the tables of an export a file is, by its column names, and in which line they stand.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/realtime_rows.hpp"
#include "microchim/exports.hpp"
#include "microchim/raw_table.hpp"
#include "names.hpp"

namespace microchim::cfx {

enum class Kind {
    rows,            ///< one target in one well a row: Cq results, summary, end point, peaks, the combined export
    alleles,         ///< Well, Sample, Call, Type, RFU1, RFU2
    cycles,          ///< Cycle, A1, A2, ...
    melt,            ///< Temperature, A1, A2, ...
    plate,           ///< the plate as it is: A, Content, Unkn, ...
    standard_curve,  ///< Fluor, Efficiency %, Slope, Y-Intercept, R^2
    genes,           ///< gene expression: rows of targets and samples, no wells
    information      ///< keys and values of the run
};

struct Found {
    Kind kind;
    std::size_t line = 0;  ///< of the column names, from 0
    bool sure = true;      ///< false: another program may write such a table, too
    bool early = false;    ///< the result table of CFX Manager 1: alone it is biorad-legacy's
};

namespace detail {

/// The cells of a line as column names come down to.
struct Header {
    std::vector<std::string> names;
    explicit Header(std::string_view line) {
        for (const auto& cell : reader::cells_of(line, reader::delimiter(line)))
            names.push_back(reader::detail::normalised(cell));
    }
    bool has(std::string_view name) const { return std::find(names.begin(), names.end(), name) != names.end(); }
    bool ends(std::string_view end) const {
        return std::any_of(names.begin(), names.end(), [&](const auto& name) { return name.ends_with(end); });
    }
};

/// "Cycle" or "Temperature", and then nothing but wells.
inline bool is_wide(const Header& header, std::string_view first) {
    auto at = header.names.begin();
    if (at != header.names.end() && at->empty()) ++at;
    if (at == header.names.end() || *at != first) return false;
    auto end = header.names.end();
    while (end != at && (end - 1)->empty()) --end;
    return ++at != end && std::all_of(at, end, [](const auto& name) { return !biorad::realtime_well(name).empty(); });
}

/// Two empty names, then 1, 2, ... 12 or 24, and "A,Content" below them.
inline bool is_plate(const Header& header, std::string_view below) {
    const auto& names = header.names;
    if (names.size() < 4 || !names[0].empty() || !names[1].empty() || names[2] != "1" || names[3] != "2") return false;
    const Header next(below);
    return next.names.size() > 2 && next.names[0] == "a" && next.names[1] == "content";
}

inline bool is_gene_table(const Header& header) {
    return !header.has("well") && header.has("target") && header.names.front().empty() &&
           (header.has("regulation") || header.ends("regulation") || header.ends("normalizedexpression") ||
            header.has("relativequantity") || header.has("expression"));
}

/// A line above a table that these programs write there, or a line of the run information.
inline bool is_information(std::string_view line) {
    const Header header(line);
    static constexpr std::array keys{"createdbyuser", "runstarted",       "protocolfilename",  "platesetupfilename",
                                     "runended",      "baseserialnumber", "cfxmanagerversion", "cfxmaestroversion"};
    return std::find(keys.begin(), keys.end(), header.names.front()) != keys.end();
}

/// Whether the first cell of a line is empty, as all tables of these programs begin.
inline bool begins_empty(std::string_view line) {
    return line.starts_with(',') || line.starts_with(';') || line.starts_with('\t') || line.starts_with("\"\"");
}

inline std::optional<Found> table_kind(std::string_view line, std::string_view below, bool informed) {
    const Header header(line);
    if (header.has("well")) {
        const bool result =
            header.has("cq") || header.has("endrfu") || header.has("melttemperature") || header.has("melttemp");
        if (result && (header.has("fluor") || informed)) return Found{Kind::rows};
        if (header.has("fluor") && header.has("content") && (header.has("ct") || header.has("thresholdcyclect")))
            return Found{Kind::rows, 0, true, true};
        if (header.has("rfu1") && header.has("rfu2") && header.has("call")) return Found{Kind::alleles};
        return std::nullopt;
    }
    const bool ours = begins_empty(line) && (below.empty() || begins_empty(below));
    if (is_wide(header, "cycle")) return Found{Kind::cycles, 0, ours || informed};
    if (is_wide(header, "temperature")) return Found{Kind::melt, 0, ours || informed};
    if (is_plate(header, below)) return Found{Kind::plate};
    if (header.has("fluor") && header.has("slope") && header.has("r^2")) return Found{Kind::standard_curve};
    if (is_gene_table(header)) return Found{Kind::genes};
    return std::nullopt;
}

}  // namespace detail

/// Nothing for a file of another program. Keys and values of the run may stand above the column names.
inline std::optional<Found> kind_of(std::string_view file, std::string_view bytes) {
    const auto text = reader::head(bytes);
    std::size_t said = 0;  // lines of run information
    std::string_view rest = text;
    for (std::size_t n = 0; n < 40 && !rest.empty(); ++n) {
        const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(rest.size(), end + (rest.substr(end).starts_with("\r\n") ? 2 : 1)));
        if (reader::detail::trimmed(line).empty()) continue;
        if (detail::is_information(line)) ++said;
        const auto below = rest.substr(0, std::min(rest.find_first_of("\r\n"), rest.size()));
        if (auto found = detail::table_kind(line, below, said > 1)) {
            found->line = n;
            if (!found->sure && name_of(file).phrase.empty()) return std::nullopt;
            return found;
        }
        if (n > 4 && said == 0) break;  // no table of these programs begins so late without them
    }
    if (said > 1) return Found{Kind::information};
    return std::nullopt;
}

}  // namespace microchim::cfx
