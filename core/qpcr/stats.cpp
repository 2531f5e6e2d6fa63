#include "core/qpcr/stats.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace microchim::qpcr {

double median(std::vector<double> values) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double spread(const std::vector<double>& values) {
    if (values.size() < 2) return 0;
    const double centre = median(values);
    std::vector<double> away;
    away.reserve(values.size());
    for (const double value : values) away.push_back(std::abs(value - centre));
    return 1.4826 * median(std::move(away));
}

}  // namespace microchim::qpcr
