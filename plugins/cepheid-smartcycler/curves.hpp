// "Cycle Data": one block per instrument, a column per site and dye. The columns "FAM D2" are no measurements but
// computed from the curve beside them, 6.25 times F(n-2) - 2 F(n) + F(n+2), and are left out.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "runs.hpp"

namespace microchim::smartcycler {

class CurveBlocks {
public:
    CurveBlocks(const TextLines& lines, std::string name, char delimiter)
        : lines_(lines), name_(std::move(name)), delimiter_(delimiter) {}

    /// Whether this is a line of sites: ",A1,A1,A1,A1,A2,..."
    bool is_sites(const std::vector<std::string>& cells) const {
        return cells.size() > 1 && cells[0].empty() && !reader::well_name(cells[1], 26, 48).empty();
    }

    /// Reads the block whose sites are in line `n` and that ends before line `end`; the line behind it.
    std::size_t read(std::size_t n, std::size_t end, Runs& runs) {
        const auto sites = reader::cells_of(lines_[n], delimiter_);
        auto names = n + 1;
        while (names < end && normalised(reader::cells_of(lines_[names], delimiter_).front()) != "cycle#") ++names;
        if (names >= end) throw FormatError(where(n), "no line 'Cycle #' follows the line of sites");
        const auto columns = curves(sites, reader::cells_of(lines_[names], delimiter_), names, runs);
        std::vector<std::vector<std::string>> rows;
        reader::Numbers numbers;
        for (auto row = names + 1; row < end; ++row) {
            rows.push_back(reader::cells_of(lines_[row], delimiter_));
            for (const auto& cell : rows.back()) numbers.learn(cell);
        }
        for (std::size_t i = 0; i < rows.size(); ++i) cycle(rows[i], columns, numbers, names + 1 + i);
        return end;
    }

private:
    struct Column {
        std::size_t at;
        reader::Reaction* reaction;
    };

    std::string where(std::size_t n) const { return name_ + ":" + std::to_string(n + 1); }

    std::vector<Column> curves(const std::vector<std::string>& sites, const std::vector<std::string>& dyes,
                               std::size_t line, Runs& runs) {
        std::map<std::size_t, std::string> wells;
        std::set<std::string> named;
        for (std::size_t i = 1; i < dyes.size(); ++i) {
            if (dyes[i].empty() || dyes[i].ends_with(" D2")) continue;
            const auto well = i < sites.size() ? reader::well_name(sites[i], 26, 48) : "";
            if (well.empty())
                throw FormatError(where(line), "column " + std::to_string(i + 1) + " has no site above it");
            named.insert(wells[i] = well);
        }
        auto& run = runs.of_curves(named);
        std::vector<Column> columns;
        std::set<reader::Reaction*> known;
        for (const auto& [i, well] : wells) {
            columns.push_back({i, &run.reactions.at(well, "", dyes[i])});
            if (!known.insert(columns.back().reaction).second)
                throw FormatError(where(line), quoted(dyes[i]) + " of site " + well + " stands twice");
        }
        return columns;
    }

    void cycle(const std::vector<std::string>& cells, const std::vector<Column>& columns,
               const reader::Numbers& numbers, std::size_t line) {
        const auto number = numbers.read(cells.front(), where(line) + ", column 'Cycle #'");
        if (!number || *number < 1 || *number > 1000 || *number != static_cast<double>(static_cast<int>(*number)))
            throw FormatError(where(line) + ", column 'Cycle #'", quoted(cells.front()) + " is no cycle");
        for (const auto& [at, reaction] : columns) {
            const auto place = where(line) + ", " + reaction->dye + " of site " + reaction->well;
            // Sites may run for different numbers of cycles; but a last line that stops early is a file that was cut.
            if (at >= cells.size() && line + 1 == lines_.size())
                throw FormatError(place, "this value is missing; the file was cut off, export it again");
            if (at >= cells.size() || cells[at].empty()) continue;
            reaction->signal = MICROCHIM_BASELINED;  // the program subtracts the background, see Settings
            reader::Reaction::set(reaction->fluorescence, static_cast<std::int64_t>(*number),
                                  static_cast<float>(*numbers.read(cells[at], place)), place);
        }
    }

    const TextLines& lines_;
    std::string name_;
    char delimiter_;
};

}  // namespace microchim::smartcycler
