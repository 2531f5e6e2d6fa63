// The tables that the modules of Design & Analysis 2 add to the results: standard curves, calls, groups.
#pragma once

#include "second.hpp"

namespace microchim::thermo {

/// A table of results beside the results: what it says more of the same reactions. Quantities stand only here.
inline void read_module(Gathered& run, const Section& section, const std::set<std::string>& told) {
    Rows rows(section, run.numbers);
    run.wells.bind(rows);
    const auto target = rows.use({"Target Name", "Target"}), reporter = rows.use({"Reporter", "Dye"});
    const auto call = rows.find({"Call"});
    const ResultColumns at(rows, "");
    std::vector<reader::RowName> names(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto well = run.wells.name(rows, row), of = target_of(rows, row, target, reporter);
        if (well.empty() || of.empty()) continue;
        names[row] = {well, of};
        auto* reaction = run.reactions.find(well, of);
        if (!reaction) continue;  // its cells become attributes
        if (const auto value = rows.number(row, at.quantity)) reaction->quantity = *value;
        const auto percent = rows.number(row, at.efficiency);
        if (percent && !rows.cell(row, at.slope).empty()) reaction->efficiency = 1 + *percent / 100;
        if (const auto word = rows.cell(row, call); !word.empty())
            reaction->status += (reaction->status.empty() ? "" : ", ") + std::string(word);
    }
    reader::keep_unused(
        rows, names, [&](std::size_t c) { return rows.used(c) || told.contains(canonical(rows.header()[c])); },
        run.sink);
}

/// "Cq Mean [Replicate Group Result, P1, SRY]" of the run; where a table names neither sample nor target, the row.
inline void keep_groups(const Section& section, const Sink& sink) {
    const Numbers none;
    Rows rows(section, none);
    const auto sample = rows.use({"Sample", "Sample Name"}), target = rows.use({"Target", "Target Name"});
    if (!sample && !target) return detail::keep_table(section, sink);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::string label = " [" + section.name;
        for (const auto column : {sample, target})
            if (column) label += ", " + std::string(rows.cell(row, column));
        for (std::size_t c = 0; c < rows.header().size(); ++c)
            if (const auto cell = rows.cell(row, c); !rows.used(c) && !cell.empty() && cell != "-")
                sink.attribute("", std::string(rows.header()[c]) + label + "]", cell);
    }
}

/// "Quality issues" are flags in words: they belong to the verdict.
inline void add_issues(Gathered& run, const Section& section) {
    Rows rows(section, run.numbers);
    run.wells.bind(rows);
    const auto target = rows.use({"Target Name", "Target"}), reporter = rows.use({"Reporter", "Dye"});
    for (const auto column : {rows.find({"Curve Quality"}), rows.find({"Result Quality Issues", "Quality issues"})})
        for (std::size_t row = 0; column && row < rows.size(); ++row) {
            const auto issues = rows.cell(row, column);
            const auto well = issues.empty() ? std::string() : run.wells.name(rows, row);
            auto* reaction = well.empty() ? nullptr : run.reactions.find(well, target_of(rows, row, target, reporter));
            if (reaction) reaction->status += (reaction->status.empty() ? "" : ", ") + std::string(issues);
        }
}

}  // namespace microchim::thermo
