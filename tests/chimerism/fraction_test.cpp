// What estimate() promises: the example of the contract, and what must not change the answer.
#include "core/chimerism/fraction.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

using namespace microchim::chimerism;

namespace {

Observation seen(const std::string& target, std::int64_t positive, std::int64_t accepted, std::vector<double> donor,
                 double recipient, std::optional<Blank> blank = {}, std::optional<double> volume = {}) {
    return {target, positive, accepted, std::move(donor), recipient, volume, blank};
}

std::vector<Observation> example() {
    return {seen("SRY", 12, 36246, {1}, 0, Blank{1, 60000}), seen("RPP30", 9120, 36246, {2}, 2)};
}

doctest::Approx about(double value) {
    return doctest::Approx(value).epsilon(1e-9);
}

void same(const DonorEstimate& a, const DonorEstimate& b, double epsilon = 1e-9) {
    CHECK(a.fraction == doctest::Approx(b.fraction).epsilon(epsilon));
    CHECK(a.low == doctest::Approx(b.low).epsilon(epsilon));
    CHECK(a.high == doctest::Approx(b.high).epsilon(epsilon));
    CHECK(a.upper == doctest::Approx(b.upper).epsilon(epsilon));
    CHECK(a.p_value == doctest::Approx(b.p_value).epsilon(epsilon));
    CHECK(a.call == b.call);
}

bool identical(const DonorEstimate& a, const DonorEstimate& b) {
    return a.fraction == b.fraction && a.low == b.low && a.high == b.high && a.upper == b.upper &&
           a.p_value == b.p_value && a.lob == b.lob && a.lod == b.lod && a.loq == b.loq && a.call == b.call;
}

}  // namespace

TEST_CASE("a Y marker with a blank gives fraction, interval, call and limits") {
    const Estimate e = estimate(example());
    const DonorEstimate& d = e.donors.at(0);
    CHECK(d.fraction == doctest::Approx(0.00217).epsilon(0.001));  // (12.002 - 0.604) copies of 2 x 10505 / 2
    CHECK(d.low == doctest::Approx(0.00103).epsilon(0.01));
    CHECK(d.high == doctest::Approx(0.00386).epsilon(0.01));
    CHECK(d.upper > d.fraction);
    CHECK(d.upper < d.high);
    CHECK(d.call == DetectionCall::detected_below_loq);
    CHECK(d.p_value == doctest::Approx(2.65e-5).epsilon(0.01));
    CHECK(*d.lob == doctest::Approx(3 / 5252.7).epsilon(1e-4));
    CHECK(*d.lod == doctest::Approx(0.0013036).epsilon(1e-3));
    CHECK(*d.loq == doctest::Approx(16 / 5252.7).epsilon(1e-4));
    CHECK(e.genomes == doctest::Approx(5252.7).epsilon(1e-5));
    CHECK_FALSE(e.heterogeneity);
    REQUIRE(e.markers.size() == 1);
    CHECK(e.markers[0].fraction == about(d.fraction));
    CHECK(e.markers[0].high == about(d.high));
    CHECK(e.notes.empty());
}

TEST_CASE("wells folded, split or shuffled give exactly the same answer") {
    auto whole = example();
    std::vector<Observation> split{seen("SRY", 5, 16246, {1}, 0, Blank{1, 60000}), seen("RPP30", 120, 246, {2}, 2),
                                   seen("SRY", 7, 20000, {1}, 0, Blank{1, 60000}), seen("RPP30", 9000, 36000, {2}, 2)};
    const Estimate a = estimate(whole), b = estimate(split);
    CHECK(identical(a.donors[0], b.donors[0]));
    CHECK(a.genomes == b.genomes);
    CHECK(a.markers.size() == b.markers.size());
    CHECK(a.markers[0].positive == b.markers[0].positive);
    split[2].blank.reset();  // one blank of the target, on whichever well it is given
    CHECK(identical(a.donors[0], estimate(split).donors[0]));
    std::reverse(split.begin(), split.end());
    same(a.donors[0], estimate(split).donors[0]);
}

TEST_CASE("the partition volume cancels where all targets share it") {
    const Estimate none = estimate(example());
    for (double volume : {0.34, 0.85, 0.91}) {
        auto observations = example();
        for (Observation& o : observations) o.volume_nl = volume;
        CHECK(identical(none.donors[0], estimate(observations).donors[0]));
        CHECK(estimate(observations).genomes == none.genomes);
        observations[1].volume_nl.reset();
        CHECK(identical(none.donors[0], estimate(observations).donors[0]));
    }
}

TEST_CASE("scaling different volumes by one number changes nothing, their ratio does") {
    auto at = [](double sry, double rpp30) {
        return estimate({seen("SRY", 12, 36246, {1}, 0, {}, sry), seen("RPP30", 9120, 36246, {2}, 2, {}, rpp30)});
    };
    same(at(0.8, 0.5).donors[0], at(0.96, 0.6).donors[0]);
    CHECK(at(0.8, 0.4).donors[0].fraction == doctest::Approx(0.5 * at(0.8, 0.8).donors[0].fraction).epsilon(1e-9));
    CHECK(at(0.8, 0.4).genomes == doctest::Approx(2 * 5252.7).epsilon(1e-4));
}

TEST_CASE("without a blank the estimate takes the counts as they are and says what the call assumes") {
    auto observations = example();
    observations[0].blank.reset();
    const Estimate e = estimate(observations);
    CHECK(e.donors[0].fraction == doctest::Approx(-std::log1p(-12 / 36246.0) / (-std::log1p(-9120 / 36246.0) / 2)));
    CHECK(*e.donors[0].lob == doctest::Approx(1 / 5252.7).epsilon(1e-4));
    REQUIRE(e.notes.size() == 1);
    CHECK(e.notes[0].find("No blank for 'SRY'") != std::string::npos);
}

TEST_CASE("no donor positive gives an upper limit and no lower one") {
    const Estimate e = estimate({seen("SRY", 0, 36246, {1}, 0), seen("RPP30", 9120, 36246, {2}, 2)});
    const DonorEstimate& d = e.donors[0];
    CHECK(d.fraction == 0);
    CHECK(d.low == 0);
    CHECK(d.call == DetectionCall::not_detected);
    CHECK(d.p_value == 1);
    CHECK(d.upper * 5252.7 == doctest::Approx(3.0).epsilon(0.08));  // the rule of three
    CHECK(d.high * 5252.7 == doctest::Approx(3.69).epsilon(0.06));  // Clopper-Pearson
}

TEST_CASE("an interval that starts below the limit of blank starts at 0") {
    const Estimate e = estimate({seen("SRY", 1, 36246, {1}, 0), seen("RPP30", 9120, 36246, {2}, 2)});
    CHECK(e.donors[0].call == DetectionCall::not_detected);
    CHECK(e.donors[0].fraction > 0);
    CHECK(e.donors[0].low == 0);
}

TEST_CASE("exchanging donor and recipient turns the fraction around") {
    for (std::int64_t positive : {0, 3, 40, 2000, 9100}) {
        const Estimate donor = estimate({seen("A", positive, 36246, {2}, 0), seen("R", 9120, 36246, {2}, 2)});
        const Estimate recipient = estimate({seen("A", positive, 36246, {0}, 2), seen("R", 9120, 36246, {2}, 2)});
        CHECK(donor.donors[0].fraction == about(1 - recipient.donors[0].fraction));
        CHECK(donor.donors[0].high == about(1 - recipient.donors[0].low));
        if (donor.donors[0].call != DetectionCall::not_detected) {
            CHECK(donor.donors[0].low == about(1 - recipient.donors[0].high));
        }
    }
}

TEST_CASE("a donor allele and a recipient allele need no reference") {
    const Estimate e = estimate({seen("D", 400, 20000, {2}, 0), seen("R", 6000, 20000, {0}, 2)});
    const double d = -std::log1p(-400 / 20000.0), r = -std::log1p(-6000 / 20000.0);
    CHECK(e.donors[0].fraction == about(d / (d + r)));
    CHECK(e.markers.empty());
    CHECK_FALSE(e.heterogeneity);
}

TEST_CASE("a heterozygous recipient gives wide limits from the likelihood") {
    const Estimate e = estimate({seen("A", 9010, 36246, {2}, 1), seen("R", 9120, 36246, {2}, 2)});
    CHECK(e.donors[0].fraction > 0.9);
    CHECK(e.donors[0].call == DetectionCall::detected);
    CHECK(*e.donors[0].lod > 0.02);  // such a marker cannot see microchimerism
    CHECK(*e.donors[0].lob < *e.donors[0].lod);
    CHECK(*e.donors[0].lod <= *e.donors[0].loq);
}

TEST_CASE("two donors are told apart by their own and by shared markers") {
    const std::vector<Observation> observations{seen("A", 12, 36246, {1, 0}, 0), seen("B", 100, 36246, {0, 2}, 0),
                                                seen("C", 113, 36246, {1, 2}, 0), seen("R", 9120, 36246, {2, 2}, 2)};
    const Estimate e = estimate(observations);
    REQUIRE(e.donors.size() == 2);
    CHECK(e.donors[0].fraction == doctest::Approx(0.0023).epsilon(0.05));
    CHECK(e.donors[1].fraction == doctest::Approx(0.0095).epsilon(0.05));
    REQUIRE(e.markers.size() == 2);  // C alone informs neither
    CHECK(e.markers[0].target == "A");
    CHECK(e.markers[0].donor == 0);
    CHECK(e.markers[1].donor == 1);
    REQUIRE(e.heterogeneity);
    CHECK(e.heterogeneity->p > 0.1);
    auto swapped = observations;
    for (Observation& o : swapped) std::swap(o.donor[0], o.donor[1]);
    const Estimate other = estimate(swapped);
    same(e.donors[0], other.donors[1], 1e-6);
    same(e.donors[1], other.donors[0], 1e-6);
}

TEST_CASE("markers that agree leave the interval alone, markers that do not widen it and are named") {
    auto with = [](std::int64_t sry) {
        return estimate({seen("SRY", sry, 36246, {1}, 0), seen("S05b", 100, 36246, {1}, 0),
                         seen("S10", 104, 36246, {1}, 0), seen("RPP30", 9120, 36246, {2}, 2)});
    };
    const Estimate agree = with(95), disagree = with(10);
    CHECK(agree.heterogeneity->p > 0.5);
    CHECK(agree.heterogeneity->tau == 0);
    CHECK(disagree.heterogeneity->p < 1e-6);
    CHECK(disagree.heterogeneity->tau > 0);
    const DonorEstimate &a = agree.donors[0], &b = disagree.donors[0];
    CHECK(b.high - b.low > 2 * (a.high - a.low));
    CHECK(b.low <= b.fraction);
    REQUIRE(disagree.notes.size() == 2);
    CHECK(disagree.notes[1].find("'SRY'") != std::string::npos);
}

TEST_CASE("a saturated marker does not stop the others") {
    const Estimate e =
        estimate({seen("A", 20000, 20000, {2}, 0), seen("B", 4000, 20000, {2}, 0), seen("R", 9120, 20000, {2}, 2)});
    CHECK(e.donors[0].fraction > 0.3);
    CHECK(e.donors[0].high <= 1);
    CHECK(e.markers.size() == 1);
}

TEST_CASE("a wider confidence gives a wider interval and the same call") {
    const DonorEstimate a = estimate(example(), {0.9}).donors[0], b = estimate(example(), {0.99}).donors[0];
    CHECK(b.low < a.low);
    CHECK(b.high > a.high);
    CHECK(a.call == b.call);
}

TEST_CASE("whatever the counts, the answer is ordered and finite") {
    std::mt19937_64 random(7);
    auto upto = [&](std::int64_t n) { return std::uniform_int_distribution<std::int64_t>(0, n)(random); };
    for (int i = 0; i < 1500; ++i) {
        const std::int64_t n =
            std::vector<std::int64_t>{1, 2, 5, 300, 20000, 1000000000}[static_cast<std::size_t>(upto(5))];
        std::vector<Observation> o{seen("R", 1 + upto(n - 1), n + 1, {2, 2}, 2)};
        const auto markers = 2 + upto(3);
        for (std::int64_t m = 0; m < markers; ++m) {
            const std::int64_t most = upto(1) == 0 ? std::min<std::int64_t>(n, 3) : n;
            std::optional<Blank> blank;
            if (upto(2) == 0) blank = Blank{static_cast<double>(upto(n)) * 0.5, static_cast<double>(n)};
            const auto copies = static_cast<double>(1 + upto(1));
            o.push_back(seen("M" + std::to_string(m), upto(most), n, {m % 2 == 0 ? copies : 0, m % 2 == 1 ? copies : 0},
                             upto(3) == 0 ? 1 - static_cast<double>(m == 0) : 0, blank));
        }
        CAPTURE(i);
        std::optional<Estimate> e;
        try {
            e = estimate(o);
        } catch (const std::runtime_error& refused) {
            CHECK(std::string(refused.what()).back() == '.');
            continue;
        }
        for (const DonorEstimate& d : e->donors) {
            CHECK(0 <= d.low);
            CHECK(d.low <= d.fraction);
            CHECK(d.fraction <= d.upper);
            CHECK(d.upper <= d.high);
            CHECK(d.high <= 1);
            CHECK((d.p_value >= 0 && d.p_value <= 1));
            CHECK((d.call != DetectionCall::not_detected || d.low == 0));
        }
        for (const Marker& m : e->markers) CHECK((m.low <= m.fraction && m.fraction <= m.high && m.high <= 1));
        CHECK(std::isfinite(e->genomes));
    }
}

TEST_CASE("a donor's own sample that reads 104 % is no contradiction, one that reads 300 % is") {
    const auto sample = [](std::int64_t positive) {
        return std::vector<Observation>{{"SRY", positive, 160000, {1}, 0, {}, {}},
                                        {"RPP30", 63000, 160000, {2}, 2, {}, {}}};
    };
    CHECK_FALSE(estimate(sample(36500)).contradictory);  // 104 % of the 35,100 that donor DNA alone would give
    CHECK(estimate(sample(85000)).contradictory);
}
