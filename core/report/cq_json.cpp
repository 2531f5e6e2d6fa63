#include "core/report/cq.hpp"
#include "core/report/json_values.hpp"
#include "core/run/errors.hpp"

namespace microchim::report {
namespace {

Json entry(const AnalysedRun& run, const qpcr::ReactionResult& result, qpcr::Method method) {
    const auto& react = run.react(result);
    const auto& curve = run.curve(result);
    return {{"run", run.name()},
            {"well", react.well.name()},
            {"position", curve.position},
            {"sample", react.sample},
            {"target", curve.target},
            {"dye", curve.dye},
            {"type", to_string(type_of(react, curve))},
            {"verdict", qpcr::to_string(result.verdict)},
            {"amplified", qpcr::amplified(result.verdict)},
            {"cq", maybe(result.cq)},
            {"efficiency", maybe(result.efficiency)},
            {"own_efficiency", maybe(result.own_efficiency)},
            {"n0", maybe(result.n0)},
            {"threshold", maybe(result.threshold)},
            {"baseline", maybe(result.baseline)},
            {"plateau", maybe(result.plateau)},
            {"method", qpcr::to_string(method)},
            {"excluded", curve.excluded},
            {"vendor_cq", maybe(curve.cq)},
            {"notes", result.notes}};
}

}  // namespace

std::vector<AnalysedRun> analyse_runs(const std::vector<const Run*>& runs, qpcr::Method method) {
    std::vector<AnalysedRun> analysed;
    bool any = false;
    for (const auto* run : runs) {
        analysed.push_back({run, qpcr::analyse(*run, method)});
        any = any || !analysed.back().results.empty();
    }
    if (!any) {
        const auto path = runs.empty() ? std::string() : runs.front()->provenance.path;
        throw ReadError("'" + path + "' holds no amplification curves.", path, {},
                        "Export the run with its curves: as RDML, or with the amplification data.");
    }
    return analysed;
}

Json cq_json(const std::vector<AnalysedRun>& runs, qpcr::Method method) {
    auto list = Json::array();
    for (const auto& run : runs)
        for (const auto& result : run.results) list.push_back(entry(run, result, method));
    return {{"schema", "microchim/cq/1"}, {"curves", list}};
}

}  // namespace microchim::report
