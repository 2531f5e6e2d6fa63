// Simulated curves with known truth, and what must not change a result.
#include "core/qpcr/analyse.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "tests/qpcr/curves.hpp"

using namespace microchim;
using qpcr::Method;
using qpcr::Verdict;

namespace {

constexpr Method methods[] = {Method::window, Method::threshold, Method::second_derivative, Method::model};

template <class Change>
Run changed(Run run, Change change) {
    for (auto& react : run.reacts)
        for (auto& value : react.curves[0].fluorescence) value = change(value);
    return run;
}

void check_same_cq(const Run& one, const Run& other, double tolerance) {
    for (const auto method : methods) {
        CAPTURE(qpcr::to_string(method));
        const auto a = qpcr::analyse(one, method), b = qpcr::analyse(other, method);
        REQUIRE(a.size() == b.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
            CAPTURE(i);
            REQUIRE(a[i].cq);
            REQUIRE(b[i].cq);
            CHECK(std::abs(*a[i].cq - *b[i].cq) < tolerance);
            CHECK(a[i].verdict == b[i].verdict);
        }
    }
}

qpcr::ReactionResult only(const std::vector<float>& values, Method method = Method::window) {
    Run run;
    testing::add(run, values);
    return qpcr::analyse(run, method).at(0);
}

}  // namespace

TEST_CASE("a dilution series gives the efficiency it was made with, and N0 in proportion to the copies") {
    for (const double efficiency : {1.75, 1.9, 2.0}) {
        CAPTURE(efficiency);
        const auto results = qpcr::analyse(testing::series(efficiency));
        REQUIRE(results.size() == 15);
        for (const auto& result : results) {
            CHECK(result.verdict == Verdict::amplified);
            REQUIRE(result.efficiency);
            CHECK(*result.efficiency == doctest::Approx(efficiency).epsilon(0.015));
            CHECK(*result.own_efficiency == doctest::Approx(efficiency).epsilon(0.08));
        }
        for (std::size_t i = 3; i < 15; ++i) {
            const double tenfold = *results[i].cq - *results[i - 3].cq;
            CHECK(tenfold == doctest::Approx(std::log(10) / std::log(efficiency)).epsilon(0.03));
            CHECK(*results[i - 3].n0 / *results[i].n0 == doctest::Approx(10).epsilon(0.12));
        }
    }
}

TEST_CASE("half the copies come one doubling later: 1 / log2(efficiency) cycles") {
    Run run;
    for (const double copies : {20000.0, 10000.0})
        testing::add(run, testing::curve_of({.copies = copies, .noise = 0.1}));
    for (const auto method : methods) {
        CAPTURE(qpcr::to_string(method));
        const auto results = qpcr::analyse(run, method);
        CHECK(*results[1].cq - *results[0].cq == doctest::Approx(1 / std::log2(1.9)).epsilon(0.03));
    }
}

TEST_CASE("scaling all curves or lifting them does not move Cq") {
    const auto run = testing::series();
    check_same_cq(run, changed(run, [](float v) { return v * 0.001F; }), 2e-3);
    check_same_cq(run, changed(run, [](float v) { return v + 5000; }), 2e-3);
    check_same_cq(run, changed(run, [](float v) { return v - 1000; }), 2e-3);
}

TEST_CASE("a well that shines 10 % brighter has the same Cq") {
    auto run = testing::series();
    const auto before = qpcr::analyse(run);
    for (auto& value : run.reacts[4].curves[0].fluorescence) value *= 1.1F;
    const auto after = qpcr::analyse(run);
    CHECK(*after[4].cq == doctest::Approx(*before[4].cq).epsilon(2e-4));
}

TEST_CASE("cycles that were not read hardly move Cq") {
    const auto run = testing::series();
    auto gaps = run;
    const float none = std::numeric_limits<float>::quiet_NaN();
    for (auto& react : gaps.reacts)
        for (const std::size_t cycle : {0, 7, 12, 44}) react.curves[0].fluorescence[cycle] = none;
    for (const auto method : {Method::window, Method::model}) {
        const auto a = qpcr::analyse(run, method), b = qpcr::analyse(gaps, method);
        for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(*a[i].cq - *b[i].cq) < 0.1);
    }
}

TEST_CASE("a sloped baseline, rising or falling, is followed") {
    for (const double drift : {-3.0, 3.0}) {
        auto straight = testing::series();
        auto sloped = straight;
        for (auto& react : sloped.reacts)
            for (std::size_t c = 0; c < react.curves[0].fluorescence.size(); ++c)
                react.curves[0].fluorescence[c] += static_cast<float>(drift * static_cast<double>(c));
        const auto a = qpcr::analyse(straight), b = qpcr::analyse(sloped);
        for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(*a[i].cq - *b[i].cq) < 0.05);
    }
}

TEST_CASE("noise, a flat line, drift and nothing at all are no amplification") {
    CHECK(only(testing::curve_of({.copies = 0})).verdict == Verdict::no_amplification);
    CHECK(only(testing::curve_of({.copies = 0, .noise = 0})).verdict == Verdict::no_amplification);
    CHECK(only(testing::curve_of({.copies = 0, .drift = 8})).verdict == Verdict::no_amplification);
    CHECK(only(std::vector<float>(40, 0.0F)).verdict == Verdict::no_amplification);
    for (unsigned seed = 1; seed <= 200; ++seed)
        CHECK_FALSE(qpcr::amplified(only(testing::curve_of({.copies = 0, .noise = 20, .seed = seed})).verdict));
    const auto result = only(testing::curve_of({.copies = 0}));
    CHECK_FALSE(result.cq);
    CHECK_FALSE(result.n0);
    CHECK_FALSE(result.efficiency);
}

TEST_CASE("what is wrong with a curve is said") {
    const float none = std::numeric_limits<float>::quiet_NaN();
    CHECK(only(std::vector<float>(9, 1.0F)).verdict == Verdict::too_few_cycles);
    CHECK(only(std::vector<float>(40, none)).verdict == Verdict::too_few_cycles);
    const auto late = only(testing::curve_of({.copies = 3, .cycles = 38}));
    CHECK((late.verdict == Verdict::late_rise || late.verdict == Verdict::no_plateau));
    CHECK(late.cq);
    CHECK_FALSE(late.plateau);
    CHECK_FALSE(late.notes.empty());
    CHECK(only(testing::curve_of({.copies = 1e10})).verdict == Verdict::baseline_error);
    auto hook = testing::curve_of({.copies = 1e6});
    for (std::size_t c = 32; c < hook.size(); ++c) hook[c] -= static_cast<float>(120 * (c - 31));
    CHECK(only(hook).verdict == Verdict::hook_effect);
    CHECK(only(testing::curve_of({.noise = 260})).verdict != Verdict::amplified);
}

TEST_CASE("an outlier and blanks do not change the others' efficiency") {
    auto run = testing::series();
    const double clean = *qpcr::analyse(run)[0].efficiency;
    testing::add(run, testing::curve_of({.copies = 1e4, .efficiency = 1.5, .seed = 99}));
    for (unsigned seed = 50; seed < 60; ++seed) testing::add(run, testing::curve_of({.copies = 0, .seed = seed}));
    const auto results = qpcr::analyse(run);
    CHECK(*results[0].efficiency == doctest::Approx(clean).epsilon(0.01));
    CHECK(*results[15].own_efficiency < 1.7);
    CHECK_FALSE(results[15].notes.empty());
}

TEST_CASE("targets are analysed apart, excluded curves get a result, the order of wells does not matter") {
    auto run = testing::series();
    const auto alone = qpcr::analyse(run);
    for (unsigned i = 0; i < 6; ++i)
        testing::add(run, testing::curve_of({.copies = 1e4, .efficiency = 1.7, .seed = 70 + i}), "RPP30");
    run.reacts[20].curves[0].excluded = true;
    const auto both = qpcr::analyse(run);
    CHECK(*both[0].cq == doctest::Approx(*alone[0].cq));
    CHECK(both[20].cq);
    auto reversed = run;
    std::ranges::reverse(reversed.reacts);
    const auto back = qpcr::analyse(reversed);
    for (std::size_t i = 0; i < both.size(); ++i)
        CHECK(*back[both.size() - 1 - i].cq == doctest::Approx(*both[i].cq).epsilon(1e-5));
}

TEST_CASE("from 18 to 60 cycles") {
    for (const std::size_t cycles : {18, 25, 60}) {
        const double copies = 1e11 / std::pow(1.9, static_cast<double>(cycles) * 0.6);
        CAPTURE(cycles);
        CHECK(only(testing::curve_of({.copies = copies, .cycles = cycles})).cq);
    }
    CHECK(qpcr::analyse(Run{}).empty());
    Run bare;
    testing::add(bare, {});
    CHECK(qpcr::analyse(bare).empty());
}
