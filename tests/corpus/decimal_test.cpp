// The fast way to read amplitudes gives exactly what std::from_chars gives.
#include "microchim/decimal.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cstdio>
#include <random>
#include <string>

namespace {

/// Whether value, verdict and end are those of std::from_chars.
bool same(const std::string& text) {
    float ours = 0, theirs = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    const bool read = microchim::reader::read_float(at, end, ours);
    const auto [stop, fault] = std::from_chars(text.data(), end, theirs);
    const bool number = fault == std::errc{} && std::isfinite(theirs);
    if (!number) return !read && at == text.data();
    return read && at == stop && std::bit_cast<std::uint32_t>(ours) == std::bit_cast<std::uint32_t>(theirs);
}

std::string print(const char* format, int places, double value) {
    char text[400];
    return std::string(text, static_cast<std::size_t>(std::snprintf(text, sizeof text, format, places, value)));
}

}  // namespace

TEST_CASE("random decimals read to the same float as with from_chars") {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> unit(-0.2, 1);
    int different = 0;
    for (int i = 0; i < 300000; ++i) {
        const int places = static_cast<int>(random() % 10);
        different += !same(print("%.*f", places, unit(random) * std::pow(10.0, static_cast<double>(random() % 7))));
    }
    CHECK(different == 0);
}

TEST_CASE("decimals half way between two floats, and next to it, round as from_chars rounds") {
    std::mt19937_64 random(8);
    std::uniform_real_distribution<float> amplitude(1, 30000);
    int different = 0;
    for (int i = 0; i < 100000; ++i) {
        const float low = amplitude(random);
        const double half = (static_cast<double>(low) + std::nextafter(low, 1e9F)) / 2;
        for (const int places : {5, 9, 10, 11, 12, 13, 20}) different += !same(print("%.*f", places, half));
    }
    CHECK(different == 0);
}

TEST_CASE("odd spellings are taken or refused as from_chars does") {
    for (const char* text : {"",
                             "-",
                             ".",
                             "-.",
                             ".5",
                             "5.",
                             "1e5",
                             "1e",
                             "1ex",
                             "1E+3",
                             "00012.50",
                             "0",
                             "-0",
                             "-0.0",
                             "16777217",
                             "8388608.5",
                             "999999999999999",
                             "9999999999999999",
                             "123456789012345678901234567890",
                             "0.00000000000000000000000000000000000001",
                             "1e99",
                             "nan",
                             "inf",
                             "+5",
                             " 5",
                             "0x10",
                             "1..2",
                             "1.2.3",
                             "12,5"})
        CHECK_MESSAGE(same(text), text);
}
