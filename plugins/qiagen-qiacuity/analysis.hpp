// The analysis table: one row per well and target, in every dialect from Software Suite 1.2 to 3.1.
//
//   "A1","mix","SRY","Day 7","Sample","0.392","274.4%","7889","1","7888","-"          1.2: the well has no column name
//   "Plate 1","0815","Nanoplate 26k 24-well","A1","Day 7","Sample","mix","SRY",...    2.5: the plate only in its first
//   row
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "row.hpp"

namespace microchim::qiacuity {

/// The columns that Row takes; all others are kept as attributes.
struct AnalysisColumns {
    std::size_t well, target, valid, positive;
    std::optional<std::size_t> negative, plate, plate_id, plate_type, hyperwell, sample, type, control;
    std::optional<std::size_t> copies, ci, threshold, volume;
    std::vector<std::size_t> other_ci;  ///< of replicates: a column of the same name

    explicit AnalysisColumns(const Table& table)
        : well(well_column(table)),
          target(first(table, {"targetname", "target"}).value_or(0)),
          valid(table.require({"Partitions (valid)"})),
          positive(table.require({"Partitions (positive)"})),
          negative(table.find({"Partitions (negative)"})),
          plate(first(table, {"platename"})),
          plate_id(first(table, {"plateid"})),
          plate_type(first(table, {"platetype"})),
          hyperwell(first(table, {"hyperwell"})),
          sample(first(table, {"samplentccontrol", "samplename", "sample"})),
          type(first(table, {"type"})),
          control(first(table, {"targetcontrol", "controltype"})),
          copies(leftmost(table, {"conccpuldpcrreaction", "conccpul", "conccopiesul", "concentrationcopiesul",
                                  "concentrationcpul"})),
          threshold(first(table, {"threshold"})),
          volume(first(table, {"volumeperwellul"})) {
        if (!first(table, {"targetname", "target"})) target = table.require({"Target", "Target (Name)"});
        bind_ci(table);
    }

    bool taken(std::size_t c) const {
        for (const auto& column : {negative, plate, plate_id, plate_type, sample, copies, threshold, volume})
            if (column == c) return true;
        return c == well || c == target || c == valid || c == positive || std::ranges::count(other_ci, c) > 0;
    }

private:
    /// The column of the first of these plain names. \throws FormatError where two columns have it.
    static std::optional<std::size_t> first(const Table& table, std::initializer_list<std::string_view> names) {
        for (const auto name : names) {
            const auto found = columns_named(table, name);
            if (found.size() > 1) (void)table.require({table.header()[found[0]]});  // says that there are two
            if (!found.empty()) return found[0];
        }
        return std::nullopt;
    }

    /// Likewise, the leftmost of several: where the user's conversion unit is cp/µL, too, the converted one follows.
    static std::optional<std::size_t> leftmost(const Table& table, std::initializer_list<std::string_view> names) {
        for (const auto name : names)
            if (const auto found = columns_named(table, name); !found.empty()) return found[0];
        return std::nullopt;
    }

    /// "Well", or the column without a name that older versions have in its place.
    static std::size_t well_column(const Table& table) {
        if (const auto named = first(table, {"well", "wellname"})) return *named;
        const auto nameless = columns_named(table, "");
        if (nameless.empty()) return table.require({"Well"});
        return nameless[0];
    }

    /// Where replicates have an interval of the same name, ours is the one that follows the concentration.
    void bind_ci(const Table& table) {
        ci = first(table, {"ci95%dpcrreaction"});
        if (ci) return;
        for (const auto c : columns_named(table, "ci95%")) {
            if (!ci && (!copies || c > *copies)) ci = c;
            else other_ci.push_back(c);
        }
    }
};

namespace detail {

/// The printed CI is one half-width, a part of the concentration: "11.4%" up to 3.0, 0.0156... since 3.1. The Software
/// Suite lets no lower limit go below a hundredth of the concentration; from 99 % on that is the lower limit.
inline void limits(Row& r, const Sheet& sheet, const AnalysisColumns& at) {
    const auto cell = sheet.cell(r.row, at.ci);
    auto half = sheet.number(r.row, at.ci);
    if (half < 0) throw FormatError(sheet.table.where(r.row, *at.ci), "a confidence interval below zero");
    if (cell.ends_with('%')) half /= 100;
    if (!(half > 0) || std::isnan(r.copies_per_ul)) return;  // "-" or "0%" where nothing was positive
    r.low = r.copies_per_ul * std::max(1 - half, 0.01);
    r.high = r.copies_per_ul * (1 + half);
}

inline void counts(Row& r, const Sheet& sheet, const AnalysisColumns& at) {
    const auto word = [&](std::optional<std::size_t> c) {
        return !c || (!sheet.cell(r.row, c).empty() && says_nothing(sheet.cell(r.row, c)));
    };
    r.analysed = !(word(at.valid) && word(at.positive) && word(at.negative));
    if (!r.analysed) return;
    r.accepted = sheet.count(r.row, at.valid);
    r.positive = sheet.count(r.row, at.positive);
    const auto negative = at.negative ? sheet.count(r.row, *at.negative) : r.accepted - r.positive;
    if (r.positive > r.accepted || negative != r.accepted - r.positive)
        throw FormatError(sheet.table.where(r.row, at.valid),
                          std::to_string(r.positive) + " positive and " + std::to_string(negative) +
                              " negative partitions do not make " + std::to_string(r.accepted) + " valid ones");
}

inline Row analysis_row(const Sheet& sheet, const AnalysisColumns& at, std::size_t row) {
    Row r;
    r.row = row;
    r.place = place(sheet, row, at.well, at.hyperwell);
    r.sample = sheet.cell(row, at.sample);
    r.target = sheet.cell(row, at.target);
    r.type = sheet.cell(row, at.type);
    r.control = sheet.cell(row, at.control);
    counts(r, sheet, at);
    r.threshold = sheet.number(row, at.threshold);
    r.copies_per_ul = sheet.number(row, at.copies);
    limits(r, sheet, at);
    if (std::isnan(r.copies_per_ul) && at.copies && !says_nothing(sheet.cell(row, at.copies)))
        r.status = sheet.cell(row, at.copies);
    if (r.saturated()) r.status += r.status.empty() ? "saturated" : ", saturated";
    r.volume_ul = sheet.decimal(row, at.volume);
    return r;
}

}  // namespace detail

/// All rows, by plate. \throws FormatError with line and column.
inline std::vector<PlateRows> analysis_rows(const Sheet& sheet, const AnalysisColumns& at) {
    std::vector<PlateRows> plates;
    PlateColumn column;
    for (std::size_t row = 0; row < sheet.table.size(); ++row) {
        const auto i =
            column.next(sheet.cell(row, at.plate), sheet.cell(row, at.plate_id), sheet.cell(row, at.plate_type));
        plates.resize(column.plates().size());
        plates[i].rows.push_back(detail::analysis_row(sheet, at, row));
    }
    for (std::size_t i = 0; i < plates.size(); ++i) {
        plates[i].plate = column.plates()[i];
        settle_hyperwells(plates[i].rows);
        find_members(plates[i].rows, [&](const Row& r) { return sheet.cell(r.row, at.hyperwell); });
        require_consistent(sheet, plates[i].rows, at.target);
    }
    return plates;
}

}  // namespace microchim::qiacuity
