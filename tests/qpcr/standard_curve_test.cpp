// The standard curve against numbers worked out elsewhere (numpy, SciPy), and what it must flag.
#include "core/qpcr/standard_curve.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace microchim::qpcr;

namespace {

/// Three wells at four amounts; Cq as measured, with one well that is off in `off`.
std::vector<StandardWell> wells(double off = 0) {
    const double cq[4][3] = {
        {34.92, 35.11, 34.71}, {31.40, 31.55, 31.32}, {28.05, 27.96, 28.11}, {24.60, 24.49, 24.58}};
    std::vector<StandardWell> out;
    for (int level = 0; level < 4; ++level)
        for (int i = 0; i < 3; ++i) out.push_back({std::pow(10.0, level + 1), cq[level][i], {}});
    out[4].cq = *out[4].cq + off;
    return out;
}

doctest::Approx about(double value, double epsilon = 1e-6) {
    return doctest::Approx(value).epsilon(epsilon);
}

}  // namespace

TEST_CASE("least squares over individual wells") {
    const auto curve = fit_standard_curve(wells()).value();
    // x = 1..4, mean 2.5, Sxx = 15; numpy.polyfit and its covariance
    CHECK(curve.slope == about(-3.445333333333));
    CHECK(curve.intercept == about(38.346666666667));
    CHECK(curve.wells == 12);
    CHECK(curve.levels == 4);
    CHECK(curve.freedom == 10);
    double squares = 0, total = 0, mean = 0;
    const auto all = wells();
    for (const auto& w : all) mean += *w.cq / 12;
    for (const auto& w : all) {
        squares += std::pow(*w.cq - curve.intercept - curve.slope * std::log10(w.quantity), 2);
        total += std::pow(*w.cq - mean, 2);
    }
    CHECK(curve.sd == about(std::sqrt(squares / 10)));
    CHECK(curve.r2 == about(1 - squares / total));
    CHECK(std::sqrt(curve.slope_variance) == about(curve.sd / std::sqrt(15)));
    CHECK(std::sqrt(curve.intercept_variance) == about(curve.sd * std::sqrt(1 / 12.0 + 2.5 * 2.5 / 15)));
    CHECK(curve.efficiency() == about(std::pow(10, 1 / 3.445333333333)));
    // by a small step of the slope
    const double step = 1e-5, changed = std::pow(10, -1 / (curve.slope + step)) - std::pow(10, -1 / curve.slope);
    CHECK(curve.efficiency_se() == about(std::abs(changed / step) * std::sqrt(curve.slope_variance), 1e-3));
    CHECK(curve.outliers.empty());
}

TEST_CASE("a well that lies off is flagged and stays in the fit") {
    const auto curve = fit_standard_curve(wells(2)).value();
    REQUIRE(curve.outliers.size() == 1);
    CHECK(curve.outliers[0].well == 4);
    CHECK(curve.outliers[0].studentised > 5);
    CHECK(curve.wells == 12);
    CHECK(curve.intercept > 38.4);
}

TEST_CASE("undetermined standards are left out and counted; too few give no curve") {
    auto some = wells();
    some[0].cq.reset();
    const auto curve = fit_standard_curve(some).value();
    CHECK(curve.undetermined == 1);
    CHECK(curve.wells == 11);
    CHECK_FALSE(fit_standard_curve({{10, 33.0, {}}, {100, 30.0, {}}}));
    CHECK_FALSE(fit_standard_curve({{10, 33.0, {}}, {10, 33.1, {}}, {10, 33.2, {}}}));
    CHECK_FALSE(fit_standard_curve({{10, 30.0, {}}, {100, 33.0, {}}, {1000, 36.0, {}}}));  // rises
}

TEST_CASE("inverse prediction is Fieller's: the limits solve its equation") {
    const auto curve = fit_standard_curve(wells()).value();
    for (const double cq : {36.0, 30.0, 22.0}) {
        const auto found = predict(curve, cq, 3);
        CHECK(found.quantity == about(std::pow(10, (cq - curve.intercept) / curve.slope)));
        CHECK(found.low < found.quantity);
        CHECK(found.high > found.quantity);
        for (const double limit : {found.low, found.high}) {
            const double x = std::log10(limit), off = cq - curve.intercept - curve.slope * x;
            const double variance = curve.sd * curve.sd * (1 / 3.0 + 1 / 12.0 + std::pow(x - curve.mean_log, 2) / 15);
            CHECK(std::abs(off) / std::sqrt(variance) == about(2.2281388519649385));  // t of 10, 0.975
        }
    }
}

TEST_CASE("a slope that may be nothing gives no upper limit") {
    const auto curve = fit_standard_curve({{10, 33, {}}, {100, 30, {}}, {10, 28, {}}, {100, 31, {}}, {100, 29.5, {}}});
    REQUIRE(curve);
    CHECK(predict(*curve, 30, 1).high == std::numeric_limits<double>::infinity());
}

TEST_CASE("standards that do not lie on a line, and standards on two lines") {
    auto bent = wells();
    for (int i = 0; i < 3; ++i) bent[static_cast<std::size_t>(i)].cq = *bent[static_cast<std::size_t>(i)].cq + 2;
    CHECK(fit_standard_curve(bent)->lack_of_fit.value() < 0.001);
    CHECK(fit_standard_curve(wells())->lack_of_fit.value() > 0.01);
    CHECK_FALSE(two_lines(wells()));
    auto both = wells();
    for (auto w : wells()) both.push_back({w.quantity, *w.cq + 2.5, {}});
    CHECK(two_lines(both).value() == doctest::Approx(2.5).epsilon(0.15));
}

TEST_CASE("replicates are hardly ever taken for two lines") {
    std::mt19937_64 random(5);
    std::normal_distribution<> noise(0, 0.34);
    int taken = 0;
    for (int i = 0; i < 2000; ++i) {
        std::vector<StandardWell> some;
        for (const double q : {1e1, 1e2, 1e3, 1e4, 1e5})
            for (int k = 0; k < 2; ++k) some.push_back({q, 38.3 - 3.45 * std::log10(q) + noise(random), {}});
        taken += two_lines(some) ? 1 : 0;
    }
    CHECK(taken < 20);
}

TEST_CASE("with few copies the weighted fit finds line and noise that plain least squares miss") {
    std::mt19937_64 random(11);
    std::normal_distribution<> noise(0, 0.34);
    double sd = 0, intercept = 0, slope = 0, claimed = 0, squares = 0, plain = 0;
    constexpr int repeats = 400;
    for (int i = 0; i < repeats; ++i) {
        std::vector<StandardWell> some;
        for (const double q : {2.0, 10.0, 1e2, 1e3, 1e4})
            for (int k = 0; k < 4; ++k) {
                const auto c = std::poisson_distribution<long>(q)(random);
                std::optional<double> cq;
                if (c > 0) cq = 38.3 - 3.45 * std::log10(static_cast<double>(c)) + noise(random);
                some.push_back({q, cq, {}});
            }
        const auto curve = fit_standard_curve(some, Weighting::poisson).value();
        sd += curve.sd * curve.sd / repeats;
        intercept += curve.intercept / repeats;
        slope += curve.slope / repeats;
        claimed += curve.intercept_variance / repeats;
        squares += std::pow(curve.intercept - 38.3, 2) / repeats;
        plain += std::pow(fit_standard_curve(some)->sd, 2) / repeats;
    }
    CHECK(std::sqrt(sd) == doctest::Approx(0.34).epsilon(0.06));
    CHECK(intercept == doctest::Approx(38.3).epsilon(0.002));
    CHECK(slope == doctest::Approx(-3.45).epsilon(0.005));
    CHECK(claimed == doctest::Approx(squares).epsilon(0.25));
    CHECK(std::sqrt(plain) > 0.45);
}
