#include <algorithm>

#include "core/dpcr/poisson.hpp"
#include "core/report/json_values.hpp"

namespace microchim::report {
namespace {

Json vendor_json(const VendorResult& vendor) {
    return {{"copies_per_ul", maybe(vendor.copies_per_ul)},
            {"low", maybe(vendor.low)},
            {"high", maybe(vendor.high)},
            {"status", vendor.status}};
}

Json counts_json(const TargetCounts& counts) {
    Json out = {{"target", counts.target},
                {"dye", counts.dye},
                {"channel", counts.channel},
                {"accepted", counts.accepted},
                {"positive", counts.positive},
                {"excluded", maybe(counts.excluded)},
                {"threshold", maybe(counts.threshold)}};
    Json lambda = nullptr, copies = nullptr;
    if (counts.accepted > 0) {
        const double value = dpcr::lambda(counts.positive, counts.accepted);
        lambda = number(value);
        if (counts.volume) copies = number(dpcr::copies_per_ul(value, counts.volume->nl));
    }
    out["lambda"] = lambda;
    out["volume_nl"] = counts.volume ? number(counts.volume->nl) : Json(nullptr);
    out["volume_source"] = counts.volume ? Json(counts.volume->source) : Json(nullptr);
    out["copies_per_ul"] = copies;
    out["vendor"] = vendor_json(counts.vendor);
    return out;
}

Json channel_json(const Channel& channel, bool fluorescence) {
    const auto [low, high] = std::ranges::minmax_element(channel.fluorescence);
    const bool any = !channel.fluorescence.empty();
    Json out = {{"name", channel.name},
                {"target", channel.target},
                {"threshold", maybe(channel.threshold)},
                {"min", any ? number(static_cast<double>(*low)) : Json(nullptr)},
                {"max", any ? number(static_cast<double>(*high)) : Json(nullptr)}};
    if (!channel.positive.empty()) out["positive"] = std::ranges::count(channel.positive, std::uint8_t{1});
    if (fluorescence) out["fluorescence"] = channel.fluorescence;
    if (fluorescence && !channel.positive.empty()) out["calls"] = channel.positive;
    return out;
}

Json partitions_json(const Partitions& partitions, bool fluorescence) {
    auto channels = Json::array();
    for (const auto& channel : partitions.channels) channels.push_back(channel_json(channel, fluorescence));
    return {{"accepted", partitions.accepted},
            {"excluded", maybe(partitions.excluded)},
            {"volume_nl", partitions.volume ? number(partitions.volume->nl) : Json(nullptr)},
            {"channels", channels}};
}

Json curve_json(const React& react, const Curve& curve) {
    static constexpr const char* signals[] = {"raw", "normalised", "baselined"};
    Json out = {{"target", curve.target},
                {"dye", curve.dye},
                {"type", to_string(type_of(react, curve))},
                {"signal", signals[static_cast<int>(curve.signal)]},
                {"cycles", curve.fluorescence.size()},
                {"cq", maybe(curve.cq)},
                {"amplified", curve.amplified ? Json(*curve.amplified) : Json(nullptr)},
                {"threshold", maybe(curve.threshold)},
                {"quantity", maybe(curve.quantity)},
                {"unit", curve.unit},
                {"efficiency", maybe(curve.efficiency)},
                {"baseline_first", maybe(curve.baseline_first)},
                {"baseline_last", maybe(curve.baseline_last)},
                {"excluded", curve.excluded},
                {"status", curve.status},
                {"fluorescence", curve.fluorescence}};
    if (!curve.position.empty()) out["position"] = curve.position;
    if (!curve.baselined.empty()) out["baselined"] = curve.baselined;
    return out;
}

Json series_json(const Series& series, bool values) {
    Json out = {{"kind", to_string(series.kind)},
                {"target", series.target},
                {"name", series.name},
                {"points", series.at.size()}};
    if (values) out["at"] = series.at, out["fluorescence"] = series.fluorescence;
    return out;
}

Json react_json(const React& react, bool fluorescence) {
    auto counts = Json::array();
    for (const auto& entry : react.counts) counts.push_back(counts_json(entry));
    auto curves = Json::array();
    for (const auto& curve : react.curves) curves.push_back(curve_json(react, curve));
    Json out = {{"well", react.well.name()},
                {"sample", react.sample},
                {"type", to_string(react.type)},
                {"quantity", maybe(react.quantity)},
                {"counts", counts},
                {"partitions", react.partitions ? partitions_json(*react.partitions, fluorescence) : Json(nullptr)},
                {"curves", curves}};
    for (const auto& series : react.series) out["series"].push_back(series_json(series, fluorescence));
    return out;
}

Json aggregate_json(const Aggregate& aggregate) {
    auto members = Json::array();
    for (const auto& well : aggregate.members) members.push_back(well.name());
    Json out = {{"name", aggregate.name},
                {"sample", aggregate.sample},
                {"pooling", to_string(aggregate.pooling)},
                {"members", members}};
    out.update(counts_json(aggregate.counts));
    if (aggregate.counts.accepted < 0) out["accepted"] = out["positive"] = nullptr;  // means, no whole numbers
    return out;
}

}  // namespace

Json run_json(const Run& run, bool fluorescence) {
    auto files = Json::array(), reacts = Json::array(), aggregates = Json::array(), attributes = Json::array();
    for (const auto& file : run.provenance.files) files.push_back({{"name", file.name}, {"sha256", file.sha256}});
    for (const auto& react : run.reacts) reacts.push_back(react_json(react, fluorescence));
    for (const auto& aggregate : run.aggregates) aggregates.push_back(aggregate_json(aggregate));
    for (const auto& entry : run.attributes)
        attributes.push_back({{"well", entry.well}, {"key", entry.key}, {"value", entry.value}});
    return {{"schema", "microchim/run/1"},
            {"reader",
             {{"id", run.provenance.reader_id},
              {"name", run.provenance.reader_name},
              {"version", run.provenance.reader_version},
              {"maturity", run.provenance.reader_maturity}}},
            {"files", files},
            {"run",
             {{"id", run.id},
              {"plate", run.plate},
              {"instrument", run.instrument},
              {"serial_number", run.serial_number},
              {"consumable", run.consumable},
              {"software", {{"name", run.software.name}, {"version", run.software.version}}},
              {"started", run.started},
              {"rows", run.rows},
              {"columns", run.columns}}},
            {"reacts", reacts},
            {"aggregates", aggregates},
            {"attributes", attributes},
            {"notes", notes_json(run.notes)}};
}

Json runs_json(const std::vector<Run>& runs, bool fluorescence) {
    if (runs.size() == 1) return run_json(runs.front(), fluorescence);
    auto list = Json::array();
    for (const auto& run : runs) list.push_back(run_json(run, fluorescence));
    return {{"schema", "microchim/runs/1"}, {"runs", list}};
}

}  // namespace microchim::report
