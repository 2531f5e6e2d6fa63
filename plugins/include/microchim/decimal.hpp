// Decimal text to float, for tables of many million plain numbers ("4376.0191", "-12.5").
// The value is always the one std::from_chars gives; only the common spelling is taken faster.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

namespace microchim::reader {

/// Reads the longest number at `at` and moves `at` behind it; false (and `at` untouched) where there is none,
/// or one that no float holds. Takes what std::from_chars takes, "nan" and "inf" excepted.
///
/// Why the fast way is exact: up to 15 digits are a whole number that a double holds, and so is the power of
/// ten, so their quotient is the double nearest to the decimal (Clinger 1990, "How to read floating point
/// numbers accurately"). Rounding it once more to float differs from rounding the decimal only where the double
/// lies exactly half way between two floats; there, as with exponents and long numbers, from_chars decides.
inline bool read_float(const char*& at, const char* end, float& value) {
    static constexpr double power_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char* p = at;
    const bool minus = p != end && *p == '-';
    if (minus) ++p;
    std::uint64_t digits = 0;
    const char* first = p;
    unsigned digit = 0;
    // 19 digits fit into the integer; a longer number is left to from_chars by the count below.
    while (p != end && (digit = static_cast<unsigned>(*p) - '0') < 10) digits = digits * 10 + digit, ++p;
    auto count = p - first;
    std::ptrdiff_t decimals = 0;
    if (p != end && *p == '.') {
        const char* point = p++;
        while (p != end && (digit = static_cast<unsigned>(*p) - '0') < 10) digits = digits * 10 + digit, ++p;
        decimals = p - point - 1;
        count += decimals;
    }
    if (count >= 1 && count <= 15 && (p == end || (*p | 0x20) != 'e')) {
        const double exact = static_cast<double>(digits) / power_of_ten[decimals];
        std::uint64_t bits = 0;
        std::memcpy(&bits, &exact, sizeof bits);
        constexpr std::uint64_t beyond_float = (1U << 29) - 1, half = 1U << 28;
        if ((bits & beyond_float) != half) {
            value = static_cast<float>(minus ? -exact : exact);
            at = p;
            return true;
        }
    }
    const auto [stop, fault] = std::from_chars(at, end, value);
    if (fault != std::errc{} || !std::isfinite(value)) return false;
    at = stop;
    return true;
}

}  // namespace microchim::reader
