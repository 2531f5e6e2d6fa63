// What a file of the QIAcuity Software Suite is. Told by its column names, never by the file's name.
//
//   sep=,                                                <- a hint for Excel; lost in some copies
//   "","Reaction Mix","Target","Sample/NTC/Control",...  <- the columns
//   Plate name,...,Partition,Is invalid,Is positive,RFU  <- or those of another export
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::qiacuity {

using reader::FormatError;
using reader::Table;

enum class Kind { analysis, occupancy, rfu };

struct Dialect {
    Kind kind = Kind::analysis;
    const char* name = "";        ///< the run attribute "dialect"
    char delimiter = ',';         ///< of the columns; what "sep=" says is lost when a file is saved again
    std::size_t lines_above = 0;  ///< lines before the column names
};

/// Column names come down to this: as Table does it, and a micro sign that was destroyed into several characters
/// (or written "mu") is one 'u'.
inline std::string plain(std::string_view name) {
    std::string out;
    for (const char c : reader::detail::normalised(reader::detail::trimmed(name)))
        if (c != 'u' || !out.ends_with('u')) out += c;
    if (const auto at = out.find("copiesmul"); at != out.npos) out.replace(at, 9, "copiesul");
    return out;
}

/// The columns with that plain name, from left to right.
inline std::vector<std::size_t> columns_named(const Table& table, std::string_view name) {
    std::vector<std::size_t> found;
    for (std::size_t c = 0; c < table.header().size(); ++c)
        if (plain(table.header()[c]) == name) found.push_back(c);
    return found;
}

namespace detail {

inline bool is_hint(std::string_view line) {
    line = reader::detail::trimmed(line);
    if (line.starts_with('"')) line.remove_prefix(1);
    return line.size() > 3 && reader::detail::normalised(line.substr(0, 4)) == "sep=";
}

inline bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t,;") == line.npos;
}

inline std::optional<Dialect> by_columns(const Table& head) {
    const auto has = [&](std::string_view name) { return !columns_named(head, name).empty(); };
    const auto begins = [&](std::string_view with) {
        return std::ranges::any_of(head.header(), [&](auto name) { return plain(name).starts_with(with); });
    };
    if (has("partition") && has("isinvalid") && has("rfu") && has("well")) return Dialect{Kind::rfu, "RFU values"};
    if (has("group") && has("well") && has("countcategories")) return Dialect{Kind::occupancy, "Multiple occupancy"};
    if (has("group") && has("well") && has("categories") && has("count"))
        return Dialect{Kind::occupancy, "Multiple occupancy (old)"};
    const int counts = has("partitionsvalid") + has("partitionspositive") + has("partitionsnegative");
    if (counts < 2 || !(has("samplentccontrol") || has("reactionmix"))) return std::nullopt;
    if (has("ref") || has("cxtmatrixrmtemplatename")) return Dialect{Kind::analysis, "Software Suite 3.1"};
    if (has("targetname")) return Dialect{Kind::analysis, "Software Suite 2.5 or 3.0"};
    if (begins("conccopies") || begins("meanconc") || has("hyperwell"))
        return Dialect{Kind::analysis, "Software Suite 2.x"};
    if (has("ic") || has("controltype")) return Dialect{Kind::analysis, "Software Suite 1.x"};
    return Dialect{Kind::analysis, "Software Suite 1.2"};
}

}  // namespace detail

/// The dialect of a file; nothing for what the QIAcuity Software Suite did not write.
inline std::optional<Dialect> dialect(std::string_view bytes) try {
    const auto text = reader::head(bytes);
    std::size_t above = 0;
    while (above < 10 && above < text.size() && detail::is_blank(reader::line(text, above))) ++above;
    if (detail::is_hint(reader::line(text, above))) ++above;
    while (above < 10 && detail::is_blank(reader::line(text, above))) ++above;
    const auto columns = reader::line(text, above);
    const char delimiter = reader::delimiter(columns);
    auto found = detail::by_columns(Table("", std::string(columns), delimiter));
    if (!found) return std::nullopt;
    found->delimiter = delimiter;
    found->lines_above = above;
    return found;
} catch (const FormatError&) {
    return std::nullopt;
}

}  // namespace microchim::qiacuity
