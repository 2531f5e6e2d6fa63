// QuantaSoft's printed numbers, against values known from its exports.
#include "core/simulate/vendor.hpp"

#include <doctest/doctest.h>

using namespace microchim::simulate;
using doctest::Approx;

TEST_CASE("low counts have the highest-density interval") {
    const auto events = [](std::int64_t positive) {
        // One nanolitre and so many partitions that copies per microlitre are events times 1000 / n.
        const Printed c = quantasoft_concentration(positive, 100'000'000, 1);
        return std::pair(c.low * 1e5, c.high * 1e5);
    };
    CHECK(events(0).first == 0);
    CHECK(events(0).second == Approx(2.996).epsilon(1e-3));
    CHECK(events(1).first == Approx(0.042).epsilon(0.02));
    CHECK(events(1).second == Approx(4.776).epsilon(3e-3));
    CHECK(events(10).first == Approx(4.979).epsilon(1e-3));
    CHECK(events(10).second == Approx(17.614).epsilon(1e-3));
    CHECK(events(50).first == Approx(37.37).epsilon(1e-3));
    CHECK(events(50).second == Approx(65.20).epsilon(1e-3));
}

TEST_CASE("concentration follows the counts and the volume, and all positive is a million") {
    CHECK(quantasoft_concentration(10000, 20000, 0.85).value == Approx(693.147 / 0.85).epsilon(1e-6));
    const Printed all = quantasoft_concentration(20000, 20000, 0.85);
    CHECK(all.value == 1e6);
    CHECK(all.high == 1e6);
    CHECK(all.low > 5000);
    CHECK(all.low < 20000);
}

TEST_CASE("ratio and abundance say the same, and never go below 0") {
    const Printed a = quantasoft_concentration(5, 20000, 0.85), b = quantasoft_concentration(9000, 20000, 0.85);
    const Printed ratio = quantasoft_ratio(a, b), share = quantasoft_abundance(a, b);
    CHECK(share.value == Approx(100 * ratio.value / (1 + ratio.value)).epsilon(1e-12));
    CHECK(ratio.low >= 0);
    CHECK(share.low >= 0);
    CHECK(quantasoft_ratio(quantasoft_concentration(1, 20000, 0.85), b).low == 0);
}

TEST_CASE("numbers are printed short and without an exponent") {
    CHECK(quantasoft_number(0) == "0");
    CHECK(quantasoft_number(186.2) == "186");
    CHECK(quantasoft_number(0.1349) == "0.135");
    CHECK(quantasoft_number(0.07004) == "0.07");
    CHECK(quantasoft_number(0.0000123) == "0.0000123");
    CHECK(quantasoft_number(1673.4) == "1673");
    CHECK(quantasoft_number(27437) == "27440");
    CHECK(quantasoft_number(1e6) == "1000000");
    CHECK(quantasoft_number(12.345, 4, 2) == "12.35");
    CHECK(quantasoft_number(0.001, 4, 2) == "0");
}
