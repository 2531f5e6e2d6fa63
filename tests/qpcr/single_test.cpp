// The methods for one curve, on curves whose answer is known in closed form.
#include "core/qpcr/single.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/qpcr/stats.hpp"
#include "tests/qpcr/curves.hpp"

using namespace microchim;

namespace {

std::vector<float> sampled(const qpcr::Sigmoid& sigmoid, int cycles = 45) {
    std::vector<float> values;
    for (int c = 1; c <= cycles; ++c) values.push_back(static_cast<float>(sigmoid.at(c)));
    return values;
}

}  // namespace

TEST_CASE("the sigmoid is found again, and its bend is where a fine grid finds the second derivative largest") {
    for (const double skew : {0.4, 1.0, 3.0}) {
        CAPTURE(skew);
        const qpcr::Sigmoid truth{10, 50, 0.6, 25, skew, 0};
        double best = 0, where = 0;
        for (double c = 5; c < 45; c += 0.001)
            if (const double d = truth.at(c - 0.01) - 2 * truth.at(c) + truth.at(c + 0.01); d > best) {
                best = d;
                where = c;
            }
        CHECK(truth.bend() == doctest::Approx(where).epsilon(1e-3));
        const auto values = sampled(truth);
        const auto fitted = qpcr::fit_sigmoid(qpcr::trace_of(values));
        REQUIRE(fitted);
        CHECK(fitted->bend() == doctest::Approx(truth.bend()).epsilon(1e-4));
        CHECK(fitted->rate == doctest::Approx(0.6).epsilon(1e-3));
        CHECK(fitted->skew == doctest::Approx(skew).epsilon(1e-2));
    }
}

TEST_CASE("an exponential's base, and the crossing of a threshold") {
    const auto values = testing::curve_of({.copies = 1000, .noise = 0});
    const auto trace = qpcr::trace_of(values);
    CHECK(*qpcr::window_base(trace) == doctest::Approx(1.9).epsilon(0.05));
    // 1e-8 * 1000 * 1.9^c = 250
    CHECK(*qpcr::threshold_cq(trace, 250) == doctest::Approx(std::log(250 / 1e-5) / std::log(1.9)).epsilon(0.01));
    CHECK_FALSE(qpcr::threshold_cq(trace, 1e9));
    CHECK(*qpcr::bend_cq(trace) > *qpcr::threshold_cq(trace, 250));
}

TEST_CASE("median and spread") {
    CHECK(qpcr::median({3, 1, 2}) == 2);
    CHECK(qpcr::median({4, 1, 2, 3}) == 2.5);
    CHECK(std::isnan(qpcr::median({})));
    CHECK(qpcr::spread({1, 2, 3, 4, 100}) == doctest::Approx(1.4826));
    CHECK(qpcr::spread({7}) == 0);
}
