// What stands above the rows of a real-time table: keys and values, then three lines that together name a column.
//
//   Experiment Information,Experiment Information,...,FAM-MGB,FAM-MGB
//   Chamber,Sample,...,FAM-MGB,FAM-MGB,Ct,Ct,Ct,Ct
//   ID,Name,Type,rConc,Name,Type,Value,Quality,Call,Threshold
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/raw_table.hpp"
#include "microchim/result_cells.hpp"
#include "microchim/whole_files.hpp"

namespace microchim::realtime {

using reader::FormatError;
using reader::TextLines;
using reader::detail::normalised;
using reader::detail::quoted;

struct Layout {
    std::size_t names = 0;  ///< the last of the three lines
    char delimiter = ',';
};

/// "S48-A01" is sample 48 with assay 1; nothing for anything else.
struct Chamber {
    std::int64_t sample = 0, assay = 0;
};
inline std::optional<Chamber> chamber(std::string_view text) {
    const auto number = [](std::string_view part, char letter) -> std::int64_t {
        std::int64_t value = 0;
        if (part.size() < 2 || part.size() > 4 || (part.front() & ~0x20) != letter) return 0;
        const auto [stop, fault] = std::from_chars(part.data() + 1, part.data() + part.size(), value);
        return fault == std::errc{} && stop == part.data() + part.size() ? value : 0;
    };
    const auto dash = std::min(text.find('-'), text.size());
    const Chamber found{number(text.substr(0, dash), 'S'), number(text.substr(std::min(dash + 1, text.size())), 'A')};
    return found.sample > 0 && found.assay > 0 ? std::optional(found) : std::nullopt;
}

/// Nothing for what is no real-time table of the BioMark: the digital tables of its other program have panels.
inline std::optional<Layout> layout(const TextLines& lines) {
    for (std::size_t n = 2; n < lines.size() && n < 60; ++n) {
        const char delimiter = reader::delimiter(lines[n]);
        const auto cells = reader::cells_of(lines[n], delimiter);
        const auto above = reader::cells_of(lines[n - 1], delimiter);
        const auto id = normalised(cells.front());
        if (id != "id" && id != "chamberid") continue;
        const auto has = [&](const std::vector<std::string>& all, const char* name) {
            return std::any_of(all.begin(), all.end(), [&](const auto& cell) { return normalised(cell) == name; });
        };
        if (has(cells, "value") && has(cells, "name") && has(above, "ct") && !has(cells, "panelid"))
            return Layout{n, delimiter};
    }
    return std::nullopt;
}

/// The columns of one dye: which assay, and what was found.
struct Block {
    std::string dye;
    std::size_t value = 0;
    std::optional<std::size_t> assay, assay_type, call, threshold;
};

struct Columns {
    std::size_t chamber = 0;
    std::optional<std::size_t> sample, type, rconc;
    std::vector<Block> blocks;
    std::vector<std::string> names;  ///< of the three lines, for what is kept: "FAM-MGB Ct Quality"
    std::vector<std::string> dyes;   ///< of each column; empty: of the chamber
    std::vector<bool> used;
};

namespace detail {

/// What a line above says of each column; a merged cell holds for the empty ones after it.
inline std::vector<std::string> spread(std::vector<std::string> cells, std::size_t width) {
    cells.resize(width);
    for (std::size_t i = 1; i < width; ++i)
        if (cells[i].empty()) cells[i] = cells[i - 1];
    return cells;
}

inline bool is_group(std::string_view cell) {
    static constexpr std::array words{
        "", "experimentinformation", "chamber", "sample", "assay", "ct", "tm", "user", "defined"};
    const auto name = normalised(cell);
    return std::any_of(words.begin(), words.end(), [&](const char* word) { return name == word; });
}

inline std::string joined(const std::vector<const std::string*>& parts) {
    std::string all;
    const std::string* last = nullptr;
    for (const auto* part : parts) {
        if (normalised(*part) == "experimentinformation" || part->empty() || (last && *last == *part)) continue;
        all += (all.empty() ? "" : " ") + *part;
        last = part;
    }
    return all;
}

}  // namespace detail

/// Binds the columns by what the three lines say. \throws FormatError.
inline Columns bind_columns(const std::string& file, const TextLines& lines, const Layout& at) {
    const auto where = file + ":" + std::to_string(at.names + 1);
    auto names = reader::cells_of(lines[at.names], at.delimiter);
    while (!names.empty() && names.back().empty()) names.pop_back();
    const auto groups = detail::spread(reader::cells_of(lines[at.names - 1], at.delimiter), names.size());
    const auto heads = detail::spread(reader::cells_of(lines[at.names - 2], at.delimiter), names.size());
    Columns columns;
    columns.used.resize(names.size());
    columns.used[0] = true;
    const auto block = [&](const std::string& dye) -> Block& {
        for (auto& known : columns.blocks)
            if (known.dye == dye) return known;
        columns.blocks.push_back({dye, 0, {}, {}, {}, {}});
        return columns.blocks.back();
    };
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto name = normalised(names[i]), group = normalised(groups[i]);
        const auto dye = !detail::is_group(heads[i]) ? heads[i] : !detail::is_group(groups[i]) ? groups[i] : "";
        columns.names.push_back(detail::joined({&heads[i], &groups[i], &names[i]}));
        columns.dyes.push_back(dye);
        const auto take = [&](std::optional<std::size_t>& place) {
            if (!place) place = i, columns.used[i] = true;
        };
        if (dye.empty()) {
            if (group == "sample" && name == "name") take(columns.sample);
            else if (group == "sample" && name == "type") take(columns.type);
            else if (group == "sample" && name.starts_with("rconc") && !columns.rconc) columns.rconc = i;
            continue;
        }
        auto& own = block(dye);
        if (group == "ct") {
            if (name == "value" && own.value == 0) own.value = i, columns.used[i] = true;
            else if (name == "call") take(own.call);
            else if (name == "threshold") take(own.threshold);
        } else if (group != "tm") {
            if (name == "name") take(own.assay);
            else if (name == "type") take(own.assay_type);
        }
    }
    std::erase_if(columns.blocks, [](const Block& b) { return b.value == 0; });
    if (columns.blocks.empty())
        throw FormatError(where,
                          "the two lines above the column names say which dye a Ct is of; they are missing, export "
                          "the table again");
    return columns;
}

}  // namespace microchim::realtime
