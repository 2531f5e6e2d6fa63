// Bio-Rad's real-time programs before CFX Manager 2: C1000 and CFX Manager 1, iQ5 and MyiQ, Opticon Monitor. One table
// of results is one run; curves are not in it.
//
//   C1000     <TAB>Well<TAB>Fluor<TAB>Content<TAB>Target<TAB>Sample<TAB>Threshold Cycle ( C(t) )<TAB>C(t) Mean...
//   iQ5       ,Well,Fluor,Type,Identifier,Replicate #,Threshold Cycle (Ct),Ct Mean,...
//   Opticon   Well / Set<TAB>Dye<TAB>Content<TAB>Description<TAB>Efficiency<TAB>C(t)<TAB>moles...
#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../biorad-shared/realtime_kept.hpp"
#include "file.hpp"
#include "microchim/exports.hpp"
#include "microchim/reactions.hpp"
#include "microchim/reader.hpp"

namespace microchim::legacy {
namespace {

using reader::Bundle;
using reader::Sink;

std::string run_name(std::string_view path) {
    path = path.substr(path.rfind('/') + 1);
    return std::string(path.substr(0, std::min(path.rfind('.'), path.size())));
}

void keep(const File& file, biorad::Kept& kept) {
    const biorad::RowColumns at(file.sheet->table);
    const auto taken = [&](std::size_t c) { return at.taken(c); };
    kept.table(*file.sheet, biorad::row_names(file.sheet->table.size(), file.rows), taken);
    kept.table(*file.sheet, file.sets, [&](std::size_t c) { return c == at.well; });
}

void add(const File& file, reader::Reactions& reactions, biorad::Kept& kept) {
    for (const auto& r : file.rows) {
        auto& to = reactions.at(r.well, r.target.value_or(""), r.fluor.value_or(""));
        to.sample = r.sample;
        if (r.content) to.type = r.content->type;
        if (r.content && !r.content->group.empty()) kept.add(r.well, "Replicate group", r.content->group);
        to.cq = r.cq;
        if (r.has_cq) to.amplified = !std::isnan(r.cq);
        to.quantity = r.quantity;
        if (!std::isnan(r.quantity)) to.unit = file.dialect.unit;
        to.efficiency = r.efficiency;
    }
}

/// Tables of one run; the one that says most comes first and counts, the others add attributes.
void report(const std::vector<const File*>& files, const Sink& sink) {
    std::vector<std::size_t> entries;
    for (const auto* file : files) entries.push_back(file->entry);
    const auto& first = *files.front();
    const auto id = run_name(first.path);
    microchim_run run{};
    run.id = reader::text(id);
    run.software = reader::text(first.dialect.software);
    run.entries = entries.data();
    run.entry_count = entries.size();
    sink.run(run);
    reader::Reactions reactions;
    biorad::Kept kept;
    kept.add({}, "dialect", first.dialect.name);
    add(first, reactions, kept);
    for (const auto* file : files) {
        keep(*file, kept);
        if (file != &first)
            sink.note(MICROCHIM_INFO, file->path,
                      "Says the same as " + first.path + "; they are one run, and each well is counted once.");
    }
    reactions.report(sink);
    kept.report(sink);
}

struct Legacy {
    static constexpr const char* id = "biorad-legacy";
    static constexpr const char* name = "Bio-Rad C1000, iQ5, MyiQ and Opticon";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        bool found = false, sure = false;
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (const auto kind = dialect(bundle.bytes(i))) {
                sink.note(MICROCHIM_INFO, "", std::string("a result table of ") + kind->name);
                found = true;
                // Beside curves of CFX Manager the table is part of that program's export, and its reader is sure.
                sure = sure || std::string_view(kind->software) != "CFX Manager";
            }
        return sure ? MICROCHIM_YES : found ? MICROCHIM_MAYBE : MICROCHIM_NO;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        std::vector<std::size_t> others;
        std::deque<File> files;
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            const auto kind = dialect(bundle.bytes(i));
            if (kind) files.push_back(read_file(i, bundle.name(i), bundle.bytes(i), *kind));
            else others.push_back(i);
        }
        if (files.empty())
            throw FormatError(std::string(bundle.name(0)), "not a result table of C1000, iQ5, MyiQ or Opticon");
        std::vector<const File*> widest_first;
        for (const auto& file : files) widest_first.push_back(&file);
        std::stable_sort(widest_first.begin(), widest_first.end(), [](const File* a, const File* b) {
            return a->sheet->table.header().size() > b->sheet->table.header().size();
        });
        std::vector<std::vector<const File*>> runs;
        for (const auto* file : widest_first) {
            const auto same = [&](const auto& run) { return same_run(*run.front(), *file); };
            const auto run = std::find_if(runs.begin(), runs.end(), same);
            if (run != runs.end()) run->push_back(file);
            else runs.push_back({file});
        }
        for (const auto& run : runs) report(run, sink);
        reader::note_ignored(bundle, others, "result tables of C1000, iQ5, MyiQ nor Opticon", sink);
    }
};

}  // namespace
}  // namespace microchim::legacy

MICROCHIM_READER(microchim::legacy::Legacy);
