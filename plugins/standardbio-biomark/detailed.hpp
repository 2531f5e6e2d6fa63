// The detailed export: one row per chamber, the two or more dyes side by side.
//
//   P01-X01-Y01,1,Donor A,Unknown,200,SRY,Test,RPP30,Test,38.1,0.98,Pass,Hit,0.1,999,0,Fail,No Hit,0.1,
//
// A chamber is positive where Target says Hit. Nearly every negative chamber has the Call "Fail" (no amplification),
// and a few have "Pass" and yet No Hit (their Ct is out of range): Call excludes nothing, all chambers are counted, as
// the program itself does in its summary.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "panels.hpp"

namespace microchim::biomark {

namespace detail {

/// The columns of one dye that are read row by row.
struct Reading {
    const Block* block;
    std::size_t target, value, call;
    std::optional<std::size_t> name, type, quality, threshold;
};

inline std::size_t require(const Block& block, const char* name, const std::string& where) {
    if (const auto column = block.find(name)) return *column;
    throw FormatError(where, "the dye " + quoted(block.dye) + " has no column '" + name + "'");
}

/// A panel while its rows come in.
struct Gathering {
    Panel panel;
    std::size_t first_line = 0;
    std::vector<std::string> types;                        ///< of each dye: "Test"
    std::vector<std::string> cts;                          ///< of each dye: "X03-Y01 38.3 0.99 Pass Hit; ..."
    std::vector<std::int64_t> passed, failed;              ///< of each dye: Pass, but no hit; a hit, but not Pass
    std::map<std::size_t, std::vector<std::string>> more;  ///< unused columns: one value, or one per chamber
};

inline void append(std::string& list, const std::string& item) {
    list += (list.empty() ? "" : "; ") + item;
}

}  // namespace detail

/// Reads the rows of a detailed export.
class DetailedRows {
public:
    DetailedRows(Lines& lines, const std::string& file, const Columns& columns, char delimiter)
        : lines_(lines), file_(file), columns_(columns), delimiter_(delimiter) {
        const auto where = lines.where();
        chamber_ = general("chamberid", where), panel_ = general("panelid", where);
        sample_ = columns.find("name"), type_ = columns.find("type"), rconc_ = columns.find("rconc");
        for (const auto& block : columns.blocks)
            readings_.push_back({&block, detail::require(block, "target", where),
                                 detail::require(block, "value", where), detail::require(block, "call", where),
                                 block.find("name"), block.find("type"), block.find("quality"),
                                 block.find("threshold")});
        if (readings_.empty())
            throw FormatError(where,
                              "the two lines above the column names say which dye a column is of; they are "
                              "missing, export the table again");
        std::unordered_set<std::size_t> used{chamber_, panel_};
        for (const auto column : {sample_, type_, rconc_})
            if (column) used.insert(*column);
        for (const auto& r : readings_)
            for (const auto column : {std::optional(r.target), std::optional(r.value), std::optional(r.call), r.name,
                                      r.type, r.quality, r.threshold})
                if (column) used.insert(*column);
        for (const auto column : used) width_ = std::max(width_, column + 1);
        for (std::size_t i = 0; i < columns.names.size(); ++i)
            if (!used.contains(i)) unused_.push_back(i);
    }

    std::vector<Panel> read() {
        std::vector<std::string_view> cells;
        std::size_t widest = 0;
        while (lines_.next(cells)) {
            if (std::all_of(cells.begin(), cells.end(), [](auto cell) { return cell.empty(); })) continue;
            const bool cut = !lines_.ended() && cells.size() < widest;
            if (cut || cells.size() < width_)
                throw FormatError(lines_.where(), "this line has " + std::to_string(cells.size()) + " cells, not " +
                                                      std::to_string(std::max(widest, width_)) +
                                                      "; the file was cut off, export it again");
            widest = std::max(widest, cells.size());
            row(cells);
        }
        return finish();
    }

private:
    std::size_t general(const char* name, const std::string& where) const {
        if (const auto column = columns_.find(name)) return *column;
        throw FormatError(where, std::string("there is no column '") + name + "' outside the dyes");
    }

    std::string where(std::size_t column) const {
        return lines_.where() + ", column " + quoted(columns_.names[column]) +
               (columns_.dyes[column].empty() ? "" : " of " + columns_.dyes[column]);
    }

    /// "P01-X07-Y11" to its panel; the position in the panel stays text.
    std::pair<int, std::string_view> chamber(std::string_view cell) const {
        const auto dash = cell.find('-');
        const auto position = dash == cell.npos ? std::string_view{} : cell.substr(dash + 1);
        if (dash < 2 || dash == cell.npos || (cell.front() | 0x20) != 'p' || position.size() < 4)
            throw FormatError(where(chamber_), quoted(cell) + " is not a chamber, as in P01-X01-Y01");
        return {panel_number(cell.substr(0, dash), where(chamber_)), position};
    }

    /// A panel has one of these; every row must say the same.
    void same(std::string& known, std::string_view said, std::size_t column, const detail::Gathering& g) const {
        if (g.panel.chambers == 1) known = said;
        else if (known != said)
            throw FormatError(where(column), "panel " + g.panel.well() + " has " + quoted(said) + " here, but " +
                                                 quoted(known) + " in line " + std::to_string(g.first_line));
    }

    void row(const std::vector<std::string_view>& cells) {
        const auto [number, position] = chamber(cells[chamber_]);
        if (panel_number(cells[panel_], where(panel_)) != number)
            throw FormatError(where(panel_),
                              quoted(cells[panel_]) + " is not the panel of chamber " + quoted(cells[chamber_]));
        if (!seen_.emplace(cells[chamber_]).second)
            throw FormatError(where(chamber_), "chamber " + quoted(cells[chamber_]) + " is listed twice");
        auto& g = panels_[number];
        if (g.first_line == 0) begin(g, number);
        ++g.panel.chambers;
        if (sample_) same(g.panel.sample, cells[*sample_], *sample_, g);
        if (type_) same(g.panel.type, cells[*type_], *type_, g);
        if (rconc_) same(g.panel.rconc, cells[*rconc_], *rconc_, g);
        for (std::size_t i = 0; i < readings_.size(); ++i) reading(g, i, cells, position);
        for (const auto column : unused_) {
            const auto cell = column < cells.size() ? cells[column] : std::string_view{};
            if (!cell.empty()) g.more[column].push_back(std::string(position) + " " + std::string(cell));
        }
    }

    void begin(detail::Gathering& g, int number) {
        g.first_line = lines_.line();
        g.panel.number = number;
        g.panel.chambers = 0;
        g.panel.assays.resize(readings_.size());
        g.types.resize(readings_.size());
        g.cts.resize(readings_.size());
        g.passed.resize(readings_.size());
        g.failed.resize(readings_.size());
    }

    void reading(detail::Gathering& g, std::size_t i, const std::vector<std::string_view>& cells,
                 std::string_view position) {
        const auto& at = readings_[i];
        auto& assay = g.panel.assays[i];
        if (at.name) same(assay.target, cells[*at.name], *at.name, g);
        if (at.type) same(g.types[i], cells[*at.type], *at.type, g);
        const auto word = normalised(cells[at.target]);
        if (word != "hit" && word != "nohit")
            throw FormatError(where(at.target), quoted(cells[at.target]) +
                                                    " is neither Hit nor No Hit; "
                                                    "the file may have been cut off");
        const bool hit = word == "hit";
        assay.hits += hit;
        if (at.threshold) {
            const auto threshold = optional_number(cells[*at.threshold], delimiter_, where(*at.threshold));
            // A threshold that differs within a panel is none of the panel.
            if (g.panel.chambers == 1) assay.threshold = threshold;
            else if (threshold != assay.threshold) assay.threshold = reader::not_stated;
        }
        const auto ct = number(cells[at.value], delimiter_, where(at.value));
        const bool passed = normalised(cells[at.call]) == "pass";
        g.passed[i] += passed && !hit;
        g.failed[i] += hit && !passed;
        if (ct == 999 && !hit && !passed) return;  // 999 stands for no Ct
        detail::append(g.cts[i], std::string(position) + " " + std::string(cells[at.value]) + " " +
                                     (at.quality ? std::string(cells[*at.quality]) + " " : "") +
                                     std::string(cells[at.call]) + " " + std::string(cells[at.target]));
    }

    /// \throws FormatError where panels differ in size: the chip's do not.
    std::vector<Panel> finish() {
        std::vector<Panel> all;
        std::int64_t most = 0;
        for (const auto& [number, g] : panels_) most = std::max(most, g.panel.chambers);
        if (panels_.empty())
            throw FormatError(file_,
                              "there is no chamber below the column names; the file may have been cut off, "
                              "export it again");
        for (auto& [number, g] : panels_) {
            if (g.panel.chambers != most)
                throw FormatError(file_, "panel " + g.panel.well() + " has " + std::to_string(g.panel.chambers) +
                                             " chambers, others have " + std::to_string(most) +
                                             "; the file may have been cut off, export it again");
            attributes(g);
            all.push_back(std::move(g.panel));
        }
        return all;
    }

    void attributes(detail::Gathering& g) {
        auto& to = g.panel.attributes;
        for (std::size_t i = 0; i < readings_.size(); ++i) {
            const auto& dye = readings_[i].block->dye;
            g.panel.assays[i].dye = dye;
            if (!g.types[i].empty()) to.emplace_back("Type [" + dye + "]", g.types[i]);
            if (g.passed[i] > 0) to.emplace_back("Pass without Hit [" + dye + "]", std::to_string(g.passed[i]));
            if (g.failed[i] > 0) to.emplace_back("Hit without Pass [" + dye + "]", std::to_string(g.failed[i]));
            if (!g.cts[i].empty()) to.emplace_back("chamber Ct Quality Call Target [" + dye + "]", g.cts[i]);
        }
        for (const auto& [column, values] : g.more) {
            std::string list;
            for (const auto& value : values) detail::append(list, value);
            const auto& dye = columns_.dyes[column];
            to.emplace_back(columns_.names[column] + (dye.empty() ? "" : " [" + dye + "]"), list);
        }
    }

    Lines& lines_;
    const std::string& file_;
    const Columns& columns_;
    char delimiter_;
    std::size_t chamber_ = 0, panel_ = 0, width_ = 0;
    std::optional<std::size_t> sample_, type_, rconc_;
    std::vector<detail::Reading> readings_;
    std::vector<std::size_t> unused_;
    std::map<int, detail::Gathering> panels_;
    std::unordered_set<std::string_view> seen_;
};

}  // namespace microchim::biomark
