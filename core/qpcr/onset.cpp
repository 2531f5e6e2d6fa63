#include "core/qpcr/onset.hpp"

#include <Eigen/Dense>
#include <array>
#include <cmath>
#include <limits>

namespace microchim::qpcr {
namespace {

/// Powers base^0, base^-1, ... for each base of the grid, computed once.
constexpr std::size_t longest = 32;
struct Grid {
    static constexpr int size = 25;
    std::array<std::array<double, longest>, size> power{};
    static double base(int k) { return 1.2 + 0.05 * k; }
    Grid() {
        for (int k = 0; k < size; ++k)
            for (std::size_t j = 0; j < longest; ++j)
                power[static_cast<std::size_t>(k)][j] = std::pow(base(k), -static_cast<double>(j));
    }
};

}  // namespace

Onset fit_onset(std::span<const float> fluorescence, std::size_t first, std::size_t end) {
    static const Grid grid;
    if (end >= first + longest) first = end - longest + 1;
    Onset best;
    std::array<double, longest> value{}, back{};
    std::size_t n = 0;
    for (std::size_t c = first; c <= end && c < fluorescence.size(); ++c) {
        if (!std::isfinite(fluorescence[c])) continue;
        value[n] = static_cast<double>(fluorescence[c]);
        back[n++] = static_cast<double>(end - c);
    }
    best.points = static_cast<int>(n);
    if (n < 5) return best;
    double least = std::numeric_limits<double>::infinity();
    const double centre = value[0];
    for (int k = 0; k < Grid::size; ++k) {
        Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
        Eigen::Vector3d right = Eigen::Vector3d::Zero();
        double square = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double y = value[i] - centre;
            const Eigen::Vector3d column(1, -back[i],
                                         grid.power[static_cast<std::size_t>(k)][static_cast<std::size_t>(back[i])]);
            normal += column * column.transpose();
            right += y * column;
            square += y * y;
        }
        const Eigen::Vector3d solution = normal.ldlt().solve(right);
        const double rest = square - solution.dot(right);
        if (!std::isfinite(rest) || rest >= least) continue;
        least = rest;
        best.baseline = centre + solution[0];
        best.slope = solution[1];
        best.amplitude = solution[2];
        best.base = Grid::base(k);
    }
    best.residual = std::sqrt(std::max(least, 0.0) / static_cast<double>(n));
    return best;
}

}  // namespace microchim::qpcr
