#include "core/qpcr/single.hpp"

#include <algorithm>
#include <cmath>

namespace microchim::qpcr {
namespace {

double baseline_at(const Trace& trace, std::size_t cycle) {
    const double end = static_cast<double>(trace.marks.bend) - 1;
    // Beyond the bend the line would run away from what was seen.
    const double from = std::clamp(static_cast<double>(cycle) - end, -20.0, 5.0);
    return trace.onset.baseline + trace.onset.slope * from;
}

double rise_at(const Trace& trace, std::size_t cycle) {
    return trace.marks.filled[cycle] - baseline_at(trace, cycle);
}

}  // namespace

std::optional<double> threshold_cq(const Trace& trace, double threshold) {
    for (std::size_t i = std::min(trace.marks.steepest + 1, trace.marks.filled.size() - 1); i > 0; --i) {
        const double high = rise_at(trace, i), low = rise_at(trace, i - 1);
        if (!(high >= threshold && low < threshold)) continue;
        const double part = low > 0.01 * threshold ? std::log(threshold / low) / std::log(high / low)
                                                   : (threshold - low) / (high - low);
        return static_cast<double>(i) + part;
    }
    return std::nullopt;
}

std::optional<double> bend_cq(const Trace& trace) {
    const std::size_t at = trace.marks.bend;
    const auto& f = trace.marks.filled;
    if (at < 3 || at + 4 > f.size()) return std::nullopt;
    const double before = second_derivative(f, at - 1), peak = second_derivative(f, at),
                 after = second_derivative(f, at + 1);
    const double curvature = before - 2 * peak + after;
    const double shift = curvature < 0 ? std::clamp((before - after) / (2 * curvature), -1.0, 1.0) : 0;
    return static_cast<double>(at) + 1 + shift;
}

std::optional<double> window_base(const Trace& trace) {
    double n = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
    for (std::size_t i = trace.marks.steepest + 1; i-- > 1;) {
        const double share = rise_at(trace, i) / trace.height;
        if (share > 0.12) continue;
        if (!(share > 0.01)) break;
        const double x = static_cast<double>(i), y = std::log(share);
        ++n;
        sum_x += x;
        sum_y += y;
        sum_xx += x * x;
        sum_xy += x * y;
    }
    if (n < 3) return std::nullopt;
    const double slope = (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
    return slope > 0 ? std::optional(std::exp(slope)) : std::nullopt;
}

void analyse_alone(const Trace& trace, Method method, double threshold, ReactionResult& result) {
    result.plateau = trace.height;
    result.baseline = trace.onset.baseline;
    if (method == Method::model) {
        const auto sigmoid = fit_sigmoid(trace);
        if (!sigmoid) return;
        result.baseline = sigmoid->floor;
        result.plateau = sigmoid->height;
        result.cq = sigmoid->bend();
        const double signal = sigmoid->at(*result.cq) - sigmoid->floor;
        result.efficiency = signal / (sigmoid->at(*result.cq - 1) - sigmoid->floor);
        result.n0 = signal * std::pow(*result.efficiency, -*result.cq);
    } else {
        result.cq = method == Method::threshold ? threshold_cq(trace, threshold) : bend_cq(trace);
        result.efficiency = window_base(trace);
        if (method == Method::threshold) result.threshold = threshold;
        if (method == Method::threshold && result.cq && result.efficiency)
            result.n0 = threshold * std::pow(*result.efficiency, -*result.cq);
    }
    result.own_efficiency = result.efficiency;
}

}  // namespace microchim::qpcr
