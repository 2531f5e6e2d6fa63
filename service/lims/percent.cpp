#include "service/lims/percent.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace microchim::lims {
namespace {

constexpr int most = 12;

/// That give a percentage two significant digits.
int two_digits(double value) {
    if (!(value > 0)) return most;
    return std::clamp(1 - static_cast<int>(std::floor(std::log10(value))), 0, most);
}

}  // namespace

std::string percent(double fraction, int decimals) {
    char text[400];
    const auto end =
        std::to_chars(std::begin(text), std::end(text), 100 * fraction, std::chars_format::fixed, decimals).ptr;
    return {text, end};
}

int decimals_of(double fraction, double low, double high, std::optional<double> lod) {
    int decimals = two_digits(50 * (high - low));
    if (lod) decimals = std::min(decimals, two_digits(100 * *lod) + 2);
    const auto zero = [&] { return percent(fraction, decimals).find_first_of("123456789") == std::string::npos; };
    while (fraction > 0 && decimals < most && zero()) ++decimals;
    return decimals;
}

std::string percent_limit(double fraction) {
    return percent(fraction, two_digits(100 * fraction));
}

std::string percent_at_most(double fraction) {
    const int decimals = two_digits(100 * fraction);
    const double unit = std::pow(10.0, -decimals - 2);
    // A hair less, or 0.0005 would be 0.051 % for its last bit.
    const double up = std::ceil(fraction / unit * (1 - 1e-12)) * unit;
    return percent(up, decimals);
}

}  // namespace microchim::lims
