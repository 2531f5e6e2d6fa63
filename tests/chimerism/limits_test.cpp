// Limit of blank, limit of detection and the solver against values that were worked out another way.
#include "core/chimerism/limits.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "tests/chimerism/coverage/simulate.hpp"

using namespace microchim::chimerism;

namespace {

/// Negative binomial by its recurrence.
std::vector<double> negative_binomial(const Blank& blank, double partitions, std::size_t size) {
    const double r = blank.positive + 0.5, p = blank.accepted / (blank.accepted + partitions);
    std::vector<double> mass{std::pow(p, r)};
    for (std::size_t k = 1; k < size; ++k) {
        mass.push_back(mass.back() * (r + static_cast<double>(k) - 1) / static_cast<double>(k) * (1 - p));
    }
    return mass;
}

std::vector<double> convolved(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> sum(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; i + j < a.size(); ++j) sum[i + j] += a[i] * b[j];
    }
    return sum;
}

double limit(const std::vector<double>& mass) {
    double cumulative = 0;
    for (std::size_t k = 0; k < mass.size(); ++k) {
        cumulative += mass[k];
        if (cumulative >= 0.95) return static_cast<double>(k);
    }
    return -1;
}

}  // namespace

TEST_CASE("the limit of blank follows the Poisson-Gamma law of the blank") {
    const std::vector<std::pair<double, double>> published{{20e3, 1},  {40e3, 1},  {80e3, 1},
                                                           {160e3, 2}, {320e3, 3}, {640e3, 5}};
    for (const auto& [partitions, expected] : published) {
        CHECK(FalsePositives::after(assumed_blank, partitions).limit_of_blank() == expected);
    }
    for (double positive : {0.0, 1.0, 7.0, 40.0}) {
        for (double partitions : {5e3, 36e3, 400e3}) {
            const Blank blank{positive, 60000};
            CHECK(FalsePositives::after(blank, partitions).limit_of_blank() ==
                  limit(negative_binomial(blank, partitions, 1500)));
        }
    }
}

TEST_CASE("the sum of several backgrounds has the limit of their convolution, within one partition") {
    for (double partitions : {20e3, 160e3}) {
        const Blank a{0, 20e3}, b{4, 60e3}, c{2, 200e3};
        const FalsePositives sum = FalsePositives::after(a, partitions) + FalsePositives::after(b, partitions) +
                                   FalsePositives::after(c, partitions);
        const auto exact =
            convolved(convolved(negative_binomial(a, partitions, 600), negative_binomial(b, partitions, 600)),
                      negative_binomial(c, partitions, 600));
        CHECK(std::abs(sum.limit_of_blank() - limit(exact)) <= 1);
    }
}

TEST_CASE("copies at the limit of detection are the Poisson means that exceed the limit of blank 95 times in 100") {
    const std::vector<double> expected{2.996, 4.744, 6.296, 7.754, 9.154, 10.513};
    for (std::size_t l = 0; l < expected.size(); ++l) {
        CHECK(copies_at_detection(static_cast<double>(l), 0) == doctest::Approx(expected[l]).epsilon(1e-4));
    }
    CHECK(copies_at_detection(3, 0.906) == doctest::Approx(7.754 - 0.906).epsilon(1e-3));
}

TEST_CASE("the solver finds a maximum on the edge from any start") {
    RowMatrix design(3, 3);
    design << 2, 0, 1, 2, 2, 0, 0, 0, 1;  // marker with background, reference, blank
    Counts counts{Eigen::Vector3d(3, 5000, 20), Eigen::Vector3d(20000, 20000, 20000), {}, {}};
    counts.complete();
    for (double start : {1e-8, 1e-3, 1.0, 30.0}) {
        Fit fit;
        fit.y = Eigen::Vector3d::Constant(start);
        maximise(design, counts, fit);
        CHECK(fit.converged);
        CHECK(fit.y[0] == 0);
        CHECK(fit.y[1] == doctest::Approx(-std::log1p(-0.25) / 2).epsilon(1e-9));
        CHECK(fit.y[2] == doctest::Approx(-std::log1p(-23 / 40000.0)).epsilon(1e-9));
    }
}

TEST_CASE("simulated intervals cover, stay narrow, and nothing is detected where nothing is") {
    using simulation::Point;
    const std::vector<Point> points{{0, 2, 1, 2e-5, 60e3, 20e3, 0.3}, {1e-4, 4, 2, 2.4e-6, 200e3, 40e3, 1.5},
                                    {1e-3, 1, 1, 0, 0, 20e3, 0.3},    {1e-3, 3, 2, 5e-5, 200e3, 20e3, 0.3},
                                    {0.01, 2, 1, 0, 0, 20e3, 0.05},   {0.5, 4, 2, 2.4e-6, 20e3, 20e3, 1.5},
                                    {0.9, 1, 2, 0, 0, 20e3, 0.3},     {1e-5, 2, 2, 2.4e-6, 20e3, 160e3, 1.5},
                                    {0.98, 1, 0, 0, 0, 20e3, 0.3, 2}};
    for (std::size_t i = 0; i < points.size(); ++i) {
        CAPTURE(i);
        const simulation::Found f = simulation::repeat(points[i], 500, 11 + i);
        CHECK(f.coverage >= 0.92);  // 0.94 less three standard errors of 500 samples
        if (points[i].recipient == 0) CHECK(f.width <= 1.02 * f.mover_width);
        if (!std::isnan(f.bias)) CHECK(std::abs(f.bias) < 0.02);
        if (points[i].fraction == 0) CHECK(f.detected <= 0.07);
    }
}

TEST_CASE("fewer positives than the blank foretells never claim more than the DNA can show") {
    // 6,000 false positives per million expected in the sample: about 216; seen: none.
    const std::vector<Observation> sample{{"SRY", 0, 36000, {1}, 0, {}, Blank{360, 60000}},
                                          {"RPP30", 9000, 36000, {2}, 2, {}, {}}};
    const auto e = estimate(sample);
    CHECK(e.donors[0].call == DetectionCall::not_detected);
    CHECK(e.donors[0].upper * e.genomes == doctest::Approx(2.9957).epsilon(1e-3));  // -ln(0.05) copies
    CHECK(e.donors[0].high >= e.donors[0].upper);
}
