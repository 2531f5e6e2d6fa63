// Described CSV: tables of any program, with a description by the laboratory beside them.
//
//   results.csv         Position;Assay;Valid;Pos          any columns, any order
//   description.toml    schema = "microchim/csv/1"        which column is what
//   [columns]
//   well = "Position"
//
// A drop without a description is none of ours.
#include <map>
#include <string>
#include <vector>

#include "report.hpp"

namespace microchim::described {
namespace {

std::vector<std::size_t> descriptions(const Bundle& bundle) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < bundle.size(); ++i)
        if (is_description(bundle.bytes(i))) found.push_back(i);
    return found;
}

std::size_t only_description(const Bundle& bundle) {
    const auto found = descriptions(bundle);
    if (found.empty())
        throw FormatError(std::string(bundle.name(0)), "there is no description (schema \"microchim/csv/1\")");
    if (found.size() > 1)
        throw FormatError(std::string(bundle.name(found[1])),
                          "a second description, the other is " + std::string(bundle.name(found[0])) + "; give one");
    return found[0];
}

/// What the description asks for is there. \throws FormatError
void require_tables(const Bundle& bundle, Contents& contents, const Description& d) {
    for (const auto& pattern : d.files)
        if (std::none_of(contents.tables.begin(), contents.tables.end(),
                         [&](auto i) { return match(pattern, bundle.name(i)).has_value(); }))
            throw FormatError(d.file, "'files' asks for " + quoted(pattern) + ", and there is no such file beside it");
    if (!contents.tables.empty() || !contents.partitions.empty() || !contents.curves.empty()) return;
    if (contents.tables_without_wells.empty())
        throw FormatError(
            d.file,
            "there is no table beside this description; give both, as in: microchim read results.csv " + d.file);
    // The only candidates have other columns: reading one says which are there.
    contents.tables = {contents.tables_without_wells.front()};
}

std::vector<ResultTable> read_tables(const Bundle& bundle, const Contents& contents, const Description& d) {
    std::vector<ResultTable> tables;
    for (const auto entry : contents.tables) tables.push_back(read_table(bundle, entry, tables.size(), d));
    return tables;
}

std::vector<PartitionFile> read_partitions(const Bundle& bundle, const Contents& contents, const Description& d) {
    std::vector<PartitionFile> files(contents.partitions.size());
    bundle.each(files.size(), [&](std::size_t i) {
        const auto entry = contents.partitions[i];
        files[i] = PartitionReader(bundle.name(entry), bundle.bytes(entry), d).read();
    });
    return files;
}

/// Without result tables the names of the other files tell the runs apart.
template <class File>
void runs_of(const std::vector<File>& files, std::vector<RunRows>& runs) {
    for (const auto& file : files)
        if (std::none_of(runs.begin(), runs.end(), [&](const auto& run) { return lower(run.id) == lower(file.run); }))
            runs.push_back({file.run, file.run, {}, {}, {}, {}, {}, 0});
}

/// Gives each file of partitions or curves to its run.
template <class File>
void join(const std::vector<File>& files, const std::vector<std::size_t>& entries,
          std::vector<const File*> RunRows::*of_run, std::vector<RunRows>& runs, const std::vector<ResultTable>& tables,
          const Bundle& bundle) {
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::size_t number = 0;
        if (!tables.empty()) number = run_of(files[i], std::string(bundle.name(entries[i])), runs, tables);
        else
            while (lower(runs[number].id) != lower(files[i].run)) ++number;
        (runs[number].*of_run).push_back(&files[i]);
        runs[number].entries.push_back(entries[i]);
    }
}

void note_open_end(bool open, const std::string& name, const Sink& sink) {
    if (open)
        sink.note(MICROCHIM_INFO, name,
                  "The last line has no line end; if the file was cut off, its last value is wrong.");
}

void report(const RunRows& run, const Description& d, std::size_t description, std::vector<ResultTable>& tables,
            const Bundle& bundle, const Sink& sink) {
    report_run(run, d, description, tables, sink);
    const auto curves = pair_curves(run, sink);
    for (const auto* row : run.rows) {
        const auto curve = curves.find(row);
        report_row(*row, curve == curves.end() ? nullptr : curve->second, sink);
    }
    for (const auto* file : run.curves)
        if (!file->left_out.empty())
            sink.note(MICROCHIM_WARNING, file->name, "Left out, because these columns are no wells: " + file->left_out);
    report_attributes(run, d, tables, sink);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < run.partitions.size(); ++i) {
        const std::string name(bundle.name(run.entries[i]));
        report_partitions(*run.partitions[i], d, run, seen, name, sink);
        note_open_end(run.partitions[i]->open_end, name, sink);
    }
    for (const auto number : run.tables) {
        note_open_end(tables[number].open_end, tables[number].name(), sink);
        if (const auto rows = tables[number].left_out)
            sink.note(MICROCHIM_INFO, tables[number].name(),
                      "Left out, as " + d.file + " says: " + std::to_string(rows) + (rows == 1 ? " row." : " rows."));
    }
    if (run.repeated)
        sink.note(MICROCHIM_INFO, "",
                  std::to_string(run.repeated) + " rows stand in several tables alike and were counted once.");
}

}  // namespace

struct DescribedCsv {
    static constexpr const char* id = "generic-csv";
    static constexpr const char* name = "Described CSV";
    static constexpr const char* version = "1.1.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const auto found = descriptions(bundle);
        if (found.empty()) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "", std::string(bundle.name(found[0])) + " describes the tables");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink);
};

void DescribedCsv::read(const Bundle& bundle, const Sink& sink) {
    const auto entry = only_description(bundle);
    const auto d = parse_description(bundle.bytes(entry), std::string(bundle.name(entry)));
    auto contents = sort_out(bundle, d);
    require_tables(bundle, contents, d);
    auto tables = read_tables(bundle, contents, d);
    const auto files = read_partitions(bundle, contents, d);

    std::vector<CurveFile> curves;
    for (const auto i : contents.curves) curves.push_back(read_curves(bundle, i, d));

    Grouping grouping(tables, d);
    auto runs = grouping();
    if (tables.empty()) runs_of(files, runs), runs_of(curves, runs);
    if (runs.empty())
        throw FormatError(std::string(bundle.name(contents.tables.at(0))), "the table has no rows of wells");
    join(files, contents.partitions, &RunRows::partitions, runs, tables, bundle);
    join(curves, contents.curves, &RunRows::curves, runs, tables, bundle);
    for (const auto& run : runs) {
        report(run, d, entry, tables, bundle, sink);
        if (&run != &runs.front()) continue;
        for (const auto& note : grouping.notes) sink.note(MICROCHIM_WARNING, "", note);
        for (const auto other : contents.tables_without_wells)
            sink.note(MICROCHIM_WARNING, std::string(bundle.name(other)),
                      "Not read, because it has no column " + quoted(d.targets.front().well.text) + ".");
        note_ignored(bundle, contents.others, "tables that " + d.file + " describes nor the description itself", sink);
    }
}

}  // namespace microchim::described

MICROCHIM_READER(microchim::described::DescribedCsv);
