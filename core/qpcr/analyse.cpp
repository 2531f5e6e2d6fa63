#include "core/qpcr/analyse.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace microchim::qpcr {
namespace {

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

/// The curve alone: baseline is the median of its lower half, Cq where it last rises through a twentieth of its height.
void measure(std::span<const float> fluorescence, ReactionResult& result) {
    std::vector<double> values;
    for (const float f : fluorescence)
        if (std::isfinite(f)) values.push_back(static_cast<double>(f));
    if (values.size() < 12) return;
    std::ranges::sort(values);
    values.resize(values.size() / 2);
    const double base = median(values);
    std::vector<double> away;
    for (const double v : values) away.push_back(std::abs(v - base));
    const double scatter = 1.4826 * median(away);
    const double top = static_cast<double>(
        *std::ranges::max_element(fluorescence, {}, [](float f) { return std::isfinite(f) ? f : -INFINITY; }));
    result.baseline = base;
    result.verdict = Verdict::no_amplification;
    if (!(top - base > 20 * scatter) || !(top > base)) return;
    const double threshold = (top - base) / 20;
    for (std::size_t i = fluorescence.size() - 1; i > 0; --i) {
        const double high = static_cast<double>(fluorescence[i]) - base;
        const double low = static_cast<double>(fluorescence[i - 1]) - base;
        if (!(high >= threshold && low < threshold)) continue;
        result.cq = static_cast<double>(i) + (threshold - low) / (high - low);
        result.verdict = Verdict::amplified;
        result.threshold = threshold;
        result.plateau = top - base;
        if (low > 0) {
            result.own_efficiency = result.efficiency = std::clamp(high / low, 1.0, 2.0);
            result.n0 = threshold / std::pow(*result.efficiency, *result.cq);
        }
        return;
    }
}

}  // namespace

bool amplified(Verdict verdict) {
    return verdict <= Verdict::noisy;
}

std::vector<ReactionResult> analyse(const Run& run, Method) {
    std::vector<ReactionResult> results;
    for (std::size_t r = 0; r < run.reacts.size(); ++r)
        for (std::size_t c = 0; c < run.reacts[r].curves.size(); ++c) {
            const auto& curve = run.reacts[r].curves[c];
            const auto& values = curve.fluorescence.empty() ? curve.baselined : curve.fluorescence;
            if (values.empty()) continue;
            ReactionResult result;
            result.react = r;
            result.curve = c;
            measure(values, result);
            results.push_back(std::move(result));
        }
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
