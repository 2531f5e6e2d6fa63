// The result tables of Bio-Rad's (and MJ Research's) real-time programs before CFX Manager 2.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/raw_table.hpp"
#include "microchim/table.hpp"

namespace microchim::legacy {

struct Dialect {
    const char* software;
    const char* name;
    const char* unit;      ///< of the quantities, where the columns' names say it
    std::size_t line = 0;  ///< of the column names, from 0
};

/// Nothing for a table of another program.
inline std::optional<Dialect> dialect(std::string_view bytes) {
    const auto text = reader::head(bytes);
    std::size_t n = 0;
    while (n < 5 && reader::detail::trimmed(reader::line(text, n)).empty()) ++n;
    const auto line = reader::line(text, n);
    std::vector<std::string> names;
    for (const auto& cell : reader::cells_of(line, reader::delimiter(line)))
        names.push_back(reader::detail::normalised(cell));
    const auto has = [&](std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
    const bool ct = has("ct") || has("thresholdcyclect");
    if (!ct) return std::nullopt;
    if (has("wellset") && has("dye")) return Dialect{"Opticon Monitor", "Opticon", "mol", n};
    if (!has("well") || !has("fluor")) return std::nullopt;
    if (has("identifier") || has("replicate#")) return Dialect{"iQ5", "iQ5 and MyiQ", "", n};
    if (has("content")) return Dialect{"CFX Manager", "C1000 and CFX Manager 1", "", n};
    return std::nullopt;
}

}  // namespace microchim::legacy
