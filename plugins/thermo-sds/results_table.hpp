// SDS 1.x and 2.x: a table of results with a row per well and detector. A study of SDS 2 lists several plates in one
// table, told apart by the column "Filename": each is a run.
#pragma once

#include "../thermo-shared/results.hpp"
#include "numbering.hpp"

namespace microchim::thermo {

struct ResultsTable {
    const File& file;
    Section section;
    Numbers numbers;
    std::vector<Line> preamble;

    explicit ResultsTable(const File& from) : file(from) {
        const auto& grid = *from.grid;
        std::size_t header = 0;
        while (header < grid.size() && !detail::is_results_header(grid, header)) ++header;
        if (header == grid.size())
            throw FormatError(grid.name(), "there is no table with the columns 'Well', 'Detector' and 'Ct'");
        std::size_t well = 0;
        while (canonical(grid.cell(header, well)) != "well") ++well;
        section = {"Results", from.grid, header, header + 1, end_of_table(grid, header, well), from.entry};
        for (std::size_t row = 0; row < header; ++row) preamble.push_back(line_of(grid, row));
        learn(numbers, section);
    }

    /// Tables that were put below each other repeat the column names.
    bool repeats_names(std::size_t row) const {
        const auto& grid = *section.grid;
        const auto at = section.begin + row;
        bool same = grid.width(at) == grid.width(section.header);
        for (std::size_t c = 0; same && c < grid.width(at); ++c)
            same = grid.cell(at, c) == grid.cell(section.header, c);
        return same;
    }

    /// Values of a column, each once; one empty where there is none. The plates of a study.
    std::vector<std::string> plates() const {
        const Rows rows(section, numbers);
        const auto column = rows.find({"Filename", "Plate", "PlateID"});
        std::vector<std::string> found;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (repeats_names(row)) continue;
            const std::string plate(rows.cell(row, column));
            if (std::find(found.begin(), found.end(), plate) == found.end()) found.push_back(plate);
        }
        return found;
    }

    /// The value of a key; in a study, that of the group of lines that begins with this plate's "EmbeddedFile".
    std::string value(std::string_view key, std::string_view plate, bool several) const {
        bool here = !several;
        for (const auto& line : preamble) {
            if (canonical(line.key) == "embeddedfile" && several) here = line.value == plate;
            if (here && canonical(line.key) == canonical(key)) return line.value;
        }
        return {};
    }
};

inline void report_run(const ResultsTable& table, const std::string& plate, bool several, Plate size,
                       const Sink& sink) {
    const auto value = [&](std::string_view key) { return table.value(key, plate, several); };
    auto id = several ? plate : value("Document Name");
    if (id.empty()) id = value("Filename");
    if (id.empty()) id = stem(table.section.grid->name());
    auto started = value("Run DateTime");
    if (started.empty()) started = value("Run Date");
    const auto barcode = value("PlateID"), instrument = table.value("Instrument Type", {}, false);
    microchim_run fact{};
    fact.id = reader::text(id);
    fact.plate = reader::text(barcode);
    fact.instrument = reader::text(instrument);
    fact.software = reader::text(table.file.version.empty() ? "" : "SDS");
    fact.software_version = reader::text(table.file.version);
    fact.started = reader::text(started);
    fact.rows = size.rows;
    fact.columns = size.columns;
    fact.entries = &table.file.entry;
    fact.entry_count = 1;
    sink.run(fact);
    for (const auto& line : table.preamble)
        if (!line.value.empty()) sink.attribute("", line.key, line.value);
}

inline void report_plate(const ResultsTable& table, const std::string& plate, bool several, const Sink& sink) {
    Rows rows(table.section, table.numbers);
    const auto file_name = rows.find({"Filename", "Plate", "PlateID"});
    const auto sample = rows.use({"Sample Name", "Sample"});
    const auto target = rows.use({"Detector Name", "Detector"}), task = rows.use({"Task"});
    const auto reporter = rows.use({"Reporter", "Dye"}), outlier = rows.use({"Outlier"}), omit = rows.use({"Omit"});
    const auto cq = rows.use({"Ct"}), threshold = rows.use({"Threshold"}), quantity = rows.use({"Quantity", "Qty"});
    const auto first = rows.use({"Baseline Start"}), last = rows.use({"Baseline Stop", "Baseline End"});
    const auto by_names = columns_by_names(rows, rows.find({"Well"}), sample);
    Gathered run(by_names < 0 ? Plate{} : Plate{by_names * 2 / 3, by_names}, sink);
    run.wells.learn(rows);
    const bool numbered = run.wells.numbered();
    const auto columns = run.wells.plate_columns();
    report_run(table, plate, several, numbered ? Plate{columns * 2 / 3, columns} : Plate{}, sink);
    std::vector<reader::RowName> names(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if ((several && rows.cell(row, file_name) != plate) || table.repeats_names(row)) continue;
        const auto well = run.wells.name(rows, row);
        const std::string of(rows.cell(row, target));
        if (of.empty() && reader::says_no_cq(rows.cell(row, cq))) {  // holds nothing, or a sample alone
            if (!rows.cell(row, sample).empty()) run.samples[well] = rows.cell(row, sample);
            continue;
        }
        if (!run.measured.emplace(well, of).second)
            throw FormatError(rows.where(row, target.value_or(0)),
                              "well " + well + " has target " + reader::detail::quoted(of) + " twice");
        auto& reaction = run.at(well, of);
        fill(reaction.sample, rows.cell(row, sample));
        fill(reaction.dye, rows.cell(row, reporter));
        reaction.type = task_type(rows, row, task);
        set_cq(run, reaction, rows, row, cq);
        reaction.threshold = rows.number_or_not_stated(row, threshold);
        reaction.quantity = rows.number_or_not_stated(row, quantity);
        reaction.baseline_first = rows.whole(row, first);
        reaction.baseline_last = rows.whole(row, last);
        reaction.excluded = says_yes(rows.cell(row, outlier)) || says_yes(rows.cell(row, omit)) ? 1 : 0;
        reaction.status = flags(rows, row);
        names[row] = {well, of};
    }
    for (const auto& [well, sample_name] : run.samples)
        if (!run.of.contains(well))
            sink.react({reader::text(well), reader::text(sample_name), MICROCHIM_UNKN, not_stated, not_stated});
    run.reactions.report(sink);
    reader::keep_unused(
        rows, names, [&](std::size_t c) { return rows.used(c); }, sink);
    keep_lines(*table.section.grid, table.section.end, table.section.grid->size(), sink);
    note_other_table(*table.section.grid, table.section.end, sink);
    note_zeros(run, table.section.grid->name());
    if (numbered)
        sink.note(MICROCHIM_INFO, table.section.grid->name(),
                  "Wells are numbers here; they were counted along the rows of a plate of " +
                      std::to_string(columns * columns * 2 / 3) + " wells, because " +
                      (by_names > 0    ? "sample names that are positions agree with it."
                       : columns == 24 ? "one is larger than 96."
                                       : "none is larger than 96."));
}

inline void read_results_file(const File& file, const Sink& sink) {
    const ResultsTable table(file);
    const auto plates = table.plates();
    for (const auto& plate : plates) report_plate(table, plate, plates.size() > 1, sink);
    if (plates.empty()) throw FormatError(table.section.grid->address(table.section.header), "this table has no rows");
}

}  // namespace microchim::thermo
