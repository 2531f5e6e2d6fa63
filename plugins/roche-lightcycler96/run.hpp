// The runs of one experiment, reaction by reaction.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "../rdml/plate.hpp"
#include "../rdml/summary.hpp"
#include "analysis.hpp"
#include "curves.hpp"

namespace microchim::lightcycler96 {

/// One experiment, opened.
struct Source {
    const Bundle& bundle;
    const Experiment& experiment;
    const Document& document;
    const Analysis& analysis;
    const Document* instrument;  ///< null: not there
};

namespace detail {

/// The program writes "LightCycler&amp;#174; 96".
inline std::string software_name(std::string name) {
    if (const auto at = name.find("&#174;"); at != name.npos) name.replace(at, 6, "\xC2\xAE");
    return name;
}

inline void open_run(const Source& source, const Content& content, Node run, const rdml::Plate& plate,
                     const Sink& sink) {
    const auto software = xml::child(run, "dataCollectionSoftware");
    const auto id = xml::attribute(run, "id"), name = software_name(xml::text(software, "name"));
    const auto version = xml::text(software, "version"), started = xml::text(run, "runDate");
    const auto instrument = xml::text(run, "instrument");
    microchim_run fact{};
    fact.id = reader::text(id);
    fact.instrument = reader::text(instrument);
    fact.software = reader::text(name);
    fact.software_version = reader::text(version);
    fact.started = reader::text(started);
    fact.rows = plate.format.rows;
    fact.columns = plate.format.columns;
    fact.entries = source.experiment.all.data();
    fact.entry_count = source.experiment.all.size();
    sink.run(fact);
    sink.attribute("", "dialect", "LightCycler 96, RDML " + content.version);
}

/// By name of the target. The lines of the standards are by gene, and a gene's curves tell its target.
inline std::map<std::string, double> efficiencies(const Content& content, const Analysis& analysis) {
    std::map<std::string, double> all;
    const auto set = [&](const std::string& target, double value) {
        if (value >= 1) all.emplace(target, value);
    };
    for (const auto& [id, gene] : analysis.genes)
        if (!gene.name.empty()) set(gene.name, gene.efficiency);
    for (const auto& [place, graph] : analysis.graphs)
        if (const auto gene = analysis.genes.find(graph.gene); gene != analysis.genes.end()) {
            const auto target = content.targets.find(std::get<2>(place));
            set(target == content.targets.end() ? std::get<2>(place) : target->second.name, gene->second.efficiency);
        }
    return all;
}

/// What holds for the whole experiment.
inline void keep_experiment(const Source& source, const Sink& sink) {
    const auto& analysis = source.analysis;
    if (analysis.application)
        sink.attribute("", "softwareVersion", xml::attribute(analysis.application->root(), "softwareVersion"));
    for (const auto& [id, gene] : analysis.genes)
        rdml::keep(rdml::kept(gene.settings, {"id", "standardPoints", "trendLinePoints"}), "standard curve ",
                   gene.name.empty() ? id : gene.name, "", sink);
    if (source.instrument) rdml::keep(rdml::kept(source.instrument->root(), {}), "instrument ", "", "", sink);
    std::string names;
    for (const auto& name : analysis.ignored) names += (names.empty() ? "" : ", ") + name;
    if (!names.empty())
        sink.note(MICROCHIM_INFO, "",
                  "Analyses that were not read: " + names +
                      ". The first absolute quantification, calls and melting curves were.");
}

/// The sample volume of the experiment, in every well.
inline double volume(const Source& source) {
    double found = reader::not_stated;
    if (!source.instrument) return found;
    reader::Numbers plain;
    plain.decimal_comma(false);
    xml::each(source.instrument->root(), "experiment", [&](Node experiment) {
        const auto value = plain.parse(xml::attribute(experiment, "sampleVolume")).value_or(0);
        if (value > 0) found = value;
    });
    return found;
}

/// A channel that nobody used, as the signal of its dye.
inline void report_channel(const Reaction& reaction, const Sink& sink) {
    std::vector<float> cycles;
    for (std::size_t i = 0; i < reaction.fluorescence.size(); ++i) cycles.push_back(static_cast<float>(i + 1));
    if (!cycles.empty())
        sink.series({reader::text(reaction.well), reader::text(""), reader::text(reaction.dye), MICROCHIM_DYE,
                     cycles.size(), cycles.data(), reaction.fluorescence.data()});
}

}  // namespace detail

inline void read_run(const Source& source, const Content& content, const rdml::Kept& about,
                     const std::string& experiment, Node run, const Sink& sink) {
    const auto& analysis = source.analysis;
    auto plate = rdml::read_plate(source.document, run);
    detail::open_run(source, content, run, plate, sink);
    rdml::report_attributes(content, experiment, about, run, plate, sink);
    detail::keep_experiment(source, sink);
    const auto rules = rdml::read_rules(content, run);
    const auto efficiencies = detail::efficiencies(content, analysis);
    const auto volume = detail::volume(source);
    bool any_gene = false;
    for (const auto& react : plate.reactions)
        for (const auto& id : react.targets) any_gene = any_gene || has_gene(content, id);
    rdml::Summary summary;
    for (const auto& react : plate.reactions) {
        const auto sample = content.samples.find(xml::attribute(xml::child(react.node, "sample"), "id"));
        rdml::report_reaction(content, plate, react, sink);
        if (volume > 0)
            sink.react({reader::text(react.well), reader::text(""), MICROCHIM_UNKN, reader::not_stated, volume});
        std::set<double> standards;
        xml::each(react.node, "data", [&](Node data) {
            const auto id = xml::attribute(xml::child(data, "tar"), "id");
            const auto found = analysis.graphs.find({xml::attribute(run, "id"), react.id, id});
            const auto graph = found == analysis.graphs.end() ? Graph{} : found->second;
            auto one = rdml::read_reaction(content, data, react.well,
                                           sample == content.samples.end() ? nullptr : &sample->second, rules);
            complete(analysis, graph, efficiencies, one);
            if (!has_gene(content, id)) {
                const bool used = !any_gene || !std::isnan(one.cq) || one.amplified == 1;
                if (!used) return detail::report_channel(one, sink);
                one.target = one.dye;
            }
            rdml::report_data(content, data, one, sink);
            if (one.type == MICROCHIM_STD && !std::isnan(one.quantity)) standards.insert(one.quantity);
            report_derivative(analysis, graph, one, sink);
            keep_graph(graph, one, sink);
            if (one.excluded) summary.exclude(react, one.target, xml::child(data, "excl"));
            sink.attribute(react.well, "condition", xml::text(graph.application.parent(), "condition"));
        });
        if (standards.size() == 1)
            sink.react(
                {reader::text(react.well), reader::text(""), MICROCHIM_UNKN, *standards.begin(), reader::not_stated});
    }
    summary.report(plate, run, false, sink);
}

inline void read_runs(const Source& source, const Sink& sink) {
    const auto content = rdml::read_content(source.document);
    bool any = false;
    xml::each(source.document.root(), "experiment", [&](Node experiment) {
        const auto about = rdml::kept(experiment, {"run"});
        xml::each(experiment, "run", [&](Node run) {
            if (!xml::child(run, "react")) return;
            read_run(source, content, about, xml::attribute(experiment, "id"), run, sink);
            any = true;
        });
    });
    if (!any)
        throw FormatError(source.document.name(),
                          "there is no run with a reaction in it: the experiment was not run yet; give the file that "
                          "was saved after the run");
}

}  // namespace microchim::lightcycler96
