#include "core/qpcr/analyse.hpp"

#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "core/qpcr/single.hpp"
#include "core/qpcr/stats.hpp"
#include "core/qpcr/target.hpp"

namespace microchim::qpcr {
namespace {

std::span<const float> values_of(const Curve& curve) {
    return curve.fluorescence.empty() ? curve.baselined : curve.fluorescence;
}

void tell(const Trace& trace, double usual_height, ReactionResult& result) {
    switch (result.verdict) {
        case Verdict::late_rise:
            result.notes.push_back("The curve rises in the last cycles only; Cq and N0 are rough. Run more cycles.");
            break;
        case Verdict::no_plateau:
            result.notes.push_back("The plateau was not reached, so the well's optical gain is not corrected.");
            break;
        case Verdict::hook_effect:
            result.notes.push_back("The curve falls again after its plateau.");
            break;
        case Verdict::noisy:
            result.notes.push_back("The curve scatters by more than 3 % of its height.");
            break;
        case Verdict::baseline_error:
            result.notes.push_back("The curve rises, but no baseline is seen before an exponential rise.");
            break;
        case Verdict::too_few_cycles:
            result.notes.push_back("Fewer than " + std::to_string(fewest_cycles) + " cycles were read.");
            break;
        case Verdict::amplified:
        case Verdict::no_amplification:
            break;
    }
    if (result.plateau && trace.height < 0.3 * usual_height)
        result.notes.push_back("The plateau is less than a third of the target's usual one: another product?");
    if (result.cq && result.own_efficiency && result.efficiency &&
        std::abs(std::log(*result.own_efficiency / *result.efficiency)) > 0.15)
        result.notes.push_back("This reaction's own efficiency is far from that of its target.");
}

void analyse_group(const Run& run, Method method, const std::vector<std::size_t>& members,
                   std::vector<ReactionResult>& results) {
    std::vector<Trace> traces;
    std::vector<ReactionResult> group;
    for (const auto m : members) {
        const auto& curve = run.reacts[results[m].react].curves[results[m].curve];
        traces.push_back(trace_of(values_of(curve), curve.excluded));
        group.push_back(results[m]);
    }
    const double usual_height = compare_heights(traces);
    if (method == Method::window) analyse_target(traces, usual_height, group);
    for (std::size_t i = 0; i < members.size(); ++i) {
        group[i].verdict = traces[i].verdict;
        if (method == Method::window && amplified(group[i].verdict) && !group[i].cq)
            group[i].verdict = Verdict::baseline_error;
        if (method != Method::window && amplified(traces[i].verdict))
            analyse_alone(traces[i], method, threshold_share * usual_height, group[i]);
        if (!group[i].baseline && traces[i].verdict == Verdict::no_amplification)
            group[i].baseline = median(traces[i].marks.filled);
        tell(traces[i], usual_height, group[i]);
        results[members[i]] = std::move(group[i]);
    }
}

}  // namespace

bool amplified(Verdict verdict) {
    return verdict <= Verdict::noisy;
}

std::vector<ReactionResult> analyse(const Run& run, Method method) {
    std::vector<ReactionResult> results;
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> targets;
    for (std::size_t r = 0; r < run.reacts.size(); ++r)
        for (std::size_t c = 0; c < run.reacts[r].curves.size(); ++c) {
            const auto& curve = run.reacts[r].curves[c];
            if (values_of(curve).empty()) continue;
            targets[{curve.target, curve.dye}].push_back(results.size());
            ReactionResult result;
            result.react = r;
            result.curve = c;
            results.push_back(std::move(result));
        }
    for (const auto& [name, members] : targets) analyse_group(run, method, members, results);
    return results;
}

const char* to_string(Method method) {
    switch (method) {
        case Method::window:
            return "window";
        case Method::threshold:
            return "threshold";
        case Method::second_derivative:
            return "second-derivative";
        case Method::model:
            return "model";
    }
    return "";
}

std::optional<Method> method_of(std::string_view name) {
    for (const auto method : {Method::window, Method::threshold, Method::second_derivative, Method::model})
        if (name == to_string(method)) return method;
    return {};
}

const char* to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::amplified:
            return "amplified";
        case Verdict::late_rise:
            return "late rise";
        case Verdict::no_plateau:
            return "no plateau";
        case Verdict::hook_effect:
            return "hook effect";
        case Verdict::noisy:
            return "noisy";
        case Verdict::no_amplification:
            return "no amplification";
        case Verdict::baseline_error:
            return "baseline error";
        case Verdict::too_few_cycles:
            return "too few cycles";
    }
    return "";
}

}  // namespace microchim::qpcr
