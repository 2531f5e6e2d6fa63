#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "core/qpcr/single.hpp"

namespace microchim::qpcr {
namespace {

using Parameters = Eigen::Matrix<double, 5, 1>;  // floor, height, rate, middle, ln skew

struct Normal {
    Eigen::Matrix<double, 5, 5> left = Eigen::Matrix<double, 5, 5>::Zero();
    Parameters right = Parameters::Zero();
    double square = 0;
    int points = 0;
};

Sigmoid sigmoid_of(const Parameters& p) {
    return {p[0], p[1], p[2], p[3], std::exp(p[4]), 0};
}

/// ln(1 + exp(-z)), without overflow.
double log_rest(double z) {
    return z > 0 ? std::log1p(std::exp(-z)) : -z + std::log1p(std::exp(z));
}

Normal normal_equations(std::span<const float> fluorescence, const Parameters& p) {
    Normal normal;
    const double skew = std::exp(p[4]);
    for (std::size_t i = 1; i < fluorescence.size(); ++i) {
        if (!std::isfinite(fluorescence[i])) continue;
        const double since = static_cast<double>(i + 1) - p[3], z = p[2] * since;
        const double rest = log_rest(z), rise = std::exp(-skew * rest);
        const double slope = skew * rise * std::exp(-z - rest);  // d rise / d z
        Parameters j;
        j << 1, rise, p[1] * slope * since, -p[1] * slope * p[2], -p[1] * rise * skew * rest;
        const double off = static_cast<double>(fluorescence[i]) - p[0] - p[1] * rise;
        normal.left += j * j.transpose();
        normal.right += off * j;
        normal.square += off * off;
        ++normal.points;
    }
    return normal;
}

bool sensible(const Parameters& p) {
    return p.allFinite() && p[2] > 0.02 && p[2] < 5 && p[1] > 0 && std::abs(p[4]) < 7;
}

}  // namespace

double Sigmoid::at(double cycle) const {
    return floor + height * std::exp(-skew * log_rest(rate * (cycle - middle)));
}

double Sigmoid::bend() const {
    // With t = exp(-rate (c - middle)) the third derivative vanishes where skew^2 t^2 - (3 skew + 1) t + 1 = 0.
    const double b = 3 * skew + 1;
    const double t = (b + std::sqrt(b * b - 4 * skew * skew)) / (2 * skew * skew);
    return middle - std::log(t) / rate;
}

std::optional<Sigmoid> fit_sigmoid(const Trace& trace) {
    Parameters p;
    p << trace.marks.top - trace.height, trace.height,
        std::clamp(4 * trace.marks.steepest_step / trace.height, 0.1, 2.0),
        static_cast<double>(trace.marks.steepest) + 1, 0;
    auto now = normal_equations(trace.fluorescence, p);
    if (now.points < 6) return std::nullopt;
    double damping = 1e-3;
    for (int i = 0; i < 200 && damping < 1e12; ++i) {
        auto left = now.left;
        left.diagonal() *= 1 + damping;
        const Parameters next = p + left.ldlt().solve(now.right);
        const auto there = sensible(next) ? normal_equations(trace.fluorescence, next) : Normal{};
        if (there.points == 0 || !(there.square <= now.square)) {
            damping *= 8;
            continue;
        }
        const bool done = now.square - there.square <= 1e-12 * now.square;
        p = next;
        now = there;
        damping = std::max(damping / 6, 1e-12);
        if (done) break;
    }
    auto sigmoid = sigmoid_of(p);
    sigmoid.residual = std::sqrt(now.square / now.points);
    return sensible(p) ? std::optional(sigmoid) : std::nullopt;
}

}  // namespace microchim::qpcr
