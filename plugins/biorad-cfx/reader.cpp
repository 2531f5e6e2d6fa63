// Bio-Rad CFX Manager and CFX Maestro, real-time PCR: what "Export All Data Sheets" and the custom export write, as
// text or as workbooks, all of it or any part of it.
//
//   ,Well,Fluor,Target,Content,Sample,Biological Set Name,Cq,Cq Mean,Cq Std. Dev,Starting Quantity (SQ),...
//   ,A01,FAM,SRY,Unkn-1,day 7,,27.35,27.41,0.085,NaN,...
#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "join.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "report.hpp"

namespace microchim::cfx {

using reader::Bundle;

struct Cfx {
    static constexpr const char* id = "biorad-cfx";
    static constexpr const char* name = "Bio-Rad CFX Manager and CFX Maestro";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        std::size_t tables = 0;
        bool sure = false;
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (const auto found = kind_of(bundle.name(i), bundle.bytes(i)); found && !found->early)
                ++tables, sure = sure || found->sure;
        if (tables == 0) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "",
                  std::to_string(tables) + (tables > 1 ? " tables" : " table") + " of CFX Manager or CFX Maestro");
        return sure ? MICROCHIM_YES : MICROCHIM_MAYBE;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        std::vector<std::size_t> others;
        std::vector<std::pair<std::size_t, Found>> entries;
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            if (const auto found = kind_of(bundle.name(i), bundle.bytes(i))) entries.emplace_back(i, *found);
            else others.push_back(i);
        }
        if (entries.empty())
            throw FormatError(std::string(bundle.name(0)), "not a table of CFX Manager or CFX Maestro");
        std::deque<File> files(entries.size());
        bundle.each(entries.size(), [&](std::size_t i) {
            const auto& [entry, found] = entries[i];
            files[i] = read_file(entry, bundle.name(entry), bundle.bytes(entry), found);
        });
        Join join(files);
        const bool wells =
            std::any_of(join.runs().begin(), join.runs().end(), [](const Run& run) { return !run.wells.empty(); });
        if (!wells)
            throw FormatError(files.front().path,
                              "this says nothing about wells; in CFX Maestro choose Export > Export All Data Sheets, "
                              "and give the folder with what it writes");
        for (auto& run : join.runs()) report(run, sink);
        others.insert(others.end(), join.left_over().begin(), join.left_over().end());
        reader::note_ignored(bundle, others, "tables of CFX Manager nor of CFX Maestro of a run that is here", sink);
    }
};

}  // namespace microchim::cfx

MICROCHIM_READER(microchim::cfx::Cfx);
