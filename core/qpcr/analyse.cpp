#include "core/qpcr/analyse.hpp"

#include <map>
#include <span>
#include <utility>

#include "core/qpcr/target.hpp"

namespace microchim::qpcr {
namespace {

std::span<const float> values_of(const Curve& curve) {
    return curve.fluorescence.empty() ? curve.baselined : curve.fluorescence;
}

void analyse_group(const Run& run, Method, const std::vector<std::size_t>& members,
                   std::vector<ReactionResult>& results) {
    std::vector<Trace> traces;
    std::vector<ReactionResult> group;
    for (const auto m : members) {
        const auto& curve = run.reacts[results[m].react].curves[results[m].curve];
        traces.push_back(trace_of(values_of(curve), curve.excluded));
        group.push_back(results[m]);
    }
    analyse_target(traces, group);
    for (std::size_t i = 0; i < members.size(); ++i) {
        group[i].verdict = traces[i].verdict;
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
