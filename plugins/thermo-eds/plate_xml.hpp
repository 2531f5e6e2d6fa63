// plate_setup.xml: samples and the targets of every well. Wells count along the rows, from 0.
//
//   <FeatureMap><Feature><Id>detector-task</Id></Feature>
//     <FeatureValue><Index>0</Index><FeatureItem><DetectorTaskList><DetectorTask><Task>STANDARD</Task>
//       <Concentration>10000.0</Concentration><Detector><Name>SRY</Name><Reporter>FAM</Reporter>...
//   <Wells><Well><Index>0</Index><IsOmit>false</IsOmit><FlagName>TAF-SRY</FlagName></Well>...
#pragma once

#include <string>

#include "microchim/xml.hpp"
#include "model.hpp"

namespace microchim::eds {

using reader::xml::Document;
using reader::xml::Node;
namespace xml = reader::xml;

namespace detail {

inline int well_index(const Document& document, Node node, const Plate& plate) {
    const auto index = document.number<std::int64_t>(node).value_or(-1);
    plate.name(index, document.where(node));
    return static_cast<int>(index);
}

inline Assay read_assay(const Document& document, Node task_node) {
    const auto detector = xml::child(task_node, "Detector");
    Assay assay{xml::text(detector, "Name"), xml::text(detector, "Reporter"), MICROCHIM_UNKN, reader::not_stated};
    assay.type = task(xml::text(task_node, "Task"), document.where(xml::child(task_node, "Task")));
    const auto quantity = document.number<double>(xml::child(task_node, "Concentration"));
    if (assay.type == MICROCHIM_STD && quantity) assay.quantity = *quantity;  // of others it is a default, 1.0
    return assay;
}

/// Everything else of a sample: its description, and what the user added.
inline void keep_sample(Node sample, const std::string& well, const Sink& sink) {
    keep(sink, well, "sample description", xml::text(sample, "Description"));
    xml::each(sample, "CustomProperty",
              [&](Node property) { keep(sink, well, xml::text(property, "Property"), xml::text(property, "Value")); });
}

}  // namespace detail

inline Plate read_plate(const Document& document) {
    Plate plate;
    const auto root = document.root();
    plate.file = document.name();
    plate.rows = document.number<std::int64_t>(xml::child(root, "Rows")).value_or(0);
    plate.columns = document.number<std::int64_t>(xml::child(root, "Columns")).value_or(0);
    if (plate.rows < 1 || plate.columns < 1 || plate.rows > 32 || plate.columns > 48)
        throw FormatError(document.where(root), "a plate of " + std::to_string(plate.rows) + " x " +
                                                    std::to_string(plate.columns) + " wells; expected up to 32 x 48");
    plate.passive = xml::text(root, "PassiveReferenceDye");
    if (plate.passive == "NULL" || plate.passive == "None") plate.passive.clear();
    xml::each(root, "FeatureMap", [&](Node map) {
        const auto id = xml::text(xml::child(map, "Feature"), "Id");
        if (id != "sample" && id != "detector-task") return;
        xml::each(map, "FeatureValue", [&](Node value) {
            auto& well = plate.wells[detail::well_index(document, xml::child(value, "Index"), plate)];
            const auto item = xml::child(value, "FeatureItem");
            if (id == "sample") {
                well.sample = xml::text(xml::child(item, "Sample"), "Name");
                return;
            }
            xml::each(xml::child(item, "DetectorTaskList"), "DetectorTask",
                      [&](Node node) { well.assays.push_back(detail::read_assay(document, node)); });
        });
    });
    xml::each(xml::child(root, "Wells"), "Well", [&](Node node) {
        const auto index = detail::well_index(document, xml::child(node, "Index"), plate);
        const auto found = plate.wells.find(index);
        if (found == plate.wells.end()) return;
        found->second.omitted = xml::text(node, "IsOmit") == "true";
        xml::each(node, "FlagName", [&](Node flag) { found->second.flags.push_back(xml::text(flag)); });
    });
    return plate;
}

/// Comments, descriptions of samples and the like; and whether there are markers of a genotyping.
inline bool keep_plate(const Document& document, const Plate& plate, const Sink& sink) {
    bool markers = false;
    keep(sink, "", "plate", xml::text(document.root(), "Name"));
    keep(sink, "", "plate description", xml::text(document.root(), "Description"));
    keep(sink, "", "passive reference", plate.passive);
    xml::each(document.root(), "FeatureMap", [&](Node map) {
        const auto id = xml::text(xml::child(map, "Feature"), "Id");
        xml::each(map, "FeatureValue", [&](Node value) {
            const auto index = detail::well_index(document, xml::child(value, "Index"), plate);
            const auto well = plate.name(index, document.where(value));
            const auto item = xml::child(value, "FeatureItem");
            if (id == "sample") detail::keep_sample(xml::child(item, "Sample"), well, sink);
            else if (id == "marker-task") markers = true;
            else if (id != "detector-task")
                xml::each(item, {}, [&](Node node) { keep(sink, well, id, xml::text(node)); });
        });
    });
    return markers;
}

}  // namespace microchim::eds
