// What the cells of one line can mean where a decimal comma and the comma between cells look the same, and how likely
// each reading is. decimal_comma.hpp has the why.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/decimal.hpp"

namespace microchim::qxmanager {

/// Running mean and variance (Welford 1962).
struct Moments {
    double n = 0, mean = 0, squares = 0;

    void add(double value) {
        const double before = value - mean;
        mean += before / ++n;
        squares += before * (value - mean);
    }
    double variance() const { return n > 1 ? squares / (n - 1) : 0; }
};

/// A number that was written with a comma, or without decimals.
struct Commaed {
    std::string_view whole, decimals;

    static bool is_digits(std::string_view s) {
        return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos;
    }
    /// "2" of "2E-05": amplitudes next to nothing are written so.
    static std::string_view without_exponent(std::string_view s) {
        const bool has = s.size() > 4 && (s[s.size() - 4] | 0x20) == 'e' && s[s.size() - 3] == '-' &&
                         is_digits(s.substr(s.size() - 2));
        return has ? s.substr(0, s.size() - 4) : s;
    }
    std::string_view unsigned_whole() const { return whole.starts_with('-') ? whole.substr(1) : whole; }
    std::string_view magnitude() const {
        return decimals.empty() ? without_exponent(unsigned_whole()) : unsigned_whole();
    }
    std::string_view fraction() const { return without_exponent(decimals); }
    bool is_number() const { return is_digits(magnitude()) && (decimals.empty() || is_digits(fraction())); }
    /// Digits without zeros in front.
    std::size_t digits() const {
        std::string all(magnitude());
        all += fraction();
        return all.size() - std::min(all.find_first_not_of('0'), all.size());
    }
    /// Whether a program that prints no needless zeros can have written it, with at most so many digits.
    bool is_plausible(std::size_t most) const {
        const bool zero_in_front = magnitude().size() > 1 && magnitude().front() == '0';
        const bool exponent = fraction().size() + magnitude().size() < decimals.size() + unsigned_whole().size();
        if (exponent && (magnitude().size() != 1 || magnitude() == "0")) return false;
        return is_number() && !zero_in_front && !fraction().ends_with('0') && digits() <= most;
    }
    float value() const {
        std::array<char, 64> text{};
        if (whole.size() + decimals.size() + 1 > text.size()) return 0;
        char* end = std::copy(whole.begin(), whole.end(), text.data());
        if (!decimals.empty()) {
            *end++ = '.';
            end = std::copy(decimals.begin(), decimals.end(), end);
        }
        const char* at = text.data();
        float value = 0;
        reader::read_float(at, end, value);
        return value;
    }
};

using Reading = std::vector<Commaed>;

/// All ways to make `channels` numbers of these cells: which of them have decimals.
inline std::vector<Reading> readings(const std::vector<std::string_view>& cells, std::size_t channels) {
    std::vector<Reading> all;
    for (unsigned mask = 0; mask < 1U << channels; ++mask) {
        Reading reading;
        std::size_t at = 0;
        for (std::size_t c = 0; c < channels; ++c) {
            const std::size_t width = (mask >> c & 1U) ? 2 : 1;
            if (at + width > cells.size()) break;
            reading.push_back({cells[at], width == 2 ? cells[at + 1] : std::string_view{}});
            at += width;
        }
        if (at == cells.size() && reading.size() == channels) all.push_back(std::move(reading));
    }
    return all;
}

/// Where the droplets of one combination of calls lie, by channel.
using Places = std::vector<Moments>;

/// The logarithm of how likely droplets of this place are to be printed so: their density there, times the step between
/// two numbers of `digits` digits. One droplet in a hundred may lie anywhere that the instrument can measure.
inline double likelihood(const Reading& reading, const Places& places, std::size_t digits) {
    constexpr double brightest = 65536, anywhere = 0.01 / brightest, never = 1e-300, pi = 3.14159265358979;
    double sum = 0;
    for (std::size_t c = 0; c < reading.size(); ++c) {
        const double x = reading[c].value();
        const bool minus_nothing = x == 0 && reading[c].whole.starts_with('-');
        const bool possible = std::abs(x) < brightest && !minus_nothing;
        double density = possible ? anywhere : never;
        if (possible && places[c].n >= 20 && places[c].variance() > 0) {
            const double away = x - places[c].mean, variance = places[c].variance();
            density += 0.99 * std::exp(-away * away / (2 * variance)) / std::sqrt(2 * pi * variance);
        }
        const double before_point = x == 0 ? 1 : std::floor(std::log10(std::abs(x))) + 1;
        sum += std::log(density) - std::log(10) * (static_cast<double>(digits) - before_point);
    }
    return sum;
}

}  // namespace microchim::qxmanager
