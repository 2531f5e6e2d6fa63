#include "core/qpcr/landmarks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/qpcr/stats.hpp"

namespace microchim::qpcr {
namespace {

/// Straight lines across gaps; at the ends the nearest value.
std::vector<double> fill(std::span<const float> fluorescence, std::size_t& cycles) {
    std::vector<double> filled(fluorescence.size());
    std::size_t before = fluorescence.size();  // the last finite one; size: none yet
    for (std::size_t i = 0; i < fluorescence.size(); ++i) {
        if (!std::isfinite(fluorescence[i])) continue;
        const auto value = static_cast<double>(fluorescence[i]);
        filled[i] = value;
        ++cycles;
        const std::size_t from = before == fluorescence.size() ? 0 : before + 1;
        const double start = before == fluorescence.size() ? value : filled[before];
        for (std::size_t j = from; j < i; ++j)
            filled[j] = start + (value - start) * static_cast<double>(j + 1 - from) / static_cast<double>(i + 1 - from);
        before = i;
    }
    if (before < fluorescence.size())
        std::fill(filled.begin() + static_cast<std::ptrdiff_t>(before), filled.end(), filled[before]);
    return filled;
}

double mean_of_highest(std::vector<double> values, std::size_t count) {
    std::ranges::partial_sort(values, values.begin() + static_cast<std::ptrdiff_t>(count), std::greater<>());
    return std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count), 0.0) /
           static_cast<double>(count);
}

double drift_of(std::span<const double> f) {
    std::vector<double> steps;
    for (std::size_t i = 1; i < f.size(); ++i) steps.push_back(f[i] - f[i - 1]);
    return median(std::move(steps));
}

double scatter_of(std::span<const double> f) {
    std::vector<double> differences;
    for (std::size_t i = 1; i + 1 < f.size(); ++i) differences.push_back(f[i - 1] - 2 * f[i] + f[i + 1]);
    return spread(differences) / std::sqrt(6.0);
}

}  // namespace

double second_derivative(std::span<const double> values, std::size_t at) {
    return (2 * values[at - 2] - values[at - 1] - 2 * values[at] - values[at + 1] + 2 * values[at + 2]) / 7;
}

Landmarks find_landmarks(std::span<const float> fluorescence) {
    Landmarks marks;
    marks.filled = fill(fluorescence, marks.cycles);
    if (marks.cycles < fewest_cycles) return marks;
    const auto& f = marks.filled;
    const std::size_t n = f.size();
    marks.steepest = n - 1;
    marks.steepest_step = f[n - 1] - f[n - 2];
    for (std::size_t i = 1; i + 1 < n; ++i)
        if (const double step = (f[i + 1] - f[i - 1]) / 2; step > marks.steepest_step) {
            marks.steepest = i;
            marks.steepest_step = step;
        }
    marks.bend = 2;
    for (std::size_t i = 3; i + 2 < n && i <= marks.steepest; ++i)
        if (second_derivative(f, i) > second_derivative(f, marks.bend)) marks.bend = i;
    marks.top = mean_of_highest(f, 5);
    marks.last = (f[n - 1] + f[n - 2] + f[n - 3]) / 3;
    marks.last_step = (f[n - 1] - f[n - 4]) / 3;
    marks.drift = drift_of(f);
    marks.scatter = scatter_of(f);
    return marks;
}

}  // namespace microchim::qpcr
