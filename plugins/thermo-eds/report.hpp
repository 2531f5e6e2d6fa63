// Reports a run: what it is, its reactions, the signals of its dyes, and everything else.
#pragma once

#include <string>
#include <vector>

#include "container.hpp"
#include "curves.hpp"
#include "run.hpp"

namespace microchim::eds {

namespace detail {

inline void open_run(const Container& container, const Run& run, const Sink& sink) {
    std::vector<std::size_t> entries;
    for (const auto& [name, entry] : container.parts) entries.push_back(entry);
    std::sort(entries.begin(), entries.end());
    const auto& facts = run.facts;
    microchim_run fact{};
    fact.id = reader::text(facts.id);
    fact.plate = reader::text(facts.plate);
    fact.instrument = reader::text(facts.instrument);
    fact.serial_number = reader::text(facts.serial_number);
    fact.software = reader::text(facts.software);
    fact.software_version = reader::text(facts.version);
    fact.started = reader::text(facts.started);
    fact.rows = run.plate.rows;
    fact.columns = run.plate.columns;
    fact.entries = entries.data();
    fact.entry_count = entries.size();
    sink.run(fact);
    for (const auto& [key, value] : facts.attributes) sink.attribute("", key, value);
}

/// Curves that come from the dyes.
struct Filled {
    std::size_t divided = 0, raw = 0;
    std::size_t all() const { return divided + raw; }
};

/// Reactions whose curve no result holds get it from the dyes. How many did.
inline Filled fill_curves(Run& run, const std::vector<std::size_t>& points) {
    Filled filled;
    for (const auto& [index, well] : run.plate.wells)
        for (const auto& assay : well.assays) {
            auto& reaction = run.reactions.at(run.plate.name(index, run.plate.file), assay.target);
            if (!reaction.fluorescence.empty() || !reaction.baselined.empty()) continue;
            fill_curve(run.dyes, points, index, run.plate.passive, reaction);
            if (reaction.fluorescence.empty()) continue;
            ++(reaction.signal == MICROCHIM_NORMALISED ? filled.divided : filled.raw);
        }
    return filled;
}

inline void note_curves(const Run& run, const Filled& filled, const Sink& sink) {
    if (filled.all() == 0) return;
    std::string how;
    if (filled.divided > 0) how = "reporter divided by " + run.plate.passive + ", as the instrument's program does";
    if (filled.raw > 0)
        how += std::string(how.empty() ? "" : "; ") + "the signal of the reporter alone, where " +
               (run.plate.passive.empty() ? "no passive reference is set" : run.plate.passive + " was not read");
    sink.note(run.analysed ? MICROCHIM_INFO : MICROCHIM_WARNING, "",
              run.analysed ? std::to_string(filled.all()) + " reactions have no result in the file; their curves are " +
                                 how + "."
                           : "The file holds no results, so there is no Cq: either the run was not analysed, or its "
                             "program computes them anew each time. The curves are " +
                                 how + ". For the program's Cq, export the results there.");
}

}  // namespace detail

inline void report(const Container& container, Run& run, const Sink& sink) {
    detail::open_run(container, run, sink);
    if (run.selection.melt_stage == 0) run.selection.melt_stage = melt_stage(run.dyes);
    const auto points = amplification(run.dyes, run.selection);
    const auto filled = detail::fill_curves(run, points);
    run.reactions.report(sink);
    for (const auto& [index, well] : run.plate.wells) {
        const auto name = run.plate.name(index, run.plate.file);
        if (well.assays.empty() && !well.sample.empty())
            sink.react({reader::text(name), reader::text(well.sample), MICROCHIM_UNKN, reader::not_stated,
                        reader::not_stated});
        if (!well.assays.empty() && run.facts.volume > 0)
            sink.react({reader::text(name), reader::text(""), MICROCHIM_UNKN, reader::not_stated, run.facts.volume});
        report_dyes(run.dyes, points, run.selection, index, name, sink);
    }
    // Wells that nobody set up are left alone, unless nothing was set up at all.
    if (run.plate.wells.empty())
        for (const auto& [index, signals] : run.dyes.wells)
            report_dyes(run.dyes, points, run.selection, index, run.plate.name(index, run.plate.file), sink);
    if (!points.empty()) report_filters(run.exposures, run.dyes.points[points.front()], run.plate, sink);
    for (const auto& tell : run.later) tell(sink);
    detail::note_curves(run, filled, sink);
    if (!run.facts.state.empty() && run.facts.state != "COMPLETE" && run.facts.state != "COMPLETED")
        sink.note(MICROCHIM_WARNING, "",
                  "The run is not complete: its state is " + reader::detail::quoted(run.facts.state) + ".");
}

}  // namespace microchim::eds
