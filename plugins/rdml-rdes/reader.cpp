// RDES, the RDML consortium's spreadsheet format for real-time PCR: a table of amplification curves, a table of melting
// curves, or both of one run.
//
//   Well  Sample  Sample Type  Target  Target Type  Dye   Cq     1      2      3
//   A1    day 7   unkn         SRY     toi          FAM   27.35  668.4  644.8  659.7
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "join.hpp"
#include "microchim/exports.hpp"
#include "microchim/reactions.hpp"
#include "microchim/reader.hpp"
#include "table.hpp"

namespace microchim::rdes {
namespace {

using reader::Bundle;
using reader::Sink;

std::string run_name(std::string_view path) {
    path = path.substr(path.rfind('/') + 1);
    return std::string(path.substr(0, std::min(path.rfind('.'), path.size())));
}

/// "Target type [SRY]" of the run, and what the standard does not know.
void keep(const File& file, const Sink& sink) {
    std::vector<reader::RowName> names(file.table->size());
    std::map<std::string, std::string> types, positions;
    for (const auto& r : file.rows) {
        names[r.row] = {r.well, r.target};
        if (!r.target_type.empty()) types.try_emplace(r.target, r.target_type);
        if (!r.position.empty()) positions.try_emplace(r.well, r.position);
        if (!r.tm.empty()) sink.attribute(r.well, "Tm [" + r.target + "]", r.tm);
    }
    for (const auto& [target, type] : types) sink.attribute("", "Target Type [" + target + "]", type);
    for (const auto& [well, position] : positions) sink.attribute(well, "position", position);
    reader::keep_unused(
        *file.table, names, [&](std::size_t c) { return file.taken[c]; }, sink);
}

void add(const File& file, reader::Reactions& reactions) {
    for (const auto& r : file.rows) {
        auto& to = reactions.at(r.well, r.target, r.dye);
        to.sample = r.sample;
        to.type = r.type;
        if (file.kind == Kind::melt) continue;
        to.cq = r.cq;
        to.amplified = r.amplified;
        to.fluorescence = r.values;
    }
}

void report(const Run& run, const Sink& sink) {
    std::vector<std::size_t> entries;
    reader::Reactions reactions;
    for (const auto* file : {run.amplification, run.melt})
        if (file) entries.push_back(file->entry), add(*file, reactions);
    const auto id = run_name(run.first().path);
    microchim_run fact{};
    fact.id = reader::text(id);
    fact.entries = entries.data();
    fact.entry_count = entries.size();
    sink.run(fact);
    sink.attribute("", "dialect", "RDES");
    reactions.report(sink);
    if (run.melt)
        for (const auto& r : run.melt->rows)
            sink.series({reader::text(r.well), reader::text(r.target), reader::text(r.dye), MICROCHIM_MELT,
                         r.values.size(), run.melt->temperatures.data(), r.values.data()});
    if (run.amplification) keep(*run.amplification, sink);
    if (run.melt) keep(*run.melt, sink);
}

struct Rdes {
    static constexpr const char* id = "rdml-rdes";
    static constexpr const char* name = "RDES, tables of the RDML consortium";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (kind_of(bundle.bytes(i))) {
                sink.note(MICROCHIM_INFO, "", "the columns are those of RDES");
                return MICROCHIM_YES;
            }
        return MICROCHIM_NO;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        std::vector<std::size_t> others;
        std::deque<File> files;
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            const auto kind = kind_of(bundle.bytes(i));
            if (kind) files.push_back(Reading(i, bundle.name(i), bundle.bytes(i), *kind).read());
            else others.push_back(i);
        }
        if (files.empty()) throw FormatError(std::string(bundle.name(0)), "not a table in RDES format");
        for (const auto& run : join(files)) report(run, sink);
        reader::note_ignored(bundle, others, "tables in RDES format", sink);
    }
};

}  // namespace
}  // namespace microchim::rdes

MICROCHIM_READER(microchim::rdes::Rdes);
