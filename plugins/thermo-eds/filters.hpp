// Raw readings of the filters, of the amplification: filterdata.xml, or run/filter_data.json of the second generation.
//
//   <PlatePointData><Stage>2</Stage><Cycle>1</Cycle><Step>1</Step><Point>1</Point>
//     <PlateData><WellData>8290.049⇥3070.868
//     ...</WellData><Attribute><key>FILTER_SET</key><value>x1-m1</value></Attribute>
//   [{"collectionPoint":{"stage":2,"cycle":1,...},"filterData":[{"filterSet":"X1_M1","exposure":600,"wellFluorescences":[..]}]}]
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "dyes_read.hpp"
#include "json.hpp"
#include "model.hpp"
#include "plate_xml.hpp"

namespace microchim::eds {

/// One exposure of the whole plate through one filter.
struct Exposure {
    Point point;
    std::string filter, time;
    std::vector<float> wells;
};

inline std::vector<Exposure> read_filters_xml(const Document& document) {
    std::vector<Exposure> all;
    xml::each(document.root(), "PlatePointData", [&](Node node) {
        const auto whole = [&](const char* name) {
            return document.number<std::int64_t>(xml::child(node, name)).value_or(0);
        };
        const Point point{whole("Stage"), whole("Cycle"), whole("Step"), whole("Point")};
        xml::each(node, "PlateData", [&](Node data) {
            Exposure one{point, {}, {}, detail::signal_values(document, xml::child(data, "WellData"))};
            xml::each(data, "Attribute", [&](Node attribute) {
                const auto key = xml::text(attribute, "key");
                if (key == "FILTER_SET") one.filter = xml::text(attribute, "value");
                if (key == "EXPOSURE") one.time = xml::text(attribute, "value");
            });
            all.push_back(std::move(one));
        });
    });
    return all;
}

inline std::vector<Exposure> read_filters_json(const At& document) {
    std::vector<Exposure> all;
    document.each([&](const At& node) {
        const auto at = node["collectionPoint"];
        const Point point{at["stage"].whole(), at["cycle"].whole(), at["step"].whole(), at["point"].whole()};
        node["filterData"].each([&](const At& data) {
            all.push_back(
                {point, data["filterSet"].text(), data["exposure"].text(), data["wellFluorescences"].numbers()});
        });
    });
    return all;
}

/// A series of each filter in each well that was set up. A filter that was read twice in a cycle, at two exposures, is
/// two series.
inline void report_filters(const std::vector<Exposure>& exposures, const Point& like, const Plate& plate,
                           const Sink& sink) {
    std::map<std::pair<std::string, std::string>, std::map<std::int64_t, const Exposure*>> filters;
    std::map<std::string, std::size_t> times;
    for (const auto& one : exposures) {
        if (std::tie(one.point.stage, one.point.step, one.point.point) != std::tie(like.stage, like.step, like.point))
            continue;
        filters[{one.filter, one.time}].emplace(one.point.cycle, &one);
    }
    for (const auto& [filter, cycles] : filters) ++times[filter.first];
    for (const auto& [index, well] : plate.wells)
        for (const auto& [filter, cycles] : filters) {
            std::vector<float> at, values;
            for (const auto& [cycle, exposure] : cycles) {
                if (static_cast<std::size_t>(index) >= exposure->wells.size()) continue;
                at.push_back(static_cast<float>(cycle));
                values.push_back(exposure->wells[static_cast<std::size_t>(index)]);
            }
            const auto name = filter.first + (times[filter.first] > 1 ? ", exposure " + filter.second : "");
            const auto place = plate.name(index, plate.file);
            if (!at.empty())
                sink.series({reader::text(place), reader::text(""), reader::text(name), MICROCHIM_FILTER, at.size(),
                             at.data(), values.data()});
        }
}

}  // namespace microchim::eds
