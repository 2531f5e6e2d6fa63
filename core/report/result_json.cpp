#include "core/report/json_values.hpp"
#include "core/run/version.hpp"

namespace microchim::report {
namespace {

using chimerism::DetectionCall;

Json donor_json(const chimerism::DonorResult& donor, double confidence) {
    const auto& estimate = donor.estimate;
    const bool known = estimate.call != DetectionCall::not_calculated;
    const auto value = [&](double v) { return known ? number(v) : Json(nullptr); };
    return {{"donor", donor.donor},
            {"fraction", value(estimate.fraction)},
            {"low", value(estimate.low)},
            {"high", value(estimate.high)},
            {"upper", value(estimate.upper)},
            {"confidence", confidence},
            {"per_million", value(estimate.fraction * 1e6)},
            {"call", to_string(estimate.call)},
            {"class", donor.chimerism_class.empty() ? Json(nullptr) : Json(donor.chimerism_class)},
            {"p_value", value(estimate.p_value)},
            {"lob", maybe(estimate.lob)},
            {"lod", maybe(estimate.lod)},
            {"loq", maybe(estimate.loq)},
            {"days_after_infusion", donor.days_after_infusion},
            {"change", nullptr}};
}

Json marker_json(const chimerism::MarkerResult& marker) {
    auto cq = Json::array();
    for (const auto& one : marker.cq) cq.push_back(maybe(one));
    return {{"marker", marker.marker},
            {"donor", marker.donor},
            {"fraction", maybe(marker.fraction)},
            {"low", maybe(marker.low)},
            {"high", maybe(marker.high)},
            {"positive", marker.positive},
            {"accepted", marker.accepted},
            {"cq", marker.real_time ? cq : Json(nullptr)},
            {"used", marker.used},
            {"reason", marker.reason}};
}

Json sample_json(const chimerism::SampleResult& sample, double confidence) {
    auto donors = Json::array(), markers = Json::array();
    for (const auto& donor : sample.donors) donors.push_back(donor_json(donor, confidence));
    for (const auto& marker : sample.markers) markers.push_back(marker_json(marker));
    auto classical = Json::array();
    for (const auto& c : sample.classical)
        classical.push_back({{"method", "ddCq"},
                             {"marker", c.marker},
                             {"donor", c.donor},
                             {"reference", c.reference},
                             {"calibrator", c.calibrator},
                             {"fraction", number(c.fraction)},
                             {"low", number(c.low)},
                             {"high", number(c.high)}});
    const auto& spread = sample.heterogeneity;
    return {{"case", sample.case_id},
            {"sample", sample.sample},
            {"role", to_string(sample.role)},
            {"collected", sample.collected},
            {"specimen", sample.specimen},
            {"wells", sample.wells},
            {"genomes", maybe(sample.genomes)},
            {"donors", donors},
            {"markers", markers},
            {"heterogeneity",
             spread ? Json{{"q", number(spread->q)}, {"p", number(spread->p)}, {"tau", number(spread->tau)}}
                    : Json(nullptr)},
            {"classical", classical},
            {"blocked", sample.blocked},
            {"notes", notes_json(sample.notes)}};
}

}  // namespace

Json result_json(const chimerism::Result& result) {
    auto inputs = Json::array(), settings = Json::array(), samples = Json::array(), curves = Json::array();
    for (const auto& c : result.curves)
        curves.push_back({{"target", c.target},
                          {"run", c.run},
                          {"unit", c.unit},
                          {"slope", number(c.slope)},
                          {"slope_se", number(c.slope_se)},
                          {"intercept", number(c.intercept)},
                          {"intercept_se", number(c.intercept_se)},
                          {"r2", number(c.r2)},
                          {"sd", number(c.sd)},
                          {"efficiency", number(c.efficiency)},
                          {"wells", c.wells},
                          {"levels", c.levels}});
    for (const auto& input : result.inputs)
        inputs.push_back({{"path", input.path},
                          {"sha256", input.sha256},
                          {"reader", input.reader},
                          {"reader_version", input.reader_version},
                          {"reader_maturity", input.reader_maturity}});
    for (const auto& file : result.settings) settings.push_back({{"path", file.path}, {"sha256", file.sha256}});
    for (const auto& sample : result.samples) samples.push_back(sample_json(sample, result.confidence));
    return {{"schema", "microchim/result/1"},
            {"software", {{"name", "microchim"}, {"version", version}}},
            {"instrument", result.instrument},
            {"inputs", inputs},
            {"settings", settings},
            {"samples", samples},
            {"curves", curves},
            {"notes", notes_json(result.notes)},
            {"exit", result.exit_code()}};
}

}  // namespace microchim::report
