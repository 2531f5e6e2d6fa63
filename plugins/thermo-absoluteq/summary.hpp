// The summary: one row per well, and beside each other one block of columns per dye.
//
//   ,,,,,,,FAM,,,,,,,,,,,,,,,VIC,,,,,,,,,,,,,,,,,                        <- the dye above the first column of its block
//   Run name,Group,Sample,Well,DF,QC,Total,Target,Conc.,SD,CV%,95%DeltaLCI,95%DeltaUCI,...,Threshold,Target,...
//   ,Group,,Average,,,20407.62,TARGET 1,1905.18,4190.27,219.940,...       <- stands for the wells below
//   R7-M01KM2,,Sample A1,A1,1/1.00000,PASS,20419,TARGET 1,392.15,,,13.407,13.882,...
//
// Names repeat in every block. The limits are distances from the concentration; no positives, no limits.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keep.hpp"
#include "pools.hpp"
#include "results.hpp"

namespace microchim::absoluteq {

/// The columns of one dye.
struct Block {
    std::string dye;
    std::size_t target = 0, positives = 0;
    std::optional<std::size_t> copies, low, high, threshold;
    std::vector<std::size_t> others;  ///< for attributes

    bool taken(std::size_t c) const { return c == target || c == positives || c == copies || c == threshold; }
};

struct SummaryColumns {
    std::size_t well, total;
    std::optional<std::size_t> run, date, instrument, plate, group, sample, quality;
    std::vector<Block> blocks;
    std::vector<std::size_t> others;  ///< of no block, for attributes
};

namespace detail {

/// Names that belong to a dye; any other column is about the well.
inline bool of_a_dye(std::string_view name) {
    static constexpr std::string_view names[] = {"target",
                                                 "conc",
                                                 "conccpul",
                                                 "sd",
                                                 "cv%",
                                                 "95%deltalci",
                                                 "95%deltauci",
                                                 "precision%",
                                                 "lambdacprxn",
                                                 "lambda95%deltalci",
                                                 "lambda95%deltauci",
                                                 "positives",
                                                 "copy#",
                                                 "cnv95%deltalci",
                                                 "cnv95%deltauci",
                                                 "threshold"};
    return std::ranges::find(names, name) != std::end(names);
}

/// Where the blocks begin: below the dyes of the line above; where that was lost, at each "Target".
inline std::vector<std::pair<std::size_t, std::string>> block_starts(const Sheet& sheet, std::string_view above) {
    std::vector<std::pair<std::size_t, std::string>> starts;
    if (above.find_first_not_of(" \t,;\"") != above.npos) {
        const Table dyes("", std::string(above), sheet.delimiter);
        for (std::size_t c = 0; c < std::min(dyes.header().size(), sheet.table.header().size()); ++c)
            if (const auto dye = trimmed(dyes.header()[c]);
                !dye.empty() && (starts.empty() || starts.back().second != dye))  // a spreadsheet may have repeated it
                starts.push_back({c, std::string(dye)});
    }
    if (starts.empty())
        for (const auto c : sheet.all("target")) starts.push_back({c, ""});
    return starts;
}

inline Block block(const Sheet& sheet, const std::string& file, std::size_t begin, std::size_t end, std::string dye) {
    Block block;
    block.dye = std::move(dye);
    const auto find = [&](std::initializer_list<std::string_view> names) -> std::optional<std::size_t> {
        for (std::size_t c = begin; c < end; ++c)
            if (std::ranges::find(names, plain(sheet.table.header()[c])) != names.end()) return c;
        return std::nullopt;
    };
    const auto require = [&](std::string_view name, const char* as_written) {
        if (const auto column = find({name})) return *column;
        throw FormatError(file, "the columns of the dye " + reader::detail::quoted(block.dye) + " have no '" +
                                    as_written + "'; export the summary with all columns");
    };
    block.target = require("target", "Target");
    block.positives = require("positives", "Positives");
    block.copies = find({"conc", "conccpul"});
    block.low = find({"95%deltalci"});
    block.high = find({"95%deltauci"});
    block.threshold = find({"threshold"});
    for (std::size_t c = begin; c < end; ++c)
        if (of_a_dye(plain(sheet.table.header()[c])) && !block.taken(c)) block.others.push_back(c);
    return block;
}

inline SummaryColumns summary_columns(const Sheet& sheet, const std::string& file, std::string_view above) {
    const auto& table = sheet.table;
    SummaryColumns at{table.require({"Well", "Well ID"}),
                      table.require({"Total"}),
                      table.find({"Run name", "Run"}),
                      table.find({"Date"}),
                      table.find({"Instrument"}),
                      table.find({"Plate"}),
                      table.find({"Group"}),
                      table.find({"Sample", "Name"}),
                      table.find({"QC"}),
                      {},
                      {}};
    const auto starts = block_starts(sheet, above);
    if (starts.empty()) table.require({"Target"});
    std::vector<bool> in_block(table.header().size());
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const auto end = i + 1 < starts.size() ? starts[i + 1].first : table.header().size();
        at.blocks.push_back(block(sheet, file, starts[i].first, end, starts[i].second));
        for (std::size_t c = starts[i].first; c < end; ++c) in_block[c] = of_a_dye(plain(table.header()[c]));
    }
    const auto taken = [&](std::size_t c) {
        return in_block[c] || c == at.well || c == at.total || c == at.run || c == at.date || c == at.instrument ||
               c == at.plate || c == at.sample || c == at.quality;
    };
    for (std::size_t c = 0; c < table.header().size(); ++c)
        if (!taken(c)) at.others.push_back(c);
    return at;
}

struct SummaryReader {
    const Sheet& sheet;
    const SummaryColumns at;
    std::vector<Part> parts = {};
    std::vector<std::size_t> waiting = {};  ///< rows above the first well that names its run
    std::string run = {}, plate = {};
    struct State {
        OpenPools pools;
        std::vector<Line> wells;                ///< for columns of the well
        std::vector<std::vector<Line>> blocks;  ///< for columns of each dye
    };
    std::vector<State> states = {};

    void interval(std::size_t row, const Block& block, double& copies, double& low, double& high) const {
        copies = sheet.number(row, block.copies);
        low = sheet.sum(row, block.copies, block.low, -1);
        high = sheet.sum(row, block.copies, block.high, 1);
    }

    void pool(std::size_t row, const Block& block, OpenPools& open) const {
        if (sheet.cell(row, block.target).empty() && sheet.cell(row, block.positives).empty()) return;
        Pool pool;
        pool.name = sheet.cell(row, at.well);
        pool.mean = same_text(pool.name, "Average") || same_text(pool.name, "Mean");
        pool.group = sheet.cell(row, at.group);
        pool.dye = block.dye;
        pool.target = sheet.cell(row, block.target);
        pool.where = sheet.table.where(row, at.well);
        pool.total = sheet.number(row, at.total);
        pool.positives = sheet.number(row, block.positives);
        if (says_nothing(sheet.cell(row, at.total)) && says_nothing(sheet.cell(row, block.positives))) return;
        if (std::isnan(pool.total) || std::isnan(pool.positives))
            throw FormatError(sheet.table.where(row, std::isnan(pool.total) ? at.total : block.positives),
                              "a number is missing; the file may have been cut off, export it again");
        interval(row, block, pool.copies, pool.low, pool.high);
        open.head(std::move(pool));
    }

    Count count(std::size_t row, const Block& block, const std::string& well) const {
        Count count;
        count.well = well;
        count.target = sheet.cell(row, block.target);
        count.dye = block.dye;
        count.accepted = sheet.count(row, at.total);
        count.positive = sheet.count(row, block.positives);
        if (count.positive > count.accepted)
            throw FormatError(sheet.table.where(row, block.positives),
                              std::to_string(count.positive) + " positives of " + std::to_string(count.accepted) +
                                  " chambers; export the summary again");
        count.threshold = sheet.number(row, block.threshold);
        interval(row, block, count.copies, count.low, count.high);
        count.status = sheet.cell(row, at.quality);
        if (const auto word = sheet.word(row, block.copies); !word.empty())
            count.status += (count.status.empty() ? "" : ", ") + word;
        return count;
    }

    std::pair<Part*, State*> state() {
        auto& part = part_of(parts, {}, 0, "", run, plate);
        states.resize(parts.size());
        auto& state = states[static_cast<std::size_t>(&part - parts.data())];
        state.blocks.resize(at.blocks.size());
        return {&part, &state};
    }

    /// A row above the wells: one that stands for them, or the title of their group.
    void heading(std::size_t row) {
        const auto [part, state] = this->state();
        const auto cell = sheet.cell(row, at.well), group = sheet.cell(row, at.group);
        if (!names_pool(cell)) {
            state->pools.title();
            std::string title;
            for (std::size_t c = 0; c < sheet.table.header().size(); ++c)
                if (!sheet.cell(row, c).empty()) title += (title.empty() ? "" : ", ") + std::string(sheet.cell(row, c));
            part->attributes.push_back({"", "Group title", title});
            return;
        }
        for (std::size_t b = 0; b < at.blocks.size(); ++b) {
            pool(row, at.blocks[b], state->pools);
            state->blocks[b].push_back(
                {row, "", joined({group, cell, sheet.cell(row, at.blocks[b].target), at.blocks[b].dye})});
        }
        state->wells.push_back({row, "", joined({group, cell})});
    }

    void row(std::size_t row) {
        const auto cell = sheet.cell(row, at.well);
        if (names_pool(cell) || (well_name(cell).empty() && !numbers(row))) {
            waiting.push_back(row);  // it does not name its run; the wells below it do
            return;
        }
        const auto well = require_well(sheet, row, at.well);
        // A well that was not measured may lack the name of its run.
        if (!sheet.cell(row, at.run).empty()) run = sheet.cell(row, at.run);
        if (!sheet.cell(row, at.plate).empty()) plate = sheet.cell(row, at.plate);
        flush();
        const auto [part, state] = this->state();
        if (part->started.empty()) part->started = sheet.cell(row, at.date);
        if (part->instrument.empty()) part->instrument = sheet.cell(row, at.instrument);
        place_sample(*part, well, sheet.cell(row, at.sample), sheet, row, at.sample.value_or(at.well));
        state->wells.push_back({row, well, ""});
        if (numbers(row)) state->pools.seen(sheet.count(row, at.total));
        for (std::size_t b = 0; b < at.blocks.size(); ++b) {
            const auto& block = at.blocks[b];
            const bool stated = !sheet.cell(row, block.target).empty() || !sheet.cell(row, block.positives).empty();
            if (!stated) continue;  // this dye was not used here
            if (uncounted(row, block)) {
                state->blocks[b].push_back({row, well, std::string(sheet.cell(row, block.target)), block.dye});
                part->notes.push_back(no_numbers(well, joined({sheet.cell(row, block.target), block.dye})));
                continue;
            }
            auto result = count(row, block, well);
            state->pools.well(result, sheet.cell(row, at.group));
            state->blocks[b].push_back({row, well, result.target, block.dye});
            add_count(*part, std::move(result), sheet.table.where(row, block.target));
        }
    }

    /// Whether a row says any number of chambers.
    bool numbers(std::size_t row) const {
        return !says_nothing(sheet.cell(row, at.total)) || std::ranges::any_of(at.blocks, [&](const Block& b) {
            return !says_nothing(sheet.cell(row, b.positives));
        });
    }

    /// Whether a dye has no count in words ("N/A"), or the whole well has no number.
    bool uncounted(std::size_t row, const Block& block) const {
        const auto cell = sheet.cell(row, block.positives);
        return !numbers(row) || (!cell.empty() && says_nothing(cell));
    }

    void flush() {
        for (const auto row : waiting) heading(row);
        waiting.clear();
    }
};

}  // namespace detail

/// The runs of a summary. \throws FormatError naming line and column.
inline std::vector<Part> read_summary(std::string_view file, std::string_view bytes, const Dialect& dialect,
                                      std::size_t entry) {
    const auto text = reader::utf8(bytes);
    const auto above = dialect.lines_above == 0 ? std::string_view{} : reader::line(text, dialect.lines_above - 1);
    const auto sheet = open_sheet(file, text, dialect);
    require_whole(file, text, sheet);
    detail::SummaryReader reading{sheet, detail::summary_columns(sheet, std::string(file), above)};
    reading.run = first_said(sheet, reading.at.run);  // of rows above the first that names its run
    reading.plate = first_said(sheet, reading.at.plate);
    for (std::size_t row = 0; row < sheet.table.size(); ++row) reading.row(row);
    reading.flush();
    for (std::size_t p = 0; p < reading.parts.size(); ++p) {
        auto& part = reading.parts[p];
        auto& state = reading.states[p];
        part.dialect = dialect;
        part.entry = entry;
        part.file = file;
        part.pools = state.pools.finish(part.notes);
        for (const auto column : reading.at.others) keep_column(sheet, column, state.wells, part.attributes);
        for (std::size_t b = 0; b < reading.at.blocks.size(); ++b) {
            tell_apart(state.blocks[b]);
            for (const auto column : reading.at.blocks[b].others)
                keep_column(sheet, column, state.blocks[b], part.attributes);
        }
    }
    return std::move(reading.parts);
}

}  // namespace microchim::absoluteq
