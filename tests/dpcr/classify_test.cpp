// Accuracy on wells of known truth: these bounds fail when the classifier degrades.
#include "core/dpcr/classify.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/dpcr/wells.hpp"

using namespace microchim;
using namespace microchim::dpcr;
using testing::Bench;
using testing::KnownWell;

namespace {

std::vector<WellCalls> classified(const std::vector<KnownWell>& wells) {
    std::vector<const Partitions*> pointers;
    for (const auto& well : wells) pointers.push_back(&well.partitions);
    return classify(pointers);
}

/// Relative error of lambda from positives that were called.
double error_of(double called, double truth, double accepted) {
    return std::log1p(-called / accepted) / std::log1p(-truth / accepted) - 1;
}

std::vector<KnownWell> plate(unsigned seed, double donor_height) {
    Bench bench(seed);
    std::vector<KnownWell> wells;
    for (const double reference : {0.05, 0.7, 1.6})
        for (const double donor : {0.0, 1e-4, 1e-3, 0.02, 0.2})
            wells.push_back(bench.well({donor, reference, 0.03, 40 * bench.normal(), donor_height}));
    for (int i = 0; i < 5; ++i) wells.push_back(bench.well({0, 0, 0, 40 * bench.normal(), donor_height}));
    return wells;
}

KnownWell only(KnownWell well, std::size_t channel) {
    well.partitions.channels = {well.partitions.channels[channel]};
    well.truth = {well.truth[channel]};
    return well;
}

/// Leaves the donor only where the other target is, too: possible by chance where it is rare and the other frequent.
void leave_out_donor_alone(KnownWell& well) {
    auto& channels = well.partitions.channels;
    for (std::size_t i = well.truth[0].size(); i-- > 0;) {
        if (!well.truth[0][i] || well.truth[1][i]) continue;
        for (std::size_t c = 0; c < 2; ++c) {
            channels[c].fluorescence.erase(channels[c].fluorescence.begin() + static_cast<std::ptrdiff_t>(i));
            well.truth[c].erase(well.truth[c].begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
    well.partitions.accepted = static_cast<std::int64_t>(well.truth[0].size());
}

}  // namespace

TEST_CASE("a duplex plate: blanks stay blank, rare donors are counted within three, rich wells within two per cent") {
    for (const unsigned seed : {1U, 2U, 3U}) {
        for (const double height : {6000.0, 3000.0}) {
            const auto wells = plate(seed, height);
            const auto calls = classified(wells);
            for (std::size_t w = 0; w < wells.size(); ++w) {
                CAPTURE(seed);
                CAPTURE(height);
                CAPTURE(w);
                for (std::size_t c = 0; c < 2; ++c) {
                    CAPTURE(c);
                    const double truth = wells[w].count(c), n = 15000;
                    const auto called = static_cast<double>(calls[w].calls[c].positive);
                    CHECK(calls[w].calls[c].positive ==
                          std::count(calls[w].positive[c].begin(), calls[w].positive[c].end(), 1));
                    if (wells[w].count(0) + wells[w].count(1) == 0) CHECK(called == 0);
                    if (truth <= 30) CHECK(std::abs(called - truth) <= 3);
                    if (truth > 30) CHECK(std::abs(error_of(called, truth, n)) < (truth < 1000 ? 0.04 : 0.02));
                }
            }
        }
    }
}

TEST_CASE("one channel alone: a dilution series down to blanks") {
    Bench bench(4);
    std::vector<KnownWell> wells;
    for (const double donor : {1.5, 0.1, 0.01, 1e-3, 2e-4, 0.0, 0.0}) wells.push_back(only(bench.well({donor, 0}), 0));
    const auto calls = classified(wells);
    for (std::size_t w = 0; w < wells.size(); ++w) {
        const double truth = wells[w].count(0);
        CAPTURE(truth);
        CHECK(std::abs(static_cast<double>(calls[w].calls[0].positive) - truth) <= std::max(2.0, 0.02 * truth));
    }
}

TEST_CASE("a single rich well needs no plate") {
    Bench bench(5);
    const std::vector<KnownWell> wells{bench.well({0.3, 1.0})};
    const auto calls = classified(wells);
    for (std::size_t c = 0; c < 2; ++c)
        CHECK(std::abs(error_of(static_cast<double>(calls[0].calls[c].positive), wells[0].count(c), 15000)) < 0.02);
    CHECK(calls[0].calls[0].method == "plate mixture");
    CHECK(calls[0].calls[0].rain > 0);
    CHECK(calls[0].calls[0].rain < 0.02);
}

TEST_CASE("blanks alone have no positive, and the result says what the threshold rests on") {
    Bench bench(6);
    const std::vector<KnownWell> wells{bench.well({}), bench.well({})};
    for (const auto& well : classified(wells)) {
        for (const auto& call : well.calls) {
            CHECK(call.positive == 0);
            CHECK(call.method == "negative cluster only");
            REQUIRE(call.notes.size() == 1);
            CHECK(call.notes[0] ==
                  "No well shows a positive cluster: the threshold is a margin above the negative one.");
        }
    }
}

TEST_CASE("a few positives in each of many wells make a cluster together") {
    Bench bench(7);
    std::vector<KnownWell> wells;
    for (int i = 0; i < 12; ++i) wells.push_back(only(bench.well({4e-4, 0, 0}), 0));
    const auto calls = classified(wells);
    for (std::size_t w = 0; w < wells.size(); ++w) {
        CHECK(static_cast<double>(calls[w].calls[0].positive) == wells[w].count(0));
        CHECK(calls[w].calls[0].method == "plate mixture");
    }
}

TEST_CASE(
    "a few positives that all share a partition with the other target are counted, and blanks beside stay blank") {
    for (const unsigned seed : {11U, 12U, 13U, 14U}) {
        for (const double height : {6000.0, 3000.0}) {
            Bench bench(seed);
            std::vector<KnownWell> wells;
            for (const double donor : {0.0, 0.0, 4e-4, 8e-4, 1.2e-3, 0.01, 0.02, 0.1})
                wells.push_back(bench.well({donor, 1.0, 0.01, 40 * bench.normal(), height}));
            for (const std::size_t w : {2U, 3U, 4U}) leave_out_donor_alone(wells[w]);
            const auto calls = classified(wells);
            for (std::size_t w = 0; w < 5; ++w) {
                CAPTURE(seed);
                CAPTURE(height);
                CAPTURE(w);
                const auto called = static_cast<double>(calls[w].calls[0].positive);
                CHECK(std::abs(called - wells[w].count(0)) <= (w < 2 ? 0 : 2));
                // Beside negatives nothing is seen, yet the split stays below where the rich wells' positives lie.
                CHECK(calls[w].calls[0].threshold.value() < 2500 + height);
            }
        }
    }
}

TEST_CASE("a well without negatives is read with the help of the others") {
    Bench bench(8);
    std::vector<KnownWell> wells;
    for (const double donor : {20.0, 0.5, 0.01, 0.0}) wells.push_back(only(bench.well({donor, 0, 0}), 0));
    const auto calls = classified(wells);
    CHECK(calls[0].calls[0].positive == 15000);
    CHECK(calls[0].calls[0].notes.at(0) == "No negative cluster in this well: it was taken from the other wells.");
    CHECK(calls[3].calls[0].positive == 0);
}

TEST_CASE("targets on one molecule are positive together") {
    Bench bench(9);
    std::vector<KnownWell> wells;
    for (const double copies : {0.1, 0.1, 0.02}) {
        auto well = bench.well({copies, 0, 0.01});
        for (std::size_t i = 0; i < well.truth[0].size(); ++i)
            if (well.truth[0][i]) well.partitions.channels[1].fluorescence[i] += 4000;
        well.truth[1] = well.truth[0];
        wells.push_back(well);
    }
    const auto calls = classified(wells);
    for (std::size_t w = 0; w < wells.size(); ++w)
        for (std::size_t c = 0; c < 2; ++c)
            CHECK(std::abs(static_cast<double>(calls[w].calls[c].positive) / wells[w].count(c) - 1) < 0.02);
}

TEST_CASE("light of channel 1 alone makes no positives in channel 2") {
    Bench bench(10);
    const std::vector<KnownWell> wells{bench.well({0.5, 0}), bench.well({0.3, 0}), bench.well({})};
    const auto calls = classified(wells);
    for (const auto& well : calls) CHECK(well.calls[1].positive <= 3);
    CHECK(std::abs(error_of(static_cast<double>(calls[0].calls[0].positive), wells[0].count(0), 15000)) < 0.02);
}

TEST_CASE("amplitudes below zero and six channels are nothing special") {
    Bench bench(11);
    std::vector<KnownWell> wells;
    for (const double donor : {0.4, 0.0}) {
        auto well = bench.well({donor, 0.8, 0.02, -2600});
        for (const double extra : {0.1, 0.6}) {
            auto more = bench.well({extra, donor});
            for (std::size_t c = 0; c < 2; ++c) {
                more.partitions.channels[c].name = "Ch" + std::to_string(well.partitions.channels.size() + 1);
                well.partitions.channels.push_back(more.partitions.channels[c]);
                well.truth.push_back(more.truth[c]);
            }
        }
        wells.push_back(well);
    }
    const auto calls = classified(wells);
    for (std::size_t w = 0; w < wells.size(); ++w) {
        REQUIRE(calls[w].calls.size() == 6);
        // Channel 1 of each pair: channel 2 sees its light, which six channels are not corrected for.
        for (const std::size_t c : {0U, 2U, 4U})
            CHECK(std::abs(static_cast<double>(calls[w].calls[c].positive) - wells[w].count(c)) <=
                  3 + 0.02 * wells[w].count(c));
    }
}

TEST_CASE("wells of other targets do not learn from each other") {
    Bench bench(12);
    auto rich = only(bench.well({0.5, 0}), 0), blank = only(bench.well({}), 0);
    rich.partitions.channels[0].target = "SRY", blank.partitions.channels[0].target = "RPP30";
    const auto calls = classified({blank, rich});
    CHECK(calls[0].calls[0].target == "RPP30");
    CHECK(calls[0].calls[0].method == "negative cluster only");
    CHECK(calls[1].calls[0].method == "plate mixture");
}

TEST_CASE("empty wells, single partitions and constant channels give a sentence and no positive") {
    Partitions empty, one, constant, no_channel;
    empty.channels = {{"Ch1", "SRY", {}, {}, {}}};
    one.channels = {{"Ch1", "SRY", {}, {1000.0F}, {}}};
    constant.channels = {{"Ch1", "RPP30", {}, std::vector<float>(500, 700.0F), {}}};
    const std::vector<const Partitions*> wells{&empty, &one, &constant, &no_channel};
    const auto calls = classify(wells);
    CHECK(calls[0].calls[0].notes.at(0) == "The well holds no partition.");
    for (const std::size_t w : {1U, 2U}) {
        CHECK(calls[w].calls[0].positive == 0);
        CHECK_FALSE(calls[w].calls[0].threshold);
        CHECK(calls[w].calls[0].notes.at(0) == "The fluorescence never varies: all partitions are taken as negative.");
    }
    CHECK(calls[3].calls.empty());
    CHECK(classify({}).empty());
}

TEST_CASE("channels of unequal length and values that are not finite are refused") {
    Partitions ragged, broken;
    ragged.channels = {{"Ch1", "", {}, {1, 2}, {}}, {"Ch2", "", {}, {1}, {}}};
    const Partitions* well = &ragged;
    CHECK_THROWS_AS(classify({&well, 1}), std::invalid_argument);
    well = &broken;
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        broken.channels = {{"Ch1", "", {}, {1, bad}, {}}};
        CHECK_THROWS_AS(classify({&well, 1}), std::invalid_argument);
    }
}

TEST_CASE("the same wells in another order get the same calls") {
    auto wells = plate(13, 6000);
    const auto calls = classified(wells);
    std::reverse(wells.begin(), wells.end());
    const auto turned = classified(wells);
    for (std::size_t w = 0; w < wells.size(); ++w) CHECK(calls[w].positive == turned[wells.size() - 1 - w].positive);
}
