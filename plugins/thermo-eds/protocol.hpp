// analysis_protocol.xml: thresholds and baselines, and which reading the analysis used.
//
//   <JaxbAnalysisSettings><Type>com.apldbio...IDetectorSettings</Type><JaxbSettingValue><Name>Threshold</Name>
//     <JaxbValueItem type="Double"><DoubleValue>0.2</DoubleValue></JaxbValueItem></JaxbSettingValue>...
#pragma once

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "microchim/xml.hpp"
#include "plate_xml.hpp"

namespace microchim::eds {

using Values = std::map<std::string, std::pair<std::string, Node>>;

struct Protocol {
    std::map<std::string, Values> targets;                         ///< by name of the target
    std::map<std::pair<std::int64_t, std::string>, Values> wells;  ///< by well and target
    Selection selection;
};

namespace detail {

inline std::string value_of(const Values& values, const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? "" : found->second.first;
}

template <class T>
std::optional<T> number_of(const Document& document, const Values& values, const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : document.number<T>(found->second.second);
}

inline Values read_values(Node settings) {
    Values values;
    xml::each(settings, "JaxbSettingValue", [&](Node value) {
        xml::each(xml::child(value, "JaxbValueItem"), {}, [&](Node item) {
            values.emplace(xml::text(value, "Name"), std::pair{xml::text(item), item});
        });
    });
    return values;
}

}  // namespace detail

inline Protocol read_protocol(const Document& document) {
    Protocol protocol;
    xml::each(document.root(), "JaxbAnalysisSettings", [&](Node settings) {
        const auto type = xml::text(settings, "Type");
        auto values = detail::read_values(settings);
        const auto object = detail::value_of(values, "ObjectName");
        const auto whole = [&](const char* name) {
            return detail::number_of<std::int64_t>(document, values, name).value_or(0);
        };
        if (type.ends_with(".IDataSelectSettings"))
            protocol.selection = {whole("StageNum"), whole("StepNum"), whole("PointNum"), whole("MeltStageNum")};
        else if (type.ends_with(".IDetectorSettings")) protocol.targets.insert_or_assign(object, std::move(values));
        else if (type.ends_with(".IWellSettings") && values.contains("WellIndex")) {
            const std::pair key{whole("WellIndex"), object};
            protocol.wells.insert_or_assign(key, std::move(values));
        }
    });
    return protocol;
}

/// The threshold is the target's. The baseline is the well's where it was set for the well, or found automatically:
/// then the software writes for every well what it found; else the target's.
inline void apply(const Document& document, const Protocol& protocol, std::int64_t well, reader::Reaction& reaction) {
    const auto target = protocol.targets.find(reaction.target);
    if (target == protocol.targets.end()) return;
    reaction.threshold = detail::number_of<double>(document, target->second, "Threshold").value_or(reader::not_stated);
    const auto own = protocol.wells.find({well, reaction.target});
    const bool of_well =
        own != protocol.wells.end() && (detail::value_of(own->second, "UseDetectorDefaults") != "true" ||
                                        detail::value_of(target->second, "AutoBaseline") == "true");
    const auto& values = of_well ? own->second : target->second;
    const auto first = detail::number_of<std::int64_t>(document, values, "BaselineStart").value_or(-1);
    const auto last = detail::number_of<std::int64_t>(document, values, "BaselineStop").value_or(-1);
    if (first < 1 || last < first) return;
    reaction.baseline_first = first;
    reaction.baseline_last = last;
}

/// How thresholds and baselines came about, and all else that is set for a target.
inline void keep_protocol(const Protocol& protocol, const Sink& sink) {
    for (const auto& [target, values] : protocol.targets) {
        if (target.find("DEFAULT_SETTINGS") != target.npos) continue;
        for (const auto& [name, value] : values)
            if (name != "Threshold" && name != "ObjectName" && name != "BaselineStart" && name != "BaselineStop")
                keep(sink, "", name + " [" + target + "]", value.first);
    }
}

}  // namespace microchim::eds
