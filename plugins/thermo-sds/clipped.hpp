// SDS 1.x, the "clipped" export: detectors, then wells; a well that did not amplify has no Ct, its row just ends.
#pragma once

#include "results_table.hpp"

namespace microchim::thermo {

struct ClippedDetector {
    std::string name, reporter;
    double threshold = not_stated;
};

namespace detail {

inline std::string_view after_colon(std::string_view cell) {
    return cell.substr(cell.rfind(':') + 1);  // npos + 1 is 0
}

/// "Auto:0.554813" or "0.2"; "(Auto)" states none.
inline double clipped_threshold(const Rows& rows, std::size_t row, Column column, const Numbers& numbers) {
    const auto cell = after_colon(rows.cell(row, column));
    if (cell.empty() || cell.starts_with('(')) return not_stated;
    return numbers.read(cell, rows.where(row, *column)).value_or(not_stated);
}

}  // namespace detail

inline void read_clipped_file(const File& file, const Sink& sink) {
    const auto& grid = *file.grid;
    Numbers numbers;
    const auto block_end = [&](std::size_t row) {
        while (row < grid.size() && !detail::is_clipped_detectors(grid, row) && !detail::is_clipped_wells(grid, row))
            ++row;
        return row;
    };
    std::size_t row = block_end(0);
    microchim_run fact{};
    std::vector<Line> preamble;
    for (std::size_t i = 0; i < row; ++i) preamble.push_back(line_of(grid, i));
    auto id = value_of(preamble, {"Document Name"});
    if (id.empty()) id = stem(grid.name());
    const auto instrument = value_of(preamble, {"Instrument Type"});
    fact.id = reader::text(id);
    fact.instrument = reader::text(instrument);
    fact.software = reader::text(file.version.empty() ? "" : "SDS");
    fact.software_version = reader::text(file.version);
    fact.rows = fact.columns = -1;
    fact.entries = &file.entry;
    fact.entry_count = 1;
    sink.run(fact);
    for (const auto& line : preamble)
        if (!line.value.empty()) sink.attribute("", line.key, line.value);

    Gathered run(Plate{}, sink);
    std::vector<Section> blocks;
    while (row < grid.size()) {
        const auto next = block_end(row + 1);
        blocks.push_back({"", file.grid, row, row + 1, next, file.entry});
        row = next;
    }
    for (const auto& block : blocks) {
        learn(numbers, block);
        Rows rows(block, numbers);
        if (detail::is_clipped_wells(grid, block.header)) {
            run.wells.learn(rows);
            continue;
        }
        for (std::size_t i = 0; i < rows.size(); ++i)
            numbers.learn(detail::after_colon(rows.cell(i, rows.find({"Threshold"}))));
    }
    std::vector<ClippedDetector> detectors;
    bool fresh = false;
    for (const auto& block : blocks) {
        Rows rows(block, numbers);
        if (detail::is_clipped_detectors(grid, block.header)) {
            if (fresh) detectors.clear();
            fresh = false;
            const auto name = rows.use({"Detector"}), dye = rows.use({"Reporter"}), threshold = rows.use({"Threshold"});
            for (std::size_t i = 0; i < rows.size(); ++i) {
                detectors.push_back({std::string(rows.cell(i, name)), std::string(rows.cell(i, dye)),
                                     detail::clipped_threshold(rows, i, threshold, numbers)});
                for (const auto* key : {"Start", "End", "Threshold"})
                    if (const auto cell = rows.cell(i, rows.find({key})); !cell.empty())
                        sink.attribute("", std::string(key) + " [" + detectors.back().name + "]", cell);
            }
            continue;
        }
        fresh = true;
        if (detectors.size() != 1)
            throw FormatError(rows.header_address(),
                              std::to_string(detectors.size()) +
                                  " detectors stand above these wells; it is not said which one a Ct is of");
        run.wells.bind(rows);
        const auto sample = rows.use({"SampleName"}), cq = rows.use({"Ct"});
        const auto first = rows.use({"Start"}), last = rows.use({"End"});
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto well = run.wells.name(rows, i);
            if (well.empty()) throw FormatError(rows.where(i, 0), "this row does not say which well it is of");
            if (!run.measured.emplace(well, detectors[0].name).second)
                throw FormatError(rows.where(i, 0), "well " + well + " is listed twice");
            auto& reaction = run.at(well, detectors[0].name);
            reaction.dye = detectors[0].reporter;
            reaction.threshold = detectors[0].threshold;
            reaction.sample = rows.cell(i, sample);
            set_cq(run, reaction, rows, i, cq);
            reaction.baseline_first = rows.whole(i, first);
            reaction.baseline_last = rows.whole(i, last);
        }
    }
    run.reactions.report(sink);
    note_zeros(run, grid.name());
}

}  // namespace microchim::thermo
