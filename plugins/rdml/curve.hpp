// A <data> of real-time PCR: one target in one reaction.
//
//   <data><tar
//   id="SRY"/><cq>33.21</cq><adp><cyc>1</cyc><fluor>100.4</fluor></adp>...<quantFluor>350</quantFluor></data>
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "content.hpp"
#include "keep.hpp"
#include "microchim/reader.hpp"
#include "microchim/xml.hpp"
#include "notes.hpp"

namespace microchim::rdml {

inline constexpr std::int64_t most_cycles = 1000;

struct Curve {
    std::vector<float> fluorescence;  ///< cycle 1, 2, ...; NaN where a cycle is missing
    double cq = reader::not_stated;
    double coldest = reader::not_stated, hottest = reader::not_stated;  ///< °C at which it was measured
};

namespace detail {

inline void read_point(const Document& document, Node point, Curve& curve) {
    const auto node = xml::child(point, "cyc");
    const auto cycle = document.number<std::int64_t>(node).value_or(0);
    if (cycle < 1 || cycle > most_cycles)
        throw FormatError(document.where(point), "<adp> without a cycle from 1 to " + std::to_string(most_cycles));
    const auto index = static_cast<std::size_t>(cycle - 1);
    if (index >= curve.fluorescence.size())
        curve.fluorescence.resize(index + 1, std::numeric_limits<float>::quiet_NaN());
    if (!std::isnan(curve.fluorescence[index]))
        throw FormatError(document.where(point), "cycle " + std::to_string(cycle) + " stands twice in one curve");
    const auto value = document.number<double>(xml::child(point, "fluor"));
    curve.fluorescence[index] = value ? static_cast<float>(*value) : std::numeric_limits<float>::quiet_NaN();
    if (const auto temperature = document.number<double>(xml::child(point, "tmp"))) {
        curve.coldest = std::fmin(curve.coldest, *temperature);
        curve.hottest = std::fmax(curve.hottest, *temperature);
    }
}

/// -1 is RDML's word for none. StepOne writes the number of cycles instead, beside a quantity that is no number.
inline double read_cq(const Document& document, Node data, std::size_t cycles) {
    const auto cq = document.number<double>(xml::child(data, "cq"));
    if (!cq || *cq <= 0) return reader::not_stated;
    const auto quantity = xml::child(xml::child(data, "quantity"), "value");
    const bool none =
        quantity && !document.number<double>(quantity) && cycles > 0 && *cq >= static_cast<double>(cycles);
    return none ? reader::not_stated : *cq;
}

}  // namespace detail

/// \throws FormatError for a cycle that is none, or stands twice.
inline Curve read_curve(const Document& document, Node data) {
    Curve curve;
    xml::each(data, "adp", [&](Node point) { detail::read_point(document, point, curve); });
    curve.cq = detail::read_cq(document, data, curve.fluorescence.size());
    return curve;
}

/// What the file calls its curves: RDML wants them as measured, but some programs write theirs corrected and say so.
inline std::int32_t signal_of(Node run) {
    auto method = xml::text(run, "backgroundDeterminationMethod");
    for (auto& c : method)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return method.find("baseline subtract") != method.npos ? MICROCHIM_BASELINED : MICROCHIM_RAW;
}

/// Reports the curve, and what else stands in its <data>.
inline void report_curve(const Content& content, Node data, const std::string& well, const std::string& target,
                         std::int32_t signal, const Sink& sink) {
    const auto& document = content.document;
    const auto curve = read_curve(document, data);
    const auto noted = read_note(xml::text(data, "note"));
    const auto found = content.targets.find(target);
    auto fact = reader::no_curve();
    fact.well = reader::text(well);
    fact.target = reader::text(target);
    if (found != content.targets.end()) fact.dye = reader::text(found->second.dye);
    fact.signal = noted.signal == "normalised" ? static_cast<std::int32_t>(MICROCHIM_NORMALISED) : signal;
    fact.cycles = curve.fluorescence.size();
    fact.fluorescence = curve.fluorescence.data();
    fact.cq = curve.cq;
    fact.threshold = document.number<double>(xml::child(data, "quantFluor")).value_or(noted.threshold);
    sink.curve(fact);
    keep(kept(data, {"tar", "adp", "mdp", "excl", "note", "quantFluor", std::isnan(curve.cq) ? "" : "cq"}), "", target,
         well, sink);
    keep_exclusion(xml::child(data, "excl"), target, well, sink);
    if (!noted.rest.empty()) sink.attribute(well, "note [" + target + "]", shortened(noted.rest));
    if (!std::isnan(curve.coldest))
        sink.attribute(well, "tmp [" + target + "]", shortest(curve.coldest) + " to " + shortest(curve.hottest));
}

}  // namespace microchim::rdml
