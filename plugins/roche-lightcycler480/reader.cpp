// Roche LightCycler 480: the tables that its software exports as text.
//
//   raw data             Raw Data / SamplePos, SampleName, Prog#, Seg#, Cycle#, Time, Temp, 465-510, ...
//   Cp results           Experiment: ... Selected Filter: ... / Include, Color, Pos, Name, Cp, Concentration, ...
//   melting calls        the same with Group, Score, Res instead of Cp
//   analysis results     Experiment Name, Analysis Name, Included, Position, SampleName, CrossingPoint, ...
//   sample editor        General:Pos, General:Sample Name, General:Filt. Comb., General:Target Name, ...
//
// Files of one experiment are one run. Reactions are told apart by their filter until all is together.
#include <set>
#include <string>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/join_parts.hpp"
#include "microchim/parts.hpp"
#include "microchim/reader.hpp"
#include "raw.hpp"
#include "results.hpp"
#include "samples.hpp"

namespace microchim::lightcycler480 {
namespace {

using reader::Bundle;
using reader::Sink;

std::vector<File> read_file(std::size_t entry, std::string_view name, std::string_view bytes, const Dialect& dialect) {
    const Table table(std::string(name), reader::utf8(bytes), dialect.delimiter, dialect.header);
    if (table.size() == 0)
        throw FormatError(std::string(name), "there is no row below the column names; the file may have been cut off");
    File file;
    file.part.entries = {entry};
    file.part.name = name;
    file.part.dialects = {name_of(dialect.kind)};
    switch (dialect.kind) {
        case Kind::raw:
            read_raw(table, dialect, file.part);
            break;
        case Kind::results:
            read_results(table, dialect, file);
            break;
        case Kind::calls:
            read_calls(table, dialect, file);
            break;
        case Kind::analysis:
            return read_analyses(table, file);
        case Kind::samples:
            read_samples(table, file.part);
            break;
    }
    return {std::move(file)};
}

/// Only the plate of 384 has wells beyond H12.
void plate_size(Part& part) {
    for (const auto& reaction : part.reactions.all())
        if (reaction.well[0] > 'H' || reaction.well.substr(1) > "12") part.rows = 16, part.columns = 24;
}

void report(Part& run, const std::map<std::string, std::string>& dyes, const Sink& sink) {
    bool alone = false, curves = false;
    for (auto& reaction : run.reactions.all()) {
        curves = curves || !reaction.fluorescence.empty();
        alone = alone || (reaction.dye.empty() && reaction.fluorescence.empty() && !std::isnan(reaction.cq));
        if (const auto dye = dyes.find(reaction.dye); dye != dyes.end()) reaction.dye = dye->second;
    }
    if (alone && curves)
        run.note(MICROCHIM_INFO, "",
                 "The analysis results name no filter; where a well has several channels, their Cp stands beside the "
                 "curves.");
    plate_size(run);
    run.report(sink);
}

}  // namespace

struct LightCycler480 {
    static constexpr const char* id = "roche-lightcycler480";
    static constexpr const char* name = "Roche LightCycler 480";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        std::set<std::string> found;
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (const auto known = dialect(bundle.bytes(i))) found.insert(name_of(known->kind));
        if (found.empty()) return MICROCHIM_NO;
        std::string all;
        for (const auto& one : found) all += (all.empty() ? "" : ", ") + one;
        sink.note(MICROCHIM_INFO, "", "the column names of " + all);
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        std::vector<Part> parts;
        std::vector<std::size_t> others;
        std::map<std::string, std::map<std::string, std::string>> dyes;  // of an experiment
        std::set<std::string> experiments;
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            const auto known = dialect(bundle.bytes(i));
            if (!known) others.push_back(i);
            else
                for (auto& file : read_file(i, bundle.name(i), bundle.bytes(i), *known)) {
                    dyes[file.part.id].insert(file.dyes.begin(), file.dyes.end());
                    if (!file.part.id.empty()) experiments.insert(file.part.id);
                    parts.push_back(std::move(file.part));
                }
        }
        if (parts.empty())
            throw FormatError(std::string(bundle.name(0)), "not a table of the LightCycler 480 software");
        // A table without the name of its experiment can be of the only one there is.
        const bool one = experiments.size() <= 1;
        auto runs = reader::join(std::move(parts), [&](const Part& run, const Part& file) {
            return run.id == file.id || (one && (run.id.empty() || file.id.empty()));
        });
        for (auto& run : runs) {
            if (!one && run.id.empty())
                run.note(MICROCHIM_WARNING, run.name,
                         "This names no experiment, and there are several: it was kept apart.");
            report(run, dyes[run.id], sink);
        }
        reader::note_ignored(bundle, others, "raw data, results nor samples of the LightCycler 480", sink);
    }
};

}  // namespace microchim::lightcycler480

MICROCHIM_READER(microchim::lightcycler480::LightCycler480);
