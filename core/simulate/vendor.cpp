#include "core/simulate/vendor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace microchim::simulate {
namespace {

constexpr double all_positive = 1'000'000;

struct Interval {
    double low, high;
};

/// Chance of more than `count` events where `mean` are expected; also the share of Gamma(count + 1) below `mean`.
double more_than(std::int64_t count, double mean) {
    double term = std::exp(-mean), sum = term;
    for (std::int64_t i = 1; i <= count; ++i) sum += term *= mean / static_cast<double>(i);
    return 1 - sum;
}

/// Logarithm of the density of Gamma(count + 1), less a constant.
double log_density(std::int64_t count, double mean) {
    return static_cast<double>(count) * std::log(mean) - mean;
}

/// The upper end that is as dense as `low`, by bisection; the density falls beyond `count`.
double matching_high(std::int64_t count, double low) {
    const double wanted = log_density(count, low);
    double left = static_cast<double>(count), right = left + 60 + 10 * std::sqrt(left);
    for (int step = 0; step < 60; ++step) {
        const double middle = (left + right) / 2;
        (log_density(count, middle) > wanted ? left : right) = middle;
    }
    return left;
}

/// Shortest interval that holds `mass` of Gamma(count + 1). `count` is below 100.
Interval densest(std::int64_t count, double mass) {
    // Without positives the 68 % columns of real exports hold 1.37 events, which no interval of that mass explains.
    if (count == 0) return {0, mass < 0.9 ? 1.37 : -std::log1p(-mass)};
    double left = 0, right = static_cast<double>(count);
    for (int step = 0; step < 60; ++step) {
        const double low = (left + right) / 2;
        const double inside = more_than(count, matching_high(count, low)) - more_than(count, low);
        (inside > mass ? left : right) = low;
    }
    return {left, matching_high(count, left)};
}

/// Limits of the share of positives.
Interval share(std::int64_t positive, std::int64_t accepted, double mass, double z) {
    const auto n = static_cast<double>(accepted), p = static_cast<double>(positive) / n;
    const std::int64_t negative = accepted - positive;
    if (std::min(positive, negative) >= 100) {
        const double half = z * std::sqrt(p * (1 - p) / n);
        return {p - half, p + half};
    }
    const Interval rare = densest(std::min(positive, negative), mass);
    if (positive <= negative) return {rare.low / n, rare.high / n};
    return {1 - rare.high / n, 1 - rare.low / n};
}

double relative_half_width(const Printed& c) {
    return (c.high - c.low) / (2 * c.value);
}
double relative_half_width68(const Printed& c) {
    return (c.high68 - c.low68) / (2 * c.value);
}

Printed around(double value, double half, double half68) {
    return {value, std::max(0.0, value - half), value + half, std::max(0.0, value - half68), value + half68};
}

}  // namespace

Printed quantasoft_concentration(std::int64_t positive, std::int64_t accepted, double volume_nl) {
    const auto copies = [volume_nl](double p) {
        return p >= 1 ? all_positive : -std::log1p(-std::max(0.0, p)) / (volume_nl * 1e-3);
    };
    const Interval wide = share(positive, accepted, 0.95, 1.959964);
    const Interval narrow = share(positive, accepted, 0.68, 1);
    return {copies(static_cast<double>(positive) / static_cast<double>(accepted)), copies(wide.low), copies(wide.high),
            copies(narrow.low), copies(narrow.high)};
}

Printed quantasoft_ratio(const Printed& first, const Printed& second) {
    const double ratio = first.value / second.value;
    return around(ratio, ratio * std::hypot(relative_half_width(first), relative_half_width(second)),
                  ratio * std::hypot(relative_half_width68(first), relative_half_width68(second)));
}

Printed quantasoft_abundance(const Printed& first, const Printed& second) {
    const double f = first.value / (first.value + second.value);
    const double scale = 100 * f * (1 - f);
    return around(100 * f, scale * std::hypot(relative_half_width(first), relative_half_width(second)),
                  scale * std::hypot(relative_half_width68(first), relative_half_width68(second)));
}

std::string quantasoft_number(double value, int figures, int most_decimals) {
    if (value == 0) return "0";
    if (std::abs(value) >= 1000) ++figures;
    int decimals = figures - 1 - static_cast<int>(std::floor(std::log10(std::abs(value))));
    decimals = std::min(decimals, most_decimals);
    if (decimals < 0) {
        const double unit = std::pow(10.0, -decimals);
        value = std::round(value / unit) * unit;
        decimals = 0;
    }
    std::array<char, 64> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
    std::string text(buffer.data(), end.ptr);
    if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace microchim::simulate
