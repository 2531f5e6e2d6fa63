// SDS 1 of the 7700: "Well  Reporter  Type  ...  Ct  Quantity ... IPC  Sample Name", all wells of the plate, and below
// them how the threshold was found. A quantity of -1 is none.
#pragma once

#include "results_table.hpp"

namespace microchim::thermo {

/// "Type" is what the well is (UNKN, STND, NTC) to the target of the reporter, or the name that the laboratory gave to
/// the target.
inline void read_7700_file(const File& file, const Sink& sink) {
    const auto& grid = *file.grid;
    std::size_t header = 0;
    while (header < grid.size() && !detail::is_7700_header(grid, header)) ++header;
    if (header == grid.size()) throw FormatError(grid.name(), "there is no table of wells");
    std::size_t end = header + 1;
    while (end < grid.size() && !grid.cell(end, 0).empty() && grid.cell(end, 0)[0] >= '0' &&
           grid.cell(end, 0)[0] <= '9')
        ++end;
    const Section section{"Results", file.grid, header, header + 1, end, file.entry};
    Numbers numbers;
    learn(numbers, section);
    microchim_run fact{};
    const auto id = stem(grid.name());
    fact.id = reader::text(id);
    fact.rows = fact.columns = -1;
    fact.entries = &file.entry;
    fact.entry_count = 1;
    sink.run(fact);
    keep_lines(grid, 0, header, sink);

    Rows rows(section, numbers);
    Gathered run(Plate{}, sink);
    run.wells.learn(rows);
    const auto reporter = rows.use({"Reporter"}), type = rows.use({"Type"}), cq = rows.use({"Ct"});
    const auto sample = rows.use({"Sample Name"}), quantity = rows.use({"Quantity"});
    double threshold = not_stated;
    std::int64_t first = -1, last = -1;
    for (std::size_t row = end; row < grid.size(); ++row) {
        const auto key = canonical(grid.cell(row, 0));
        const auto value = numbers.parse(grid.cell(row, 1));
        if (!value || *value < 0 || *value > 1e6) continue;
        if (key == "threshold") threshold = *value;
        if (key == "baselinestart") first = static_cast<std::int64_t>(*value);
        if (key == "baselinestop") last = static_cast<std::int64_t>(*value);
    }
    // The last cycle stands for "none": the largest Ct, where it is a whole number of cycles that runs often have, or
    // that several wells share, which no measured one would.
    double most = 0;
    std::size_t times = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto value = rows.number(row, cq).value_or(0);
        if (value > most) most = value, times = 0;
        times += value == most;
    }
    const bool none_is_last = most >= 25 && most == std::floor(most) && (times > 1 || std::fmod(most, 5) == 0);
    std::size_t undetermined = 0;
    std::vector<reader::RowName> names(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto word = rows.cell(row, type);
        if (word.empty() && reader::says_no_cq(rows.cell(row, cq))) continue;
        const auto well = run.wells.name(rows, row);
        for (std::size_t c = 0; c < rows.header().size(); ++c)  // a damaged line is no reading
            if (c != *reporter && c != *type && c != *sample && rows.header()[c] != "IPC" &&
                canonical(rows.header()[c]) != "replicate" && c != *cq)
                (void)rows.number(row, c);
        const auto known = task_type(word);
        const std::string of(known ? rows.cell(row, reporter) : word);
        if (!run.measured.emplace(well, of).second)
            throw FormatError(rows.where(row, *type),
                              "well " + well + " has target " + reader::detail::quoted(of) + " twice");
        auto& reaction = run.at(well, of);
        reaction.dye = rows.cell(row, reporter);
        reaction.sample = rows.cell(row, sample);
        reaction.type = known.value_or(MICROCHIM_UNKN);
        set_cq(run, reaction, rows, row, cq);
        if (none_is_last && reaction.cq == most) reaction.cq = not_stated, reaction.amplified = 0, ++undetermined;
        reaction.quantity = rows.number_or_not_stated(row, quantity);
        if (reaction.quantity == -1) reaction.quantity = not_stated;
        reaction.threshold = threshold;
        reaction.baseline_first = first;
        reaction.baseline_last = last;
        names[row] = {well, of};
    }
    run.reactions.report(sink);
    reader::keep_unused(
        rows, names, [&](std::size_t c) { return rows.used(c); }, sink);
    keep_lines(grid, end, grid.size(), sink);
    note_zeros(run, grid.name());
    if (undetermined)
        sink.note(MICROCHIM_WARNING, grid.name(),
                  std::to_string(undetermined) + " Ct of " + std::to_string(static_cast<int>(most)) +
                      ", the last cycle, stand for none; they count as no Cq.");
}

}  // namespace microchim::thermo
