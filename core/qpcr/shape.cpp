#include "core/qpcr/shape.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "core/qpcr/stats.hpp"

namespace microchim::qpcr {
namespace {

using Own = Eigen::Vector3d;     // baseline, slope, tau
using Common = Eigen::Vector2d;  // log_base, log kappa
constexpr double relative = 0.12;
constexpr double slope_spread = 0.002;  // drift per cycle, in plateaus: a weak prior around none
const Common prior_mean(0.6419, 0.1823), prior_spread(0.1, 0.47);
const double lowest = std::log(1.2), highest = std::log(2.4);

/// The normal equations of one curve, own parameters first.
struct Equations {
    Eigen::Matrix3d own = Eigen::Matrix3d::Zero();
    Eigen::Matrix<double, 3, 2> cross = Eigen::Matrix<double, 3, 2>::Zero();
    Eigen::Matrix2d common = Eigen::Matrix2d::Zero();
    Own own_right = Own::Zero();
    Common common_right = Common::Zero();
};

Equations equations(Foot& foot, const Shape& shape) {
    Equations e;
    double square = 0;
    int points = 0;
    for (std::size_t c = foot.first; c <= foot.end; ++c) {
        if (!std::isfinite(foot.fluorescence[c])) continue;
        const double x = static_cast<double>(c) - static_cast<double>(foot.end);
        const double since = static_cast<double>(c) - foot.tau;
        const double q = 1 / (1 + std::exp(std::clamp(-shape.log_base * since, -300.0, 300.0)));
        const double u = shape.kappa * q, bend = u * (1 - q);
        const double rest =
            static_cast<double>(foot.fluorescence[c]) / foot.plateau - foot.baseline - foot.slope * x - u;
        const double weight = 1 / (foot.scatter * foot.scatter + relative * relative * u * u);
        const Own j(1, x, -shape.log_base * bend);
        const Common s(since * bend, u);
        e.own += weight * j * j.transpose();
        e.cross += weight * j * s.transpose();
        e.common += weight * s * s.transpose();
        e.own_right += weight * rest * j;
        e.common_right += weight * rest * s;
        square += weight * rest * rest;
        ++points;
    }
    e.own(1, 1) += 1 / (slope_spread * slope_spread);
    e.own_right[1] -= foot.slope / (slope_spread * slope_spread);
    e.own.diagonal() *= 1 + 1e-9;
    e.own.diagonal().array() += 1e-12;
    foot.misfit = square / std::max(points - 4, 1);
    return e;
}

void step(Foot& foot, const Own& change) {
    foot.baseline += change[0];
    foot.slope += change[1];
    foot.tau += std::clamp(change[2], -1.0, 1.0);
}

void settle(Foot& foot, const Shape& shape) {
    for (int i = 0; i < 12; ++i) {
        const auto e = equations(foot, shape);
        const Own change = e.own.ldlt().solve(e.own_right);
        step(foot, change);
        if (std::abs(change[2]) < 1e-6) break;
    }
}

Common bounded(const Common& change) {
    return {std::clamp(change[0], -0.1, 0.1), std::clamp(change[1], -0.25, 0.25)};
}

void move(Shape& shape, const Common& change) {
    shape.log_base = std::clamp(shape.log_base + change[0], lowest, highest);
    shape.kappa = std::clamp(shape.kappa * std::exp(change[1]), 0.3, 5.0);
}

Common prior_pull(const Shape& shape) {
    const Common now(shape.log_base, std::log(shape.kappa));
    return ((prior_mean - now).array() / prior_spread.array().square()).matrix();
}

}  // namespace

Shape fit_shape(std::span<Foot> feet) {
    Shape shape;
    std::vector<Foot*> shared;
    for (auto& foot : feet)
        if (foot.shared) shared.push_back(&foot);
    std::vector<Equations> all(shared.size());
    for (int iteration = 0; iteration < 30 && !shared.empty(); ++iteration) {
        std::vector<double> misfits;
        for (std::size_t i = 0; i < shared.size(); ++i) {
            all[i] = equations(*shared[i], shape);
            misfits.push_back(shared[i]->misfit);
        }
        // The values scatter less than their weights suppose; the prior is kept in proportion.
        const double usual = std::max(median(misfits), 1e-9);
        Eigen::Matrix2d left = usual * prior_spread.array().square().inverse().matrix().asDiagonal();
        Common right = usual * prior_pull(shape);
        for (std::size_t i = 0; i < shared.size(); ++i) {
            const auto& e = all[i];
            const auto solver = e.own.ldlt();
            const double weight = 1 / (1 + std::pow(misfits[i] / (3 * usual), 2));
            left += weight * (e.common - e.cross.transpose() * solver.solve(e.cross));
            right += weight * (e.common_right - e.cross.transpose() * solver.solve(e.own_right));
        }
        const Common change = bounded(left.ldlt().solve(right));
        for (std::size_t i = 0; i < shared.size(); ++i)
            step(*shared[i], all[i].own.ldlt().solve(all[i].own_right - all[i].cross * change));
        move(shape, change);
        if (iteration > 4 && change.cwiseAbs().maxCoeff() < 1e-6) break;
    }
    for (auto& foot : feet) settle(foot, shape);
    return shape;
}

std::optional<double> own_log_base(Foot foot, Shape shape) {
    for (int i = 0; i < 15; ++i) {
        const auto e = equations(foot, shape);
        Eigen::Matrix4d left;
        left << e.own, e.cross.col(0), e.cross.col(0).transpose(), e.common(0, 0) * (1 + 1e-9) + 1e-9;
        Eigen::Vector4d right;
        right << e.own_right, e.common_right[0];
        const Eigen::Vector4d change = left.ldlt().solve(right);
        if (!change.allFinite()) return std::nullopt;
        step(foot, change.head<3>());
        shape.log_base += std::clamp(change[3], -0.1, 0.1);
        if (!(shape.log_base > 0.01 && shape.log_base < 1.2)) return std::nullopt;
        if (i > 2 && std::abs(change[3]) < 1e-5) return shape.log_base;
    }
    return std::nullopt;
}

}  // namespace microchim::qpcr
