// The summary export: one row per panel.
//
//   ID,Name,Type,rConc.,Name,Type,Threshold,Range Min,Range Max,Count,nVolume,Est.
//   Targets,Est.T-95L,Est.T-95U,...,Intersection,Union 1,Donor A,Unknown,200,SRY,Test,0.1,0,40,53,1,55,41,71,...
//
// Count is the number of chambers with a hit. Of how many stands nowhere in the table: the name of the chip in the
// preamble says it ("48.770"), or a detailed export beside it, or the program's own estimates, because
// Est. Targets = -n ln(1 - Count / n), where only one n gives all of them.
#pragma once

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "microchim/table.hpp"
#include "panels.hpp"

namespace microchim::biomark {

namespace detail {

/// A count of the summary. \throws FormatError where it is missing, negative or no number.
inline std::int64_t count(const reader::Table& table, std::size_t row, std::size_t column) {
    const auto value = table.number<std::int64_t>(row, column);
    if (!value)
        throw FormatError(table.where(row, column),
                          "a count is missing; the file may have been cut off, export it again");
    if (*value < 0) throw FormatError(table.where(row, column), "a count below zero");
    return *value;
}

/// Count and estimate of one panel and dye, to find the chambers by.
struct Estimate {
    std::int64_t hits;
    double low, high;  ///< what the printed estimate may stand for
};

/// How far a printed number may be from the value: one unit of its last place, because "about" is all that is known
/// of how the program rounds.
inline double last_place(std::string_view cell) {
    const auto point = cell.find_first_of(".,");
    return point == cell.npos ? 1 : std::pow(10, -static_cast<double>(cell.size() - point - 1));
}

/// Whether panels of `n` chambers give all estimates.
inline bool gives(std::int64_t n, const std::vector<Estimate>& estimates) {
    return std::all_of(estimates.begin(), estimates.end(), [n](const Estimate& e) {
        const auto all = static_cast<double>(n);
        const auto targets = e.hits < n ? -all * std::log1p(-static_cast<double>(e.hits) / all) : -1;
        return targets > e.low && targets < e.high;
    });
}

/// The number of chambers that gives all estimates: `perhaps` if it does, else the only one; -1 where none or several
/// do.
inline std::int64_t chambers(const std::vector<Estimate>& estimates, std::int64_t perhaps) {
    if (estimates.empty()) return -1;
    if (perhaps > 0 && gives(perhaps, estimates)) return perhaps;
    std::int64_t found = -1;
    for (std::int64_t n = 1; n <= 10000; ++n) {
        if (!gives(n, estimates)) continue;
        if (found >= 0) return -1;
        found = n;
    }
    return found;
}

}  // namespace detail

class SummaryRows {
public:
    SummaryRows(const reader::Table& table, const std::string& file, const Columns& columns, char delimiter)
        : table_(table), file_(file), columns_(columns), delimiter_(delimiter) {
        for (const char* name : {"id", "name", "type", "rconc"})
            if (const auto column = columns.find(name)) taken_.insert(*column);
        if (!columns.find("id")) throw FormatError(file, "there is no column 'ID'");
        if (columns.blocks.empty()) throw FormatError(file, "no column 'Count' belongs to a dye");
        for (const auto& block : columns.blocks) {
            require_count(block);
            for (const char* name : {"name", "threshold", "count"})
                if (const auto column = block.find(name)) taken_.insert(*column);
        }
    }

    /// The panels; `chambers` of each as the preamble says, or -1.
    std::vector<Panel> read(std::int64_t chambers) {
        std::vector<Panel> all;
        std::set<int> seen;
        for (std::size_t row = 0; row < table_.size(); ++row) {
            all.push_back(panel(row, chambers));
            if (!seen.insert(all.back().number).second)
                throw FormatError(table_.where(row, *columns_.find("id")), "this panel is listed twice");
        }
        if (all.empty())
            throw FormatError(file_,
                              "there is no panel below the column names; the file may have been cut off, "
                              "export it again");
        return all;
    }

    /// The number of chambers that the estimates stand for; -1 where they do not tell.
    std::int64_t chambers_of_estimates(std::int64_t perhaps) const {
        std::vector<detail::Estimate> all;
        for (std::size_t row = 0; row < table_.size(); ++row)
            for (const auto& block : columns_.blocks) {
                const auto column = block.find("esttargets");
                const auto cell = column ? trimmed(table_.cell(row, *column)) : std::string_view{};
                if (cell.empty() || cell.find_first_not_of("0123456789.,") != cell.npos) continue;
                const auto value = number(cell, delimiter_, table_.where(row, *column));
                const auto play = detail::last_place(cell);
                const auto hits = detail::count(table_, row, *block.find("count"));
                if (hits > 0 && all.size() < 500) all.push_back({hits, value - play, value + play});
            }
        return detail::chambers(all, perhaps);
    }

private:
    void require_count(const Block& block) const {
        if (!block.find("count"))
            throw FormatError(file_, "the dye " + quoted(block.dye + block.channel) + " has no column 'Count'");
    }

    std::string text(std::size_t row, std::optional<std::size_t> column) const {
        return column ? std::string(trimmed(table_.cell(row, *column))) : "";
    }

    Panel panel(std::size_t row, std::int64_t chambers) const {
        Panel p;
        p.number = panel_number(text(row, columns_.find("id")), table_.where(row, *columns_.find("id")));
        p.sample = text(row, columns_.find("name"));
        p.type = text(row, columns_.find("type"));
        p.rconc = text(row, columns_.find("rconc"));
        p.chambers = chambers;
        for (const auto& block : columns_.blocks) {
            Assay assay{block.dye, block.channel, text(row, block.find("name")), 0, reader::not_stated};
            const auto count = *block.find("count");
            assay.hits = detail::count(table_, row, count);
            if (chambers >= 0 && assay.hits > chambers)
                throw FormatError(table_.where(row, count), std::to_string(assay.hits) + " hits in a panel of " +
                                                                std::to_string(chambers) + " chambers");
            if (const auto column = block.find("threshold"))
                assay.threshold = optional_number(text(row, column), delimiter_, table_.where(row, *column));
            p.assays.push_back(assay);
        }
        for (std::size_t c = 0; c < columns_.names.size(); ++c) {
            const auto cell = text(row, c);
            if (taken_.contains(c) || cell.empty() || columns_.names[c].empty()) continue;
            const auto& dye = columns_.dyes[c];
            p.attributes.emplace_back(columns_.names[c] + (dye.empty() ? "" : " [" + dye + "]"), cell);
        }
        return p;
    }

    const reader::Table& table_;
    const std::string& file_;
    const Columns& columns_;
    char delimiter_;
    std::set<std::size_t> taken_;
};

}  // namespace microchim::biomark
