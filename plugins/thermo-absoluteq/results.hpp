// The older result table: one row per well and dye, below a row for their group.
//
//   Run,Date,Instrument,Plate,Group,Name,Well,Total,Dye,Target,Conc. cp/uL,SD,CV%,95%CI,Positives
//   R7,5/19/2023,Absolute Q 0140,M01KM2,Group 1 (2),,Average,20431.5,VIC,Gene A,1.93,2.7,141,0.55,17
//   R7,5/19/2023,Absolute Q 0140,M01KM2,Group 1,Lysate,A1,20413,VIC,Gene A,0,,,0,0
//
// 95%CI is half of an interval; SD and CV% are there where the group was averaged.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keep.hpp"
#include "pools.hpp"

namespace microchim::absoluteq {

struct ResultColumns {
    std::size_t well, total, positives;
    std::optional<std::size_t> run, date, instrument, plate, group, sample, dye, target, copies, half;

    explicit ResultColumns(const Table& table)
        : well(table.require({"Well", "Well ID"})),
          total(table.require({"Total"})),
          positives(table.require({"Positives"})),
          run(table.find({"Run", "Run name"})),
          date(table.find({"Date"})),
          instrument(table.find({"Instrument"})),
          plate(table.find({"Plate"})),
          group(table.find({"Group"})),
          sample(table.find({"Name", "Sample"})),
          dye(table.find({"Dye"})),
          target(table.require({"Target"})),
          copies(table.find({"Conc. cp/uL", "Conc. copies/uL", "Conc.", "Concentration"})),
          half(table.find({"95%CI"})) {}

    /// Whether the facts say a column in full. The half width is not said as such.
    bool taken(std::size_t c) const {
        return c == well || c == total || c == positives || c == run || c == date || c == instrument || c == plate ||
               c == sample || c == dye || c == target || c == copies;
    }
};

namespace detail {

struct ResultReader {
    const Sheet& sheet;
    const ResultColumns at;
    std::vector<Part> parts = {};
    std::vector<std::vector<Line>> lines = {};                                         ///< of each part
    std::vector<OpenPools> pools = {};                                                 ///< likewise
    std::string run = first_said(sheet, at.run), plate = first_said(sheet, at.plate);  ///< of rows that do not say it

    void interval(std::size_t row, double& copies, double& low, double& high) const {
        copies = sheet.number(row, at.copies);
        low = sheet.sum(row, at.copies, at.half, -1);
        high = sheet.sum(row, at.copies, at.half, 1);
    }

    void pool(std::size_t row, OpenPools& open) const {
        Pool pool;
        pool.name = sheet.cell(row, at.well);
        pool.mean = same_text(pool.name, "Average") || same_text(pool.name, "Mean");
        pool.group = sheet.cell(row, at.group);
        pool.dye = sheet.cell(row, at.dye);
        pool.target = sheet.cell(row, at.target);
        pool.where = sheet.table.where(row, at.well);
        pool.total = sheet.number(row, at.total);
        pool.positives = sheet.number(row, at.positives);
        if (says_nothing(sheet.cell(row, at.total)) && says_nothing(sheet.cell(row, at.positives))) return;
        if (std::isnan(pool.total) || std::isnan(pool.positives))
            throw FormatError(sheet.table.where(row, std::isnan(pool.total) ? at.total : at.positives),
                              "a number is missing; the file may have been cut off, export it again");
        interval(row, pool.copies, pool.low, pool.high);
        open.head(std::move(pool));
    }

    Count count(std::size_t row, const std::string& well) const {
        Count count;
        count.well = well;
        count.target = sheet.cell(row, at.target);
        count.dye = sheet.cell(row, at.dye);
        count.accepted = sheet.count(row, at.total);
        count.positive = sheet.count(row, at.positives);
        if (count.positive > count.accepted)
            throw FormatError(sheet.table.where(row, at.positives), std::to_string(count.positive) + " positives of " +
                                                                        std::to_string(count.accepted) +
                                                                        " chambers; export the table again");
        interval(row, count.copies, count.low, count.high);
        count.status = sheet.word(row, at.copies);
        return count;
    }

    void row(std::size_t row) {
        if (!sheet.cell(row, at.run).empty()) run = sheet.cell(row, at.run);
        if (!sheet.cell(row, at.plate).empty()) plate = sheet.cell(row, at.plate);
        auto& part = part_of(parts, {}, 0, "", run, plate);
        const auto number = static_cast<std::size_t>(&part - parts.data());
        lines.resize(parts.size());
        pools.resize(parts.size());
        if (part.started.empty()) part.started = sheet.cell(row, at.date);
        if (part.instrument.empty()) part.instrument = sheet.cell(row, at.instrument);

        const auto cell = sheet.cell(row, at.well);
        const auto group = sheet.cell(row, at.group), dye = sheet.cell(row, at.dye),
                   target = sheet.cell(row, at.target);
        if (names_pool(cell)) {
            pool(row, pools[number]);
            lines[number].push_back({row, "", joined({group, cell, dye, target})});
            return;
        }
        const bool numbers = !says_nothing(sheet.cell(row, at.total)) || !says_nothing(sheet.cell(row, at.positives));
        if (well_name(cell).empty() && !numbers) {
            pools[number].title();  // the title of a group that is neither averaged nor pooled
            part.attributes.push_back({"", "Group title", joined({group, dye, target})});
            return;
        }
        const auto well = require_well(sheet, row, at.well);
        place_sample(part, well, sheet.cell(row, at.sample), sheet, row, at.sample.value_or(at.well));
        if (!numbers) {  // a well that was not measured
            if (target.empty()) return;
            lines[number].push_back({row, well, std::string(target), std::string(dye)});
            part.notes.push_back(no_numbers(well, joined({target, dye})));
            return;
        }
        auto result = count(row, well);
        pools[number].seen(result.accepted);
        pools[number].well(result, group);
        add_count(part, std::move(result), sheet.table.where(row, at.target.value()));
        lines[number].push_back({row, well, std::string(target), std::string(dye)});
    }
};

/// Positives is the last column: a file cut off inside its last number still has all cells. Printed concentration and
/// counts stand in one ratio throughout a table, so the last row must not fall out of it.
inline void require_last_count(const Sheet& sheet, const ResultColumns& at, std::string_view text) {
    const auto last = sheet.table.size() - 1;
    if (cells_of_open_line(text, sheet.delimiter) == 0 || at.positives + 1 != sheet.table.header().size()) return;
    const auto ratio = [&](std::size_t row) {
        const auto copies = sheet.number(row, at.copies), n = sheet.number(row, at.total);
        const auto k = sheet.number(row, at.positives);
        return copies >= 1 && k > 0 && k < n ? -std::log1p(-k / n) / copies : not_stated;
    };
    const bool zero = sheet.number(last, at.positives) == 0 && sheet.number(last, at.copies) >= 1;
    for (std::size_t row = 0; row < last; ++row) {
        const auto other = ratio(row);
        if (names_pool(sheet.cell(row, at.well)) || std::isnan(other)) continue;
        if (!zero && !(std::abs(ratio(last) / other - 1) > 0.03)) return;
        throw FormatError(sheet.table.where(last, at.positives),
                          "the number of positives does not fit the concentration in the same line, and the line has "
                          "no end; the file was cut off, export it again");
    }
}

}  // namespace detail

/// The runs of a result table. \throws FormatError naming line and column.
inline std::vector<Part> read_results(std::string_view file, std::string_view bytes, const Dialect& dialect,
                                      std::size_t entry) {
    const auto text = reader::utf8(bytes);
    const auto sheet = open_sheet(file, text, dialect);
    require_whole(file, text, sheet);
    detail::ResultReader reading{sheet, ResultColumns(sheet.table)};
    for (std::size_t row = 0; row < sheet.table.size(); ++row) reading.row(row);
    detail::require_last_count(sheet, reading.at, text);
    for (std::size_t p = 0; p < reading.parts.size(); ++p) {
        auto& part = reading.parts[p];
        part.dialect = dialect;
        part.entry = entry;
        part.file = file;
        part.pools = reading.pools[p].finish(part.notes);
        tell_apart(reading.lines[p]);
        for (std::size_t c = 0; c < sheet.table.header().size(); ++c)
            if (!reading.at.taken(c)) keep_column(sheet, c, reading.lines[p], part.attributes);
    }
    return std::move(reading.parts);
}

}  // namespace microchim::absoluteq
