// The first generation, in XML and text (Specification-Version 1).
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "container.hpp"
#include "curves.hpp"
#include "dyes_read.hpp"
#include "facts.hpp"
#include "plate_xml.hpp"
#include "protocol.hpp"
#include "results.hpp"
#include "run.hpp"

namespace microchim::eds {

namespace detail {

/// Nothing was measured: a template, or a run that waits.
[[noreturn]] inline void refuse_empty(const std::string& name, const Facts& facts, bool raw) {
    if (raw)
        throw FormatError(name, "the run " + reader::detail::quoted(facts.id) +
                                    " was not analysed, and its signals were not yet separated into dyes; open it in "
                                    "the instrument's program, analyse it, save it, and give that file");
    throw FormatError(name,
                      "this is a template, or a run that was not started: a set-up without any measured data; "
                      "give the .eds file that was saved after the run");
}

inline bool has_raw_data(const Container& container) {
    for (const auto& [name, entry] : container.parts)
        if (name.ends_with(".quant") || name.find("filterdata") != name.npos || name.find("/images/") != name.npos ||
            name.find("filter_data") != name.npos)
            return true;
    return false;
}

/// Reads meltcuve_result.txt, as the program misspells it.
inline void report_melting(const Results& results, const Plate& plate, const Sink& sink) {
    for (const auto& result : results.all) {
        const auto well = plate.name(static_cast<std::int64_t>(number_in(results.cell(result, "well"), results.file)),
                                     results.where(result, "Well"));
        const auto target = results.target(result);
        const auto report = [&](std::int32_t kind, const char* at, const char* what) {
            const auto x = series(results, result, at), y = series(results, result, what);
            if (!x.empty() && x.size() == y.size())
                sink.series(
                    {reader::text(well), reader::text(target), reader::text(""), kind, x.size(), x.data(), y.data()});
        };
        report(MICROCHIM_MELT, "Sample Temperatures", "Rn values");
        report(MICROCHIM_MELT_DERIVATIVE, "Delta Rn Sample Temperatures", "Delta Rn values");
        report(MICROCHIM_MELT_DERIVATIVE, "Delta Rn Sample Temperatures", "Derivative values");
        if (const auto tm = results.cell(result, "tm"); !tm.empty()) sink.attribute(well, "Tm [" + target + "]", tm);
    }
}

inline void take_results(Run& run, const Protocol& protocol, const Document* settings,
                         const std::shared_ptr<Results>& results) {
    for (const auto& result : results->all) {
        const auto index = static_cast<std::int64_t>(number_in(results->cell(result, "well"), results->file));
        const auto well = run.plate.name(index, results->where(result, "Well"));
        const auto target = results->target(result);
        auto* known = run.reactions.find(well, target);
        auto& reaction = known ? *known : run.reactions.at(well, target);
        if (!reaction.fluorescence.empty() || !std::isnan(reaction.cq))
            throw FormatError(results->where(result, "Well"),
                              well + " has results of the target " + reader::detail::quoted(target) + " twice");
        if (reaction.sample.empty()) reaction.sample = results->cell(result, "samplename");
        apply(*results, result, run.facts.cycles, !run.plate.passive.empty(), reaction);
        if (settings) apply(*settings, protocol, index, reaction);
        run.later.emplace_back(
            [results, result, well, target](const Sink& sink) { keep_result(*results, result, well, target, sink); });
    }
    run.later.emplace_back([results](const Sink& sink) { keep(sink, "", "session", results->session); });
}

}  // namespace detail

inline Run read_first(const Bundle& bundle, const Container& container) {
    Run run;
    const auto open = [&](const char* name) -> std::shared_ptr<Document> {
        const auto* entry = container.find(name);
        return entry ? std::make_shared<Document>(std::string(bundle.name(*entry)), bundle.bytes(*entry)) : nullptr;
    };
    const auto text = [&](const char* name) {
        const auto* entry = container.find(name);
        return std::pair{entry ? std::string(bundle.name(*entry)) : "",
                         entry ? reader::utf8(bundle.bytes(*entry)) : std::string()};
    };
    read_manifest(text("manifest.mf").second, run.facts);
    if (const auto experiment = open("experiment.xml")) read_experiment(*experiment, run.facts);
    if (const auto program = open("tcprotocol.xml")) read_program(*program, run.facts);
    const auto setup = open("plate_setup.xml");
    if (!setup)
        throw FormatError(container.root + std::string(first_generation),
                          "there is no plate_setup.xml; give the whole .eds, not parts of it");
    run.plate = read_plate(*setup);
    run.facts.plate = xml::text(setup->root(), "BarCode");
    set_up(run);

    Protocol protocol;
    const auto settings = open("analysis_protocol.xml");
    if (settings) protocol = read_protocol(*settings);
    run.selection = protocol.selection;
    if (const auto filters = open("filterdata.xml")) run.exposures = read_filters_xml(*filters);
    if (const auto dyes = open("multicomponentdata.xml")) run.dyes = read_dyes_xml(*dyes, run.plate);
    else if (const auto [name, content] = text("multicomponent_data.txt"); !name.empty())
        run.dyes = read_dyes_text(name, content, run.plate);
    if (container.find("multicomponent_data.txt") && run.facts.cycles > 0)  // what follows is no cycle
        for (auto& point : run.dyes.points)
            if (point.cycle > run.facts.cycles) point.stage = 2;

    if (auto [name, content] = text("analysis_result.txt"); !name.empty()) {
        const auto results = std::make_shared<Results>(read_results(name, content));
        run.analysed = results->has_targets() && !results->all.empty();
        if (results->has_targets()) detail::take_results(run, protocol, settings.get(), results);
        else
            run.later.emplace_back([file = results->file](const Sink& sink) {
                sink.note(MICROCHIM_WARNING, file,
                          "has no column 'Detector', and was not read: results of a genotyping?");
            });
    }
    if (run.dyes.wells.empty() && !run.analysed)
        detail::refuse_empty(run.plate.file, run.facts, detail::has_raw_data(container));
    if (!run.analysed && settings)
        for (const auto& [index, well] : run.plate.wells)
            for (const auto& assay : well.assays)
                apply(*settings, protocol, index,
                      run.reactions.at(run.plate.name(index, run.plate.file), assay.target));
    set_flags(run);
    run.later.emplace_back([setup, plate = run.plate](const Sink& sink) {
        if (keep_plate(*setup, plate, sink))
            sink.note(MICROCHIM_WARNING, "",
                      "The wells have markers of a genotyping; their alleles and calls are not read.");
    });
    run.later.emplace_back([settings, protocol](const Sink& sink) { keep_protocol(protocol, sink); });
    if (auto [name, content] = text("meltcuve_result.txt"); !name.empty()) {
        const auto melting = std::make_shared<Results>(read_results(name, content));
        run.later.emplace_back(
            [melting, plate = run.plate](const Sink& sink) { detail::report_melting(*melting, plate, sink); });
    }
    return run;
}

}  // namespace microchim::eds
