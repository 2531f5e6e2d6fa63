// The rows of a result table of Bio-Rad's real-time programs: one target in one well. From Opticon to CFX Maestro their
// columns have other names, not another meaning:
//
//   Well, Fluor, Target, Content, Sample, Cq, Starting Quantity (SQ)              CFX Manager, CFX Maestro
//   Well, Fluor, Content, Target, Sample, Threshold Cycle ( C(t) ), ...           C1000, CFX Manager 1
//   Well, Fluor, Type, Identifier, Replicate #, Threshold Cycle (Ct), ...         iQ5, MyiQ
//   Well / Set, Dye, Content, Description, Efficiency, C(t), moles                Opticon Monitor
#pragma once

#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "realtime_content.hpp"
#include "realtime_sheet.hpp"

namespace microchim::biorad {

/// "A01" on a plate of up to 384 wells; empty for anything else.
inline std::string realtime_well(std::string_view text) {
    return reader::well_name(text, 16, 24);
}

/// What one row says; what it does not say is nothing, or not_stated.
struct Row {
    std::size_t row = 0;  ///< of the table
    std::string well;
    std::optional<std::string> fluor, target;  ///< nothing: there is no such column
    std::string sample;
    std::optional<Content> content;
    bool has_cq = false;  ///< the table has a Cq for every row, be it "none"
    double cq = not_stated, quantity = not_stated, efficiency = not_stated;
};

struct RowColumns {
    std::size_t well;
    std::optional<std::size_t> fluor, target, content, sample, cq, quantity, replicate, efficiency;

    explicit RowColumns(const Table& table)
        : well(table.require({"Well", "Well / Set"})),
          fluor(table.find({"Fluor", "Dye"})),
          target(table.find({"Target"})),
          content(table.find({"Content"})),
          sample(table.find({"Sample", "Identifier", "Description"})),
          cq(table.find({"Cq", "Threshold Cycle (Ct)", "C(t)"})),
          quantity(table.find({"Starting Quantity (SQ)", "Starting Quantity", "SQ", "moles"})),
          replicate(table.find({"Replicate #"})),
          efficiency(table.find({"Efficiency"})) {
        if (!content && table.find({"Identifier"}))
            content = table.find({"Type"});  // elsewhere a type is something else
    }

    /// Whether a column is said in full by Row.
    bool taken(std::size_t c) const {
        return c == well || c == fluor || c == target || c == content || c == sample || c == cq || c == quantity ||
               c == replicate || c == efficiency;
    }
};

namespace detail {

inline std::string text_of(const Table& table, std::size_t row, std::optional<std::size_t> column) {
    return column ? std::string(reader::detail::trimmed(table.cell(row, *column))) : std::string{};
}

inline Content content_of(const Table& table, std::size_t row, const RowColumns& at) {
    const auto found = content(table.cell(row, *at.content));
    if (!found)
        throw FormatError(table.where(row, *at.content),
                          "there is no content " + reader::detail::quoted(table.cell(row, *at.content)) +
                              "; expected Unkn, Std, NTC, NRT, Pos Ctrl or Neg Ctrl, as in 'Unkn-1'");
    return *found;
}

}  // namespace detail

/// One row. \throws FormatError with line and column.
inline Row read_row(const Sheet& sheet, const RowColumns& at, std::size_t row) {
    const auto& table = sheet.table;
    Row r;
    r.row = row;
    r.well = realtime_well(table.cell(row, at.well));
    if (r.well.empty())
        throw FormatError(table.where(row, at.well),
                          reader::detail::quoted(table.cell(row, at.well)) + " is not a well, A01 to P24");
    if (at.fluor) r.fluor = detail::text_of(table, row, at.fluor);
    if (at.target) r.target = detail::text_of(table, row, at.target);
    r.sample = detail::text_of(table, row, at.sample);
    if (at.content) r.content = detail::content_of(table, row, at);
    if (at.replicate && r.content && !says_nothing(table.cell(row, *at.replicate)))
        r.content->group = detail::text_of(table, row, at.replicate);
    r.has_cq = at.cq.has_value();
    r.cq = sheet.number(row, at.cq);
    if (r.cq <= 0) r.cq = not_stated;  // "00.00" is how iQ5 prints none
    if (r.cq > reader::most_cq)
        throw FormatError(table.where(row, *at.cq), reader::detail::quoted(table.cell(row, *at.cq)) + " is no cycle");
    r.quantity = sheet.number(row, at.quantity);
    if (r.quantity == 0) r.quantity = not_stated;  // "0.000E+00", for the same reason
    r.efficiency = sheet.number(row, at.efficiency);
    return r;
}

/// How attributes name the rows: by target, by dye where it has none, by both where a well has the target in two dyes.
inline std::vector<reader::RowName> row_names(std::size_t size, const std::vector<Row>& rows) {
    std::map<std::pair<std::string, std::string>, std::string> dyes;
    std::map<std::pair<std::string, std::string>, bool> several;
    for (const auto& r : rows) {
        const auto [dye, fresh] = dyes.try_emplace({r.well, r.target.value_or("")}, r.fluor.value_or(""));
        if (!fresh && dye->second != r.fluor.value_or("")) several[dye->first] = true;
    }
    std::vector<reader::RowName> names(size);
    for (const auto& r : rows) {
        auto label = r.target.value_or("");
        if (r.fluor && (label.empty() || several.contains({r.well, label})))
            label += (label.empty() ? "" : ", ") + *r.fluor;
        names[r.row] = {r.well, std::move(label)};
    }
    return names;
}

/// In what two rows about the same differ; empty where in nothing.
inline std::string difference(const Row& a, const Row& b) {
    const auto apart = [](double x, double y) {
        return std::isnan(x) != std::isnan(y) || std::abs(x - y) > 1e-6 * std::abs(x);
    };
    if (!a.sample.empty() && !b.sample.empty() && a.sample != b.sample) return "sample";
    if (a.content && b.content && !(*a.content == *b.content)) return "content";
    if (a.has_cq && b.has_cq && apart(a.cq, b.cq)) return "Cq";
    if (!std::isnan(a.quantity) && !std::isnan(b.quantity) && apart(a.quantity, b.quantity)) return "quantity";
    return {};
}

}  // namespace microchim::biorad
