// A <data> of real-time PCR: one target in one reaction.
//
//   <data><tar id="SRY"/><cq>33.21</cq><adp><cyc>1</cyc><tmp>60</tmp><fluor>100.4</fluor></adp>...
//         <mdp><tmp>65</tmp><fluor>900.1</fluor></mdp>...<quantFluor>350</quantFluor></data>
//   <data>...<cq>40.0</cq><quantity><value>NaN</value><unit>cop</unit></quantity>...   StepOne: no Cq in 40 cycles
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "content.hpp"
#include "efficiency.hpp"
#include "keep.hpp"
#include "microchim/numbers.hpp"
#include "microchim/reactions.hpp"
#include "microchim/reader.hpp"
#include "microchim/xml.hpp"
#include "notes.hpp"
#include "plate.hpp"

namespace microchim::rdml {

/// What is the same for all curves of a run.
struct CurveRules {
    std::int32_t signal = MICROCHIM_RAW;
    std::set<std::string> searched;  ///< ids of targets whose Cq the software looked for in this run
};

/// A melting curve, in the order of the file.
struct Melting {
    std::vector<float> temperature, fluorescence;
};

namespace detail {

inline float fluorescence(const Document& document, Node point) {
    const auto value = document.number<double>(xml::child(point, "fluor"));
    return value ? static_cast<float>(*value) : std::numeric_limits<float>::quiet_NaN();
}

/// StepOne writes the number of cycles where there is no Cq, and NaN for the quantity. A real Cq is not exactly the
/// last cycle: it would have to cross the threshold there to all digits.
inline bool says_cycles(const Document& document, Node data, double cq, std::size_t cycles) {
    if (cq > reader::most_cq) return true;
    const auto quantity = xml::child(xml::child(data, "quantity"), "value");
    const bool no_quantity = quantity && !document.number<double>(quantity);
    if (cycles == 0) return no_quantity && cq == std::floor(cq);  // the file has no curve to count them
    if (cq < static_cast<double>(cycles)) return false;
    return cq == static_cast<double>(cycles) || no_quantity;
}

/// -1 is RDML's word for none; some leave the element out. Where a program looked for no Cq at all, it says nothing.
inline void read_cq(const Document& document, Node data, const CurveRules& rules, reader::Reaction& reaction,
                    const std::string& target) {
    const auto node = xml::child(data, "cq");
    const auto cq = document.number<double>(node);
    if (cq && *cq > 0 && !says_cycles(document, data, *cq, reaction.fluorescence.size()))
        reaction.cq = *cq, reaction.amplified = 1;
    else if (node || rules.searched.contains(target)) reaction.amplified = 0;
}

/// 0: none.
inline double computed_quantity(const Document& document, Node data) {
    const auto node = xml::child(data, "quantity"), inside = xml::child(node, "value");
    return document.number<double>(inside ? inside : node).value_or(0);
}

/// A standard's is its known input. RDML itself knows no computed quantity: StepOne and CFX put theirs into the data
/// (of a standard: the input again), programs of the RDML consortium write copies from version 1.4 on.
inline void read_quantity(const Content& content, Node data, const Quantity& known, reader::Reaction& reaction) {
    const auto& document = content.document;
    const auto take = [&](double value, const std::string& unit) { reaction.quantity = value, reaction.unit = unit; };
    const auto computed = computed_quantity(document, data);
    const auto copies = document.number<double>(xml::child(data, "Ncopy")).value_or(0);
    if (reaction.type == MICROCHIM_STD && known.value > 0) take(known.value, known.unit);
    else if (computed > 0) take(computed, xml::text(xml::child(data, "quantity"), "unit"));
    else if (copies > 0 && reaction.type != MICROCHIM_STD) take(copies, "cop");
}

/// What RDML has no element for.
inline void take_note(const Noted& noted, reader::Reaction& reaction) {
    if (!std::isnan(noted.quantity)) reaction.quantity = noted.quantity;
    if (!noted.unit.empty()) reaction.unit = noted.unit;
    if (!noted.amplified.empty()) reaction.amplified = noted.amplified == "yes";
    if (noted.baseline_first >= 1 && noted.baseline_first <= 1000)
        reaction.baseline_first = static_cast<std::int64_t>(noted.baseline_first);
    if (noted.baseline_last >= 1 && noted.baseline_last <= 1000)
        reaction.baseline_last = static_cast<std::int64_t>(noted.baseline_last);
    if (!noted.status.empty()) reaction.status = noted.status;
}

/// "FALSE" is not what RDML allows, but it is plain.
inline bool is_excluded(Node reason) {
    const auto text = xml::text(reason);
    return reason && text != "false" && text != "False" && text != "0";
}

}  // namespace detail

/// \throws FormatError for a cycle that is none, or stands twice.
inline std::vector<float> read_curve(const Document& document, Node data) {
    std::vector<float> curve;
    xml::each(data, "adp", [&](Node point) {
        const auto cycle = document.number<std::int64_t>(xml::child(point, "cyc")).value_or(0);
        reader::Reaction::set(curve, cycle, detail::fluorescence(document, point), document.where(point, "<adp>"));
    });
    return curve;
}

/// \throws FormatError for a point without temperature.
inline Melting read_melting(const Document& document, Node data) {
    Melting melting;
    xml::each(data, "mdp", [&](Node point) {
        const auto temperature = document.number<double>(xml::child(point, "tmp"));
        if (!temperature) throw FormatError(document.where(point), "<mdp> without its temperature, <tmp>");
        melting.temperature.push_back(static_cast<float>(*temperature));
        melting.fluorescence.push_back(detail::fluorescence(document, point));
    });
    return melting;
}

/// What the file calls its curves: RDML wants them as measured, but some programs write theirs corrected and say so.
inline std::int32_t signal_of(Node run) {
    auto method = xml::text(run, "backgroundDeterminationMethod");
    for (auto& c : method)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return method.find("baseline subtract") != method.npos ? MICROCHIM_BASELINED : MICROCHIM_RAW;
}

/// A target whose Cq is in one well was looked for in all of the run; Bio-Rad writes Cq of all targets or of none.
inline CurveRules read_rules(const Content& content, Node run) {
    CurveRules rules{signal_of(run), {}};
    std::set<std::string> targets;
    xml::each(run, "react", [&](Node react) {
        xml::each(react, "data", [&](Node data) {
            const auto target = xml::attribute(xml::child(data, "tar"), "id");
            if (xml::child(data, "adp")) targets.insert(target);
            if (xml::child(data, "cq")) rules.searched.insert(target);
        });
    });
    if (content.biorad && content.any_cq) rules.searched = targets;
    return rules;
}

/// Everything that the file says of one target in one well. `sample`: of the well, null where it is not described.
inline reader::Reaction read_reaction(const Content& content, Node data, const std::string& well, const Sample* sample,
                                      const CurveRules& rules) {
    const auto& document = content.document;
    const auto id = xml::attribute(xml::child(data, "tar"), "id");
    const auto noted = read_note(xml::text(data, "note"));
    reader::Reaction reaction;
    reaction.well = well;
    reaction.target = id;
    if (sample) reaction.type = of_target(sample->types, id, static_cast<std::int32_t>(MICROCHIM_UNKN));
    if (sample) reaction.sample = sample->name;
    reaction.signal = noted.signal == "normalised" ? static_cast<std::int32_t>(MICROCHIM_NORMALISED) : rules.signal;
    reaction.fluorescence = read_curve(document, data);
    reaction.threshold = document.number<double>(xml::child(data, "quantFluor")).value_or(noted.threshold);
    reaction.efficiency = read_efficiency(document, xml::child(data, "ampEff")).base;
    if (const auto found = content.targets.find(id); found != content.targets.end()) {
        reaction.target = found->second.name;
        reaction.dye = found->second.dye;
        if (std::isnan(reaction.efficiency)) reaction.efficiency = found->second.efficiency.base;
    }
    detail::read_cq(document, data, rules, reaction, id);
    detail::read_quantity(content, data, sample ? of_target(sample->quantities, id, Quantity{}) : Quantity{}, reaction);
    reaction.excluded = detail::is_excluded(xml::child(data, "excl"));
    detail::take_note(noted, reaction);
    return reaction;
}

/// The range of temperatures at which a curve was read: every cycle has its own, and they hardly differ.
inline std::string temperatures(const Document& document, Node data) {
    double coldest = reader::not_stated, hottest = reader::not_stated;
    xml::each(data, "adp", [&](Node point) {
        const auto temperature = document.number<double>(xml::child(point, "tmp")).value_or(reader::not_stated);
        coldest = std::fmin(coldest, temperature);
        hottest = std::fmax(hottest, temperature);
    });
    return std::isnan(coldest) ? "" : shortest(coldest) + " to " + shortest(hottest);
}

/// Reports the curves, and what else stands in their <data>.
inline void report_data(const Content& content, Node data, const reader::Reaction& reaction, const Sink& sink) {
    const auto &well = reaction.well, &target = reaction.target;
    reader::Reactions::report_curve(reaction, sink);
    const auto melting = read_melting(content.document, data);
    if (!melting.temperature.empty())
        sink.series({reader::text(well), reader::text(target), reader::text(""), MICROCHIM_MELT,
                     melting.temperature.size(), melting.temperature.data(), melting.fluorescence.data()});
    const bool told = detail::computed_quantity(content.document, data) == reaction.quantity;
    keep(kept(data, {"tar", "adp", "mdp", "excl", "note", "quantFluor", std::isnan(reaction.cq) ? "" : "cq",
                     told ? "quantity" : ""}),
         "", target, well, sink);
    keep_exclusion(xml::child(data, "excl"), target, well, sink);
    const auto noted = read_note(xml::text(data, "note"));
    if (!noted.rest.empty()) sink.attribute(well, "note [" + target + "]", shortened(noted.rest));
    if (const auto range = temperatures(content.document, data); !range.empty())
        sink.attribute(well, "tmp [" + target + "]", range);
}

}  // namespace microchim::rdml
