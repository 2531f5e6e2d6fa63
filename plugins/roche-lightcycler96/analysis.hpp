// What the program computed and what the user set, of each curve. Programs and users speak of a curve as a "graph".
//
//   calculated_data.xml  <react id="1"><factGraph id="3b1e..." targetId="FAM@SRY"><call>Positive</call><normFlour>...
//                        <absQuantDataSource><graphId>3b1e...</graphId><call>Positive</call><cq>15.1</cq>
//                          <standard>20</standard><failureType>None</failureType><concentration>18.2</concentration>...
//                        <absQuantGeneSettings><id>..</id><efficiency>1.95</efficiency><slope>..</slope>...
//   app_data.xml         <react id="1"><factGraph id="3b1e..." geneConcentration="20" isExcluded="false"/>
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "files.hpp"

namespace microchim::lightcycler96 {

/// A curve by the ids of its run, react and target.
using Place = std::tuple<std::string, std::string, std::string>;

struct Graph {
    Node calculated, application, quantified, excluded;  ///< null where nothing is said
    std::string gene;                                    ///< id of the line of its standards
    std::vector<Node> statistics, melting;
};

struct Gene {
    std::string name;
    Node settings;
    double efficiency = reader::not_stated;  ///< as a base
};

struct Analysis {
    std::unique_ptr<Document> calculated, application, module;
    std::map<Place, Graph> graphs;
    std::map<std::string, Place> places;  ///< by the graph's id
    std::map<std::string, Gene> genes;
    std::vector<std::string> ignored;  ///< analyses that were not read
};

namespace detail {

/// Calls use(node) for every element of that name below `parent`, at whatever depth.
template <class Use>
void each_below(Node parent, std::string_view name, Use use, int depth = 0) {
    if (depth > 20) return;
    xml::each(parent, {}, [&](Node node) {
        if (xml::local_name(node) == name) use(node);
        else each_below(node, name, use, depth + 1);
    });
}

template <class Use>
void each_graph(const Document& document, Use use) {
    xml::each(document.root(), "experiment", [&](Node experiment) {
        xml::each(experiment, "run", [&](Node run) {
            xml::each(run, "react", [&](Node react) {
                xml::each(react, "factGraph", [&](Node graph) {
                    use(Place{xml::attribute(run, "id"), xml::attribute(react, "id"),
                              xml::attribute(graph, "targetId")},
                        graph);
                });
            });
        });
    });
}

inline Graph* graph_of(Analysis& analysis, const std::string& id) {
    const auto place = analysis.places.find(id);
    return place == analysis.places.end() ? nullptr : &analysis.graphs[place->second];
}

/// The lines of the standards, and which curves lie on them.
inline void read_genes(Analysis& analysis, Node model) {
    each_below(model, "absQuantGeneSettings", [&](Node settings) {
        const auto id = xml::text(settings, "id");
        auto& gene = analysis.genes[id];
        gene.settings = settings;
        gene.efficiency =
            analysis.calculated->number<double>(xml::child(settings, "efficiency")).value_or(reader::not_stated);
        each_below(settings, "guid", [&](Node guid) {
            if (auto* graph = graph_of(analysis, xml::text(guid))) graph->gene = id;
        });
    });
}

inline void read_calculated(Analysis& analysis) {
    const auto& document = *analysis.calculated;
    each_graph(document, [&](const Place& place, Node node) {
        analysis.graphs[place].calculated = node;
        analysis.places.emplace(xml::attribute(node, "id"), place);
    });
    std::size_t quantifications = 0;
    each_below(document.root(), "analysisInstance", [&](Node instance) {
        bool known = false;
        each_below(instance, "absQuantDataModel", [&](Node model) {
            if (++quantifications > 1)
                return;  // a second one of the same curves; the first is what the user sees first
            known = true;
            each_below(model, "absQuantDataSource", [&](Node source) {
                if (auto* graph = graph_of(analysis, xml::text(source, "graphId"))) graph->quantified = source;
            });
            read_genes(analysis, model);
            each_below(model, "absQuantStatisticalRow", [&](Node row) {
                each_below(row, "guid", [&](Node guid) {
                    if (auto* graph = graph_of(analysis, xml::text(guid))) graph->statistics.push_back(row);
                });
            });
        });
        each_below(instance, "tmCallingDataSource", [&](Node source) {
            known = true;
            auto id = xml::attribute(source, "id");
            if (id.empty()) id = xml::text(source, "graphId");
            if (auto* graph = graph_of(analysis, id)) graph->melting.push_back(source);
        });
        if (!known) analysis.ignored.push_back(xml::attribute(instance, "id"));
    });
}

/// Names of genes and of analyses, and what was excluded from the quantification.
inline void read_module(Analysis& analysis) {
    bool first = true;
    each_below(analysis.module->root(), "absQuantDataModel", [&](Node model) {
        if (!std::exchange(first, false)) return;
        each_below(model, "absQuantGeneSettings", [&](Node settings) {
            if (const auto gene = analysis.genes.find(xml::text(settings, "id")); gene != analysis.genes.end())
                gene->second.name = xml::text(settings, "geneName");
        });
        each_below(model, "absQuantDataSource", [&](Node source) {
            if (xml::text(source, "excluded") != "true") return;
            if (auto* graph = graph_of(analysis, xml::text(source, "graphId"))) graph->excluded = source;
        });
    });
    each_below(analysis.module->root(), "analysisInstance", [&](Node instance) {
        for (auto& id : analysis.ignored)
            if (id == xml::attribute(instance, "id")) id = "'" + xml::attribute(instance, "name") + "'";
    });
}

}  // namespace detail

inline Analysis read_analysis(const Bundle& bundle, const Experiment& experiment) {
    Analysis analysis{experiment.open(bundle, Kind::calculated),
                      experiment.open(bundle, Kind::application),
                      experiment.open(bundle, Kind::module),
                      {},
                      {},
                      {},
                      {}};
    if (analysis.calculated) detail::read_calculated(analysis);
    if (analysis.application)
        detail::each_graph(*analysis.application, [&](const Place& place, Node node) {
            analysis.graphs[place].application = node;
            analysis.places.emplace(xml::attribute(node, "id"), place);
        });
    if (analysis.module) detail::read_module(analysis);
    return analysis;
}

}  // namespace microchim::lightcycler96
