// One curve: what RDML says of it, and what the program made of it.
#pragma once

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "../rdml/curve.hpp"
#include "analysis.hpp"
#include "microchim/numbers.hpp"
#include "microchim/reactions.hpp"

namespace microchim::lightcycler96 {

using rdml::Content;
using reader::Reaction;

/// The gene of a target without name is a random key: "FAM@0a1b2c3d-...".
inline bool has_gene(const Content& content, const std::string& id) {
    const auto target = content.targets.find(id);
    if (target == content.targets.end()) return true;
    const auto& dye = target->second.dye;
    return target->second.name != id || dye.empty() || !id.starts_with(dye + "@");
}

namespace detail {

/// Which of two places says it first.
inline std::string said(Node first, Node second, const char* name) {
    const auto own = xml::text(first, name);
    return own.empty() ? xml::text(second, name) : own;
}

inline void take_verdict(const Analysis& analysis, const Graph& graph, Reaction& reaction) {
    const auto call = said(graph.quantified, graph.calculated, "call");
    const auto failure = xml::text(graph.quantified, "failureType");
    if (graph.quantified) {
        const auto cq = analysis.calculated->number<double>(xml::child(graph.quantified, "cq")).value_or(0);
        reaction.cq = cq > 0 ? cq : reader::not_stated;
    }
    if (call == "Positive") reaction.amplified = 1;
    if (call == "Negative") reaction.amplified = 0, reaction.cq = reader::not_stated;
    reaction.status = call;
    if (!failure.empty() && failure != "None") reaction.status += (call.empty() ? "" : ", ") + failure;
}

inline void take_quantity(const Analysis& analysis, const Graph& graph, Reaction& reaction) {
    if (reaction.type == MICROCHIM_STD) {
        auto known = graph.quantified
                         ? analysis.calculated->number<double>(xml::child(graph.quantified, "standard")).value_or(0)
                         : 0;
        if (known <= 0 && graph.application) {
            const auto text = xml::attribute(graph.application, "geneConcentration");
            reader::Numbers plain;
            plain.decimal_comma(false);
            known = plain.parse(text).value_or(0);
        }
        if (known > 0) reaction.quantity = known;
    } else if (graph.quantified) {
        const auto computed =
            analysis.calculated->number<double>(xml::child(graph.quantified, "concentration")).value_or(0);
        if (computed > 0) reaction.quantity = computed;
    }
}

/// The program's own curve, background subtracted and normalised.
inline void take_curve(const Analysis& analysis, const Graph& graph, Reaction& reaction) {
    const auto& document = *analysis.calculated;
    xml::each(graph.calculated, "normFlour", [&](Node point) {
        const auto cycle = document.number<std::int64_t>(xml::child(point, "cyc")).value_or(0);
        const auto value = document.number<double>(xml::child(point, "fluor")).value_or(reader::not_stated);
        Reaction::set(reaction.baselined, cycle, static_cast<float>(value), document.where(point, "<normFlour>"));
    });
}

}  // namespace detail

/// Adds what the program computed.
inline void complete(const Analysis& analysis, const Graph& graph, const std::map<std::string, double>& efficiencies,
                     Reaction& reaction) {
    detail::take_verdict(analysis, graph, reaction);
    detail::take_quantity(analysis, graph, reaction);
    if (graph.calculated) detail::take_curve(analysis, graph, reaction);
    const bool excluded = graph.excluded || xml::attribute(graph.application, "isExcluded") == "true";
    reaction.excluded = reaction.excluded || excluded;
    if (const auto found = efficiencies.find(reaction.target);
        found != efficiencies.end() && std::isnan(reaction.efficiency))
        reaction.efficiency = found->second;
}

/// The derivative of the melting curve.
inline void report_derivative(const Analysis& analysis, const Graph& graph, const Reaction& reaction,
                              const Sink& sink) {
    std::vector<float> at, values;
    xml::each(graph.calculated, "drvMel", [&](Node point) {
        const auto number = [&](const char* name) {
            return static_cast<float>(
                analysis.calculated->number<double>(xml::child(point, name)).value_or(reader::not_stated));
        };
        at.push_back(number("tmp"));
        values.push_back(number("fluordrv"));
    });
    if (!at.empty())
        sink.series({reader::text(reaction.well), reader::text(reaction.target), reader::text(""),
                     MICROCHIM_MELT_DERIVATIVE, at.size(), at.data(), values.data()});
}

/// All that has no field: parameters of the fitted curve, replicate statistics, melting temperatures.
inline void keep_graph(const Graph& graph, const Reaction& reaction, const Sink& sink) {
    const auto keep = [&](Node node, std::initializer_list<std::string_view> used, const char* prefix) {
        rdml::keep(rdml::kept(node, used), prefix, reaction.target, reaction.well, sink);
    };
    keep(graph.calculated, {"call", "normFlour", "drvMel"}, "");
    keep(graph.quantified,
         {"graphId", "call", std::isnan(reaction.cq) ? "" : "cq", "standard", "failureType", "epf", "slope",
          reaction.type == MICROCHIM_STD ? "" : "concentration"},
         "quantification ");
    for (const auto row : graph.statistics) keep(row, {"graphIds"}, "replicates ");
    for (const auto source : graph.melting) keep(source, {"id", "graphId"}, "melting ");
}

}  // namespace microchim::lightcycler96
