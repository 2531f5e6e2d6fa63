#include "core/qpcr/target.hpp"

#include <algorithm>
#include <cmath>

#include "core/qpcr/shape.hpp"
#include "core/qpcr/stats.hpp"

namespace microchim::qpcr {
namespace {

constexpr double largest_gain = 0.2;        // natural logarithm
constexpr double smallest_scatter = 0.002;  // of the plateau: no instrument and no sigmoid is better

bool has_plateau(Verdict verdict) {
    return verdict == Verdict::amplified || verdict == Verdict::hook_effect || verdict == Verdict::noisy;
}

Foot foot_of(const Trace& trace, double usual_height) {
    Foot foot;
    foot.fluorescence = trace.fluorescence;
    foot.end = trace.marks.bend;
    foot.first = foot_begin(foot.end);
    foot.plateau = has_plateau(trace.verdict) ? trace.height : std::max(usual_height, trace.height);
    foot.scatter = std::max(trace.marks.scatter / foot.plateau, smallest_scatter);
    foot.baseline = (trace.onset.baseline + trace.onset.slope) / foot.plateau;
    foot.slope = trace.onset.slope / foot.plateau;
    const Shape start;
    const double u = std::clamp(trace.onset.amplitude / foot.plateau, 1e-6, 0.8 * start.kappa);
    foot.tau = static_cast<double>(trace.marks.bend) - 1 + std::log((start.kappa - u) / u) / start.log_base;
    foot.shared = trace.verdict == Verdict::amplified && !trace.excluded;
    return foot;
}

std::vector<Foot> feet_of(std::span<const Trace> traces, double usual_height, std::vector<std::size_t>& index) {
    std::vector<Foot> feet;
    for (std::size_t i = 0; i < traces.size(); ++i)
        if (amplified(traces[i].verdict)) {
            feet.push_back(foot_of(traces[i], usual_height));
            index.push_back(i);
        }
    // Where no curve is whole, the incomplete ones are all there is to learn from.
    if (std::ranges::none_of(feet, &Foot::shared))
        for (std::size_t k = 0; k < feet.size(); ++k) feet[k].shared = !traces[index[k]].excluded;
    if (std::ranges::none_of(feet, &Foot::shared))
        for (auto& foot : feet) foot.shared = true;
    return feet;
}

void fill(ReactionResult& result, const Trace& trace, const Foot& foot, const Shape& shape, double usual_height) {
    const double gain =
        has_plateau(trace.verdict) ? std::clamp(std::log(foot.plateau / usual_height), -largest_gain, largest_gain) : 0;
    const double threshold = threshold_share * usual_height;
    // kappa plateau base^(c - tau) is the exponential part, in fluorescence units; the gain is divided out.
    const double at_tau = std::log(shape.kappa * foot.plateau) - gain;
    const double cq = foot.tau + 1 + (std::log(threshold) - at_tau) / shape.log_base;
    // No Cq outside of what was measured: the curve does not have the common shape.
    if (!(cq > 0 && cq < static_cast<double>(trace.fluorescence.size()) + 1)) return;
    result.cq = cq;
    result.n0 = std::exp(std::log(threshold) - cq * shape.log_base);
    result.efficiency = std::exp(shape.log_base);
    if (const auto own = own_log_base(foot, shape)) result.own_efficiency = std::exp(*own);
    result.threshold = threshold;
    const double to_cq = cq - 1 - static_cast<double>(foot.end);
    result.baseline = (foot.baseline + foot.slope * to_cq) * foot.plateau;
    if (has_plateau(trace.verdict)) result.plateau = trace.height;
}

}  // namespace

void analyse_target(std::span<const Trace> traces, double usual_height, std::span<ReactionResult> results) {
    std::vector<std::size_t> index;
    auto feet = feet_of(traces, usual_height, index);
    if (feet.empty()) return;
    const auto shape = fit_shape(feet);
    for (std::size_t k = 0; k < feet.size(); ++k)
        fill(results[index[k]], traces[index[k]], feet[k], shape, usual_height);
}

}  // namespace microchim::qpcr
