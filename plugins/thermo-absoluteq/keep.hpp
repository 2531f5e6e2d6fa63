// Cells that become attributes: whatever the facts do not say in full.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cells.hpp"

namespace microchim::absoluteq {

/// A row of a table, for attributes: its well, and what tells its rows apart ("TARGET 1"). A row that stands for
/// several wells has no well.
struct Line {
    std::size_t row;
    std::string well, label;
    std::string dye = {};  ///< added to the label where a well has one target in two dyes
};

/// Makes labels that tell the rows of a well apart.
inline void tell_apart(std::vector<Line>& lines) {
    std::map<std::pair<std::string_view, std::string_view>, int> rows;
    for (const auto& line : lines) ++rows[{line.well, line.label}];
    std::vector<bool> ambiguous;
    for (const auto& line : lines) ambiguous.push_back(line.label.empty() || rows[{line.well, line.label}] > 1);
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (ambiguous[i] && !lines[i].dye.empty())
            lines[i].label += (lines[i].label.empty() ? "" : ", ") + lines[i].dye;
}

/// Keeps a column: "SD [TARGET 1]" of a well; of the run, without label, where all wells say the same.
inline void keep_column(const Sheet& sheet, std::size_t column, const std::vector<Line>& lines,
                        std::vector<Attribute>& attributes) {
    const auto name = std::string(trimmed(sheet.table.header()[column]));
    if (name.empty()) return;
    const auto said = [&](const Line& line) { return sheet.cell(line.row, column); };
    const auto first = std::ranges::find_if(lines, [](const Line& line) { return !line.well.empty(); });
    const auto same = [&](const Line& line) { return line.well.empty() || said(line) == said(*first); };
    const bool common = first != lines.end() && lines.size() > 1 && std::ranges::all_of(lines, same);
    if (common && !said(*first).empty()) attributes.push_back({"", name, std::string(said(*first))});
    for (const auto& line : lines) {
        const auto cell = said(line);
        const bool again = common && (!line.well.empty() || cell == said(*first));
        if (!cell.empty() && !again)
            attributes.push_back(
                {line.well, name + (line.label.empty() ? "" : " [" + line.label + "]"), std::string(cell)});
    }
}

}  // namespace microchim::absoluteq
