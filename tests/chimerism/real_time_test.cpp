// Real-time wells: the likelihood against its definition, single molecules against measured plates, the estimate by
// simulation, and what is refused.
#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <stdexcept>

#include "core/chimerism/cq_wells.hpp"
#include "core/chimerism/evidence.hpp"
#include "core/chimerism/fraction.hpp"
#include "core/chimerism/limits.hpp"
#include "core/run/errors.hpp"
#include "tests/chimerism/coverage/real_time.hpp"

using namespace microchim;
using namespace microchim::chimerism;

namespace {

using Cqs = std::vector<std::optional<double>>;
constexpr auto none = std::nullopt;

CqCurve curve(double intercept_se = 0, double slope_se = 0) {
    return {38.3, -3.45, 0.34, intercept_se * intercept_se, slope_se * slope_se, 0, {}};
}

Observation seen(const std::string& target, Cqs cq, double donor, double recipient, CqCurve by = curve()) {
    Observation o{target, 0, 0, {donor}, recipient, {}, {}};
    o.cq = std::move(cq);
    o.curve = by;
    return o;
}

/// By the definition, calibration error by brute force.
double log_likelihood(const CqCurve& by, const std::vector<CqWell>& wells, double lambda, double calibration_sd) {
    double total = 0;
    for (int step = -400; step <= 400; ++step) {
        const double error = calibration_sd * step / 80.0;
        double product = std::exp(-step * step / 12800.0);
        for (const auto& w : wells) {
            const double rate = lambda * w.volume;
            if (!w.cq) {
                product *= std::exp(-rate);
                continue;
            }
            double sum = 0;
            for (int c = 1; c < 400; ++c) {
                const double off = (*w.cq - error - by.intercept - by.slope * std::log10(c)) / by.sd;
                sum += std::exp(c * std::log(rate) - rate - std::lgamma(c + 1.0) - off * off / 2);
            }
            product *= sum;
        }
        total += product;
        if (calibration_sd <= 0) return std::log(product);
    }
    return std::log(total);
}

std::string refusal(const std::vector<Observation>& observations) {
    try {
        estimate(observations);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("the likelihood of wells is the sum over copies, with the calibration integrated out") {
    const std::vector<CqWell> wells{{38.0, 1}, {none, 1}, {36.9, 1}, {39.1, 0.5}, {none, 0.25}, {35.0, 1}};
    for (const double se : {0.0, 0.3}) {
        const CqWells likelihood(curve(se), wells);
        const double at = log_likelihood(curve(), wells, 1.5, se);
        for (const double lambda : {0.2, 0.8, 1.5, 3.0, 8.0}) {
            const double expected = log_likelihood(curve(), wells, lambda, se) - at;
            CHECK(likelihood.value(lambda) - likelihood.value(1.5) == doctest::Approx(expected).epsilon(1e-4));
        }
        CHECK(likelihood.detected() == 4);
        CHECK(likelihood.wells() == doctest::Approx(4.75));
    }
}

TEST_CASE("its derivatives are those of its values, from single copies to hundreds of thousands") {
    const std::vector<std::vector<CqWell>> plates{{{38.0, 1}, {none, 1}, {36.9, 1}},
                                                  {{34.2, 1}, {33.6, 1}, {33.9, 1}, {32.9, 1}},
                                                  {{20.1, 1}, {20.6, 1}, {22.0, 0.25}},
                                                  {{none, 1}, {none, 1}}};
    for (const auto& wells : plates) {
        const CqWells likelihood(curve(0.2, 0.05), wells);
        const double middle = std::max(likelihood.best(), 0.5);
        for (const double lambda : {middle * 0.3, middle, middle * 1.4}) {
            const double h = lambda * 1e-4;
            const double numeric = (likelihood.value(lambda + h) - likelihood.value(lambda - h)) / (2 * h);
            const auto at = likelihood.at(lambda);
            CHECK(at.slope * lambda == doctest::Approx(numeric * lambda).epsilon(1e-4));
            CHECK(at.value == doctest::Approx(likelihood.value(lambda)));
            CHECK(at.curvature >= 0);
            CHECK(at.value <= 1e-9);
        }
    }
}

TEST_CASE("a likelihood far from its wells stays finite and falls") {
    const CqWells likelihood({38.3, -3.45, 1.2, 0.3, 0.02, -0.05, 5}, {{33.0, 1}, {36.0, 1}, {none, 1}});
    double before = 1;
    for (double lambda = likelihood.best(); lambda < 1e7; lambda *= 3) {
        CHECK(likelihood.value(lambda) < before);
        before = likelihood.value(lambda);
    }
    before = 1;
    for (double lambda = likelihood.best(); lambda > 1e-9; lambda /= 3) {
        CHECK(likelihood.value(lambda) < before);
        before = likelihood.value(lambda);
    }
}

TEST_CASE("presence and absence alone give -ln(1 - k/n): single molecules on measured plates") {
    // Wells with a Cq at 1, 4 and 16 genomes of homozygous lines (Kanaan et al. 2023): 2, 8 and 32 copies expected.
    const double one = -std::log1p(-576.0 / 658);
    CHECK(one == doctest::Approx(2).epsilon(0.05));
    CHECK(221.0 / 222 == doctest::Approx(-std::expm1(-8.0)).epsilon(0.005));
    // With a noise that hardly tells one copy from three the estimate rests on k of n.
    CqCurve blind = curve();
    blind.sd = 2.5;
    std::mt19937_64 random(8);
    std::vector<CqWell> wells;
    double k = 0;
    for (int i = 0; i < 658; ++i) {
        const int c = std::poisson_distribution<int>(one)(random);
        std::optional<double> cq;
        if (c > 0) cq = 38.3 - 3.45 * std::log10(c) + std::normal_distribution<>(0, 2.5)(random);
        wells.push_back({cq, 1});
        k += c > 0 ? 1 : 0;
    }
    CHECK(CqWells(blind, wells).best() == doctest::Approx(-std::log1p(-k / 658)).epsilon(0.05));
}

TEST_CASE("the spread of Cq follows the noise law in which one sd explains all amounts") {
    // Pooled SD of real wells at 2, 8 and 32 copies: 1.15, 0.61, 0.42 (Kanaan et al. 2023); the law is for the mean of
    // many copies and is least exact at two, where no Cq at all is one of the outcomes.
    for (const auto& [copies, seen_sd] : {std::pair{8.0, 0.61}, std::pair{32.0, 0.42}}) {
        const double law = std::sqrt(0.34 * 0.34 + 1 / (std::pow(std::log(2.0), 2) * copies));
        CHECK(law == doctest::Approx(seen_sd).epsilon(0.05));
    }
}

TEST_CASE("a curve of genomes is a curve of copies moved by what a genome carries") {
    const auto moved = of_copies({38.3, -3.45, 0.34, 0.04, 0.0025, -0.008, {}}, 2);
    CHECK(moved.intercept == doctest::Approx(38.3 + 3.45 * std::log10(2.0)));
    // a' = a - slope log 2: error propagation
    const double l = std::log10(2.0);
    CHECK(moved.intercept_variance == doctest::Approx(0.04 + l * l * 0.0025 + 2 * l * 0.008));
    CHECK(moved.covariance == doctest::Approx(-0.008 - l * 0.0025));
    CHECK(moved.slope == -3.45);
}

TEST_CASE("six wells, two donor copies: a fraction of one in fifty thousand") {
    const auto e =
        estimate({seen("SRY", {38.1, none, none, 38.5, none, none}, 1, 0), seen("RPP30", {23.12, 23.3, 23.2}, 2, 2)});
    const auto& d = e.donors.front();
    const double copies = std::pow(10, (23.2067 - 38.3) / -3.45);
    CHECK(d.fraction == doctest::Approx(2 / (6 * copies / 2)).epsilon(0.1));
    CHECK(d.call == DetectionCall::detected_below_loq);
    CHECK(d.low > 0);
    CHECK(d.high / d.low > 5);
    CHECK(e.genomes == doctest::Approx(6 * copies / 2).epsilon(0.05));
    CHECK(e.markers.front().positive == 2);
    CHECK(e.markers.front().accepted == 6);
    // 3 copies are missed in one sample of twenty
    CHECK(d.lod.value() == doctest::Approx(3.0 / (6 * copies / 2)).epsilon(0.06));
    CHECK(d.loq.value() > 5 * d.lod.value());
}

TEST_CASE("no Cq in any well: not detected, below three copies") {
    const auto e = estimate({seen("SRY", Cqs(6, none), 1, 0), seen("RPP30", {23.12, 23.3, 23.2}, 2, 2)});
    const auto& d = e.donors.front();
    CHECK(d.call == DetectionCall::not_detected);
    CHECK(d.fraction == 0);
    CHECK(d.low == 0);
    CHECK(d.upper == doctest::Approx(3.0 / e.genomes).epsilon(0.15));
}

TEST_CASE("order of wells, splitting into observations and volumes change nothing") {
    const auto reference = seen("RPP30", {23.12, 23.3}, 2, 2);
    const auto whole = estimate({seen("SRY", {37.0, none, 38.5, 36.0}, 1, 0), reference}).donors.front();
    const auto split = estimate({seen("SRY", {36.0, 38.5}, 1, 0), reference, seen("SRY", {none, 37.0}, 1, 0)});
    CHECK(split.donors.front().fraction == doctest::Approx(whole.fraction).epsilon(1e-6));
    CHECK(split.donors.front().high == doctest::Approx(whole.high).epsilon(1e-5));
    std::vector<Observation> volumes{seen("SRY", {37.0, none, 38.5, 36.0}, 1, 0), reference};
    for (auto& o : volumes) o.volume_nl = 20000;
    CHECK(estimate(volumes).donors.front().low == doctest::Approx(whole.low).epsilon(1e-6));
    volumes.back().volume_nl = 5000;  // a quarter of the DNA in the reference wells
    CHECK(estimate(volumes).donors.front().fraction == doctest::Approx(whole.fraction / 4).epsilon(1e-3));
}

TEST_CASE("partitions and real-time wells join in one sample where their volumes are known") {
    Observation counted{"SRY", 12, 36246, {1}, 0, 0.85, {}}, reference{"RPP30", 9120, 36246, {2}, 2, 0.85, {}};
    const auto alone = estimate({counted, reference}).donors.front();
    // the same DNA in wells of 20 uL: SRY at 12 copies per 36246 droplets of 0.85 nL is 7.79 copies a well
    auto wells = seen("SRY", {35.3, 35.4, 35.1, 35.0}, 1, 0);
    wells.volume_nl = 20000;
    const auto both = estimate({counted, reference, wells}).donors.front();
    CHECK(both.fraction == doctest::Approx(alone.fraction).epsilon(0.15));
    CHECK(both.high - both.low < alone.high - alone.low);
    wells.volume_nl.reset();
    counted.volume_nl = 0.9;
    CHECK(refusal({counted, reference, wells}).find("volume_nl") != std::string::npos);
}

TEST_CASE("a calibration that is little known widens the interval") {
    const auto with = [](double se) {
        return estimate(
                   {seen("SRY", {30.1, 30.2, 30.0}, 1, 0, curve(se)), seen("RPP30", {23.12, 23.3}, 2, 2, curve(se))})
            .donors.front();
    };
    CHECK(with(0.3).fraction == doctest::Approx(with(0).fraction).epsilon(0.01));
    // both sides by sqrt(2) 0.3 cycles
    const double known = std::log(with(0).high / with(0).low), wide = std::log(with(0.3).high / with(0.3).low);
    const double expected = std::hypot(known, 2 * 1.96 * std::sqrt(2.0) * 0.3 * std::log(10) / 3.45);
    CHECK(wide == doctest::Approx(expected).epsilon(0.03));
}

TEST_CASE("a well without a Cq among many copies is a failed reaction, and told") {
    const auto e = estimate({seen("SRY", {30.1, none, 30.0}, 1, 0), seen("RPP30", {23.12, none, 23.3}, 2, 2)});
    const auto clean = estimate({seen("SRY", {30.1, 30.0}, 1, 0), seen("RPP30", {23.12, 23.3}, 2, 2)});
    CHECK(e.donors.front().fraction == doctest::Approx(clean.donors.front().fraction).epsilon(1e-9));
    CHECK(e.notes.size() == clean.notes.size() + 2);
    CHECK(e.notes.front().find("failed") != std::string::npos);
}

TEST_CASE("negative controls of wells: few clean ones lean on published ones, dirty ones speak alone") {
    auto marker = seen("SRY", {38.1, none, none, none, none, none}, 1, 0);
    const auto reference = seen("RPP30", {23.12, 23.3, 23.2}, 2, 2);
    CHECK(estimate({marker, reference}).donors.front().call == DetectionCall::detected_below_loq);
    marker.blank = Blank{0, 3};
    CHECK(estimate({marker, reference}).donors.front().call == DetectionCall::detected_below_loq);
    marker.blank = Blank{2, 3};
    CHECK(estimate({marker, reference}).donors.front().call == DetectionCall::not_detected);
}

TEST_CASE("two copies in one well are one well: the limit of detection in wells") {
    CHECK(copies_in_wells(0, 0, 6) == doctest::Approx(-std::log(0.05)).epsilon(1e-6));
    // P(at least 2 of 6 wells) = 0.95
    const double m = copies_in_wells(1, 0, 6), p = -std::expm1(-m / 6);
    CHECK(std::pow(1 - p, 6) + 6 * p * std::pow(1 - p, 5) == doctest::Approx(0.05).epsilon(1e-6));
    CHECK(m > copies_at_detection(1, 0));
    CHECK(std::isinf(copies_in_wells(6, 0, 6)));
}

TEST_CASE("what cannot be a real-time observation is refused in one sentence") {
    const auto reference = seen("RPP30", {23.12}, 2, 2);
    const auto with = [&](auto change) {
        auto o = seen("SRY", {38.1, none}, 1, 0);
        change(o);
        return refusal({o, reference});
    };
    CHECK(with([](Observation& o) { o.cq.clear(); }).find("no well") != std::string::npos);
    CHECK(with([](Observation& o) { o.cq[0] = -1; }).find("Cq") != std::string::npos);
    CHECK(with([](Observation& o) { o.cq[0] = NAN; }).find("Cq") != std::string::npos);
    CHECK(with([](Observation& o) { o.curve->slope = 3.45; }).find("slope") != std::string::npos);
    CHECK(with([](Observation& o) { o.curve->intercept = INFINITY; }).find("intercept") != std::string::npos);
    CHECK(with([](Observation& o) { o.curve->sd = 0; }).find("deviation") != std::string::npos);
    CHECK(with([](Observation& o) { o.curve->covariance = 1; }).find("covariance") != std::string::npos);
    CHECK(with([](Observation& o) { o.curve->freedom = 0.5; }).find("freedom") != std::string::npos);
    CHECK(with([](Observation& o) { o.blank = Blank{3, 2}; }).find("blank") != std::string::npos);
    CHECK(refusal({seen("SRY", {38.1}, 1, 0), seen("RPP30", {none, none}, 2, 2)}).find("no sign of DNA") !=
          std::string::npos);
}

TEST_CASE("simulated plates: the interval covers, and the estimate beats adding up quantities") {
    using namespace simulation;
    struct Expectation {
        RealTimePoint point;
        double least;
    };
    for (const auto& [wells, background, donor] :
         {std::tuple{6, 1e5, 2.0}, std::tuple{6, 1e5, 10.0}, std::tuple{6, 1e3, 30.0}, std::tuple{96, 1e6, 5.0}}) {
        RealTimePoint p;
        p.wells = wells, p.background = background, p.donor = donor;
        const auto found = repeat(p, 200, 77);
        CAPTURE(wells);
        CAPTURE(donor);
        CHECK(found.coverage > 0.91);  // 3 standard errors of 200 samples below 0.95
        CHECK(std::abs(found.bias) < std::abs(found.sheet_bias) + 0.06);
        CHECK(found.answered == 1);
    }
    RealTimePoint empty;
    empty.donor = 0;
    CHECK(repeat(empty, 200, 5).coverage > 0.97);
    CHECK(repeat(empty, 200, 5).detected < 0.03);
}
