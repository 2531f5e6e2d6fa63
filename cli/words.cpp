#include "cli/words.hpp"

#include <cmath>
#include <cstdio>

namespace microchim::cli {
namespace {

/// Sets thousands apart in the digits before the point.
std::string grouped(std::string text) {
    const auto point = text.find('.');
    const bool negative = !text.empty() && text.front() == '-';
    std::size_t end = point == std::string::npos ? text.size() : point;
    while (end > (negative ? 4u : 3u)) text.insert(end -= 3, ",");
    return text;
}

}  // namespace

std::string figures(double value, int significant) {
    if (!std::isfinite(value)) return "–";
    if (value == 0) return "0";
    const int magnitude = static_cast<int>(std::floor(std::log10(std::fabs(value))));
    const int decimals = significant - 1 - magnitude;
    if (decimals <= 0) {
        const double unit = std::pow(10.0, -decimals);
        value = std::round(value / unit) * unit;
    }
    char text[400];
    std::snprintf(text, sizeof text, "%.*f", decimals > 0 ? decimals : 0, value);
    return grouped(text);
}

std::string percent(double fraction) {
    return figures(100 * fraction) + " %";
}

std::string per_million(double fraction) {
    return figures(1e6 * fraction);
}

std::string count(std::int64_t value) {
    return grouped(std::to_string(value));
}

std::string p_value(double p) {
    if (!std::isfinite(p)) return "–";
    return p < 0.0001 ? "p < 0.0001" : "p = " + figures(p, 2);
}

}  // namespace microchim::cli
