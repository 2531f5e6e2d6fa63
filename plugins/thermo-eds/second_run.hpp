// A run of the second generation, from its JSON.
#pragma once

#include <memory>
#include <string>

#include "container.hpp"
#include "first.hpp"
#include "run.hpp"
#include "second.hpp"

namespace microchim::eds {

namespace detail {

inline void take_results(Run& run, const std::shared_ptr<Json>& document, const At& results) {
    results["wellResults"].each([&](const At& node) {
        const auto well = run.plate.name(node["wellIndex"].whole(), node["wellIndex"].where);
        node["reactionResults"].each([&](const At& one) {
            const auto target = one["targetName"].text();
            auto* known = run.reactions.find(well, target);
            auto& reaction = known ? *known : run.reactions.at(well, target);
            if (reaction.sample.empty()) reaction.sample = node["sampleName"].text();
            apply(one, run.plate.passive, reaction);
            run.analysed = run.analysed || one["amplificationResult"].stated();
            run.later.emplace_back([document, one, well, target](const Sink& sink) {
                report_melting(one, well, target, sink);
                const auto label = " [" + target + "]";
                keep_members(
                    one["amplificationResult"],
                    {"rn", "deltaRn", "cq", "ctThreshold", "ctBaselineStart", "ctBaselineEnd", "ampStatus", "flags"},
                    "", label, well, sink);
                keep_members(one["meltResult"], {"rn", "rnTemperatures"}, "melt ", label, well, sink);
                keep_members(one, {"targetName"}, "", label, well, sink);
            });
        });
    });
    run.later.emplace_back([document, results](const Sink& sink) {
        results["replicateGroupResults"].each([&](const At& group) {
            keep_members(group, {"sampleName", "targetName"}, "replicates ",
                         " [" + group["sampleName"].text() + ", " + group["targetName"].text() + "]", "", sink);
        });
    });
}

}  // namespace detail

inline Run read_second(const Bundle& bundle, const Container& container) {
    Run run;
    std::vector<std::shared_ptr<Json>> documents;
    const auto open = [&](const char* name) -> At {
        static const Json null;
        const auto* entry = container.find(name);
        if (!entry) return {&null, ""};
        const std::string file(bundle.name(*entry));
        documents.push_back(std::make_shared<Json>(parse_json(file, bundle.bytes(*entry))));
        return {documents.back().get(), file + ", "};
    };
    if (const auto* manifest = container.find("manifest.mf"))
        read_manifest(reader::utf8(bundle.bytes(*manifest)), run.facts);
    read_summary(open("summary.json"), run.facts);
    read_run_summary(open("run/run_summary.json"), run.facts);
    read_method(open("setup/run_method.json"), run.facts);
    const auto setup = open("setup/plate_setup.json");
    if (!setup.stated())
        throw FormatError(container.root + "setup/",
                          "there is no plate_setup.json; give the whole .eds, not parts of it");
    run.plate = read_plate_json(setup);
    set_up(run);
    if (const auto data = open("primary/multicomponent_data.json"); data.stated())
        run.dyes = read_dyes_json(data, run.plate);
    if (const auto filters = open("run/filter_data.json"); filters.stated()) run.exposures = read_filters_json(filters);
    if (const auto results = open("primary/analysis_result.json"); results.stated())
        detail::take_results(run, documents.back(), results);
    if (run.dyes.wells.empty() && !run.analysed)
        detail::refuse_empty(run.plate.file, run.facts, detail::has_raw_data(container));
    if (const auto curves = open("extensions/am.sc/standard_curve_result.json"); curves.stated()) {
        const auto document = documents.back();
        apply_standard_curves(curves, run.plate, run.reactions);
        run.later.emplace_back([document, curves](const Sink& sink) { keep_standard_curves(curves, sink); });
    }
    run.later.emplace_back(
        [passive = run.plate.passive](const Sink& sink) { keep(sink, "", "passive reference", passive); });
    return run;
}

}  // namespace microchim::eds
