// Pinned to scipy.stats.beta.ppf and numpy.log1p (SciPy 1.10).
#include "core/dpcr/poisson.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace microchim::dpcr;

namespace {

constexpr double none = std::numeric_limits<double>::infinity();

struct Row {
    std::int64_t positive, accepted;
    double lambda, low, high;
};

constexpr Row rows[] = {
    {0, 20000, 0, 0, 0.00018444397270569676},
    {1, 20000, 5.000125004166823e-05, 1.2658903992144938e-06, 0.0002785891345240607},
    {5, 20000, 0.00025003125520931007, 8.118243800761973e-05, 0.000583489545833393},
    {100, 20000, 0.005012541823544282, 0.004078301046448002, 0.0060965954154667545},
    {9000, 20000, 0.5978370007556204, 0.5853478686143636, 0.6105108592735602},
    {19999, 20000, 9.903487552536237, 8.185911788985152, 13.57973544347666},
    {20000, 20000, none, 8.59825703214162, none},
    {0, 1, 0, 0, 3.6888794541139354},
    {1, 1, none, 0.025317807984289876, none},
    {3, 1000000, 3.000004500009e-06, 6.186727415685811e-07, 8.767286220609197e-06},
};

bool same(double ours, double theirs) {
    return ours == theirs || std::abs(ours - theirs) <= 1e-9 * std::abs(theirs);
}

}  // namespace

TEST_CASE("lambda and its exact interval agree with SciPy from no positive to all") {
    for (const auto& row : rows) {
        CAPTURE(row.positive);
        CAPTURE(row.accepted);
        const auto interval = lambda_interval(row.positive, row.accepted);
        CHECK(same(lambda(row.positive, row.accepted), row.lambda));
        CHECK(same(interval.low, row.low));
        CHECK(same(interval.high, row.high));
    }
}

TEST_CASE("no positive still bounds lambda from above: about 3.69 / n, and never below zero") {
    const auto interval = lambda_interval(0, 12345);
    CHECK(interval.low == 0.0);
    CHECK_FALSE(std::signbit(lambda(0, 12345)));
    CHECK(interval.high == doctest::Approx(3.6889 / 12345).epsilon(1e-4));
}

TEST_CASE("a higher confidence gives a wider interval") {
    const auto narrow = lambda_interval(50, 20000, 0.68), wide = lambda_interval(50, 20000, 0.99);
    CHECK(wide.low < narrow.low);
    CHECK(narrow.high < wide.high);
}

TEST_CASE("copies per microlitre divide by the partition volume, and saturation stays infinite") {
    CHECK(copies_per_ul(0.085, 0.85) == doctest::Approx(100));
    CHECK(copies_per_ul(lambda(9, 9), 0.85) == none);
    CHECK(copies_per_ul(0, 0.85) == 0);
}

TEST_CASE("counts, volumes and confidence levels that cannot be are refused") {
    CHECK_THROWS_AS(lambda(0, 0), std::invalid_argument);
    CHECK_THROWS_AS(lambda(-1, 10), std::invalid_argument);
    CHECK_THROWS_WITH_AS(lambda(11, 10),
                         "Positive partitions must be 0 to the number of accepted ones, of which there must be at "
                         "least one: found 11 of 10.",
                         std::invalid_argument);
    CHECK_THROWS_AS(lambda_interval(1, 0), std::invalid_argument);
    for (const double level : {0.0, 1.0, -0.5, std::nan("")})
        CHECK_THROWS_AS(lambda_interval(1, 10, level), std::invalid_argument);
    for (const double volume : {0.0, -1.0, none, std::nan("")})
        CHECK_THROWS_AS(copies_per_ul(1, volume), std::invalid_argument);
    CHECK_THROWS_AS(copies_per_ul(std::nan(""), 0.85), std::invalid_argument);
}
