// Drawn plates: the same for the same seed, and true to the plan.
#include "core/simulate/draw.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/run/errors.hpp"
#include "core/simulate/patient.hpp"

using namespace microchim;
using namespace microchim::simulate;

namespace {
/// One sample in `wells` wells, two donors, a marker that the first donor and the recipient carry.
Plan plan_of(int wells, std::uint64_t seed) {
    Plan plan;
    plan.donors = {{"D1", "", "", ""}, {"D2", "", "", ""}};
    plan.markers = {{"M1", "indel", "", {2, 0}, 1}};
    Sample sample;
    sample.name = "S";
    sample.fractions = {0.3, 0.2};
    sample.lambda = 0.8;
    sample.wells = wells;
    plan.samples = {sample};
    plan.partitions = 2000;
    plan.partitions_sd = 60;
    plan.seed = seed;
    return plan;
}

void refused(const Plan& plan, const char* message) {
    CHECK_THROWS_WITH_AS(draw(plan), message, ConfigError);
}
}  // namespace

TEST_CASE("the same seed draws the same plate, another seed another one") {
    const DrawnPlate one = draw(plan_of(3, 11)), same = draw(plan_of(3, 11)), other = draw(plan_of(3, 12));
    for (std::size_t w = 0; w < 3; ++w) {
        CHECK(one.wells[w].channel1 == same.wells[w].channel1);
        CHECK(one.wells[w].channel2 == same.wells[w].channel2);
        CHECK(one.wells[w].cluster == same.wells[w].cluster);
        CHECK(one.wells[w].channel1 != other.wells[w].channel1);
    }
}

TEST_CASE("a well more leaves the wells before it as they were") {
    CHECK(draw(plan_of(2, 11)).wells[1].channel1 == draw(plan_of(5, 11)).wells[1].channel1);
}

TEST_CASE("copies follow the plan: by donor, recipient and reference") {
    const Plan plan = plan_of(96, 3);
    double donor1 = 0, donor2 = 0, recipient = 0, reference = 0, partitions = 0;
    for (const DrawnWell& well : draw(plan).wells) {
        donor1 += static_cast<double>(well.copies.donor[0]);
        donor2 += static_cast<double>(well.copies.donor[1]);
        recipient += static_cast<double>(well.copies.recipient);
        reference += static_cast<double>(well.copies.reference);
        partitions += static_cast<double>(well.cluster.size());
        CHECK(well.cluster.size() > 1600);
        CHECK(well.cluster.size() < 2400);
    }
    const double genomes = reference / 2;
    // 96 wells with 2 % between them: 0.2 % on the mean, 5 of them allowed.
    CHECK(reference / partitions == doctest::Approx(0.8).epsilon(0.01));
    const auto follows = [](double seen, double expected) {
        CHECK(std::abs(seen - expected) < 5 * std::sqrt(expected) + 0.002 * expected);
    };
    follows(donor1, genomes * 0.3 * 2);
    CHECK(donor2 == 0);
    follows(recipient, genomes * 0.5 * 1);
}

TEST_CASE("occupied partitions are Poisson, whatever the well's DNA amount") {
    const DrawnPlate plate = draw(plan_of(96, 4));
    double worst = 0;
    for (const DrawnWell& well : plate.wells) {
        const auto n = static_cast<double>(well.truth.size());
        const auto occupied =
            static_cast<double>(std::count_if(well.truth.begin(), well.truth.end(), [](auto c) { return c >= 3; }));
        const double p = 1 - std::exp(-static_cast<double>(well.copies.reference) / n);
        // The counted copies fix lambda; what is left is less than binomial.
        worst = std::max(worst, std::abs(occupied - n * p) / std::sqrt(n * p * (1 - p)));
    }
    CHECK(worst < 4);
}

TEST_CASE("calls by threshold are the truth, but for the rain") {
    Plan plan = plan_of(4, 5);
    const auto wrong = [](const Plan& p) {
        double different = 0;
        for (const DrawnWell& well : draw(p).wells)
            for (std::size_t i = 0; i < well.truth.size(); ++i) different += well.truth[i] != well.cluster[i];
        return different;
    };
    plan.rain = 0;
    CHECK(wrong(plan) == 0);
    plan.rain = 0.05;
    CHECK(wrong(plan) > 20);
}

TEST_CASE("false positives come at their rate, without DNA too") {
    Plan plan = plan_of(96, 6);
    plan.samples[0].type = SampleType::ntc;
    plan.false_positives = 1e-3;
    double found = 0, partitions = 0;
    for (const DrawnWell& well : draw(plan).wells) {
        CHECK(well.copies.reference == 0);
        found += static_cast<double>(well.copies.false_positives);
        partitions += static_cast<double>(well.truth.size());
    }
    CHECK(std::abs(found - 1e-3 * partitions) < 5 * std::sqrt(1e-3 * partitions));
}

TEST_CASE("all donor and no donor are plans like any other") {
    Plan plan = plan_of(1, 7);
    plan.samples[0].fractions = {1, 0};
    CHECK(draw(plan).wells[0].copies.recipient == 0);
    plan.samples[0].fractions = {0, 1};
    plan.markers[0].recipient_copies = 2;
    plan.false_positives = 0;
    const DrawnWell well = draw(plan).wells[0];
    CHECK(well.copies.recipient + well.copies.donor[0] + well.copies.donor[1] == 0);
}

TEST_CASE("amplitudes rise in channel 1 and are finite") {
    const DrawnWell well = draw(plan_of(1, 8)).wells[0];
    CHECK(std::is_sorted(well.channel1.begin(), well.channel1.end()));
    CHECK(std::all_of(well.channel2.begin(), well.channel2.end(), [](float x) { return std::isfinite(x); }));
}

TEST_CASE("the patient fills one plate with wells of the usual size, and false positives stay rare") {
    const DrawnPlate plate = draw(patient(1));
    CHECK(plate.wells.size() == 96);
    for (const DrawnWell& well : plate.wells) {
        CHECK(well.cluster.size() > 15000);
        CHECK(well.cluster.size() < 20000);
        CHECK(well.copies.false_positives < 5);
        if (plate.plan.samples[well.sample].type == SampleType::ntc) CHECK(well.copies.reference == 0);
    }
}

TEST_CASE("a plan that cannot be drawn says why") {
    refused(plan_of(97, 1), "Simulation: the plan needs 97 wells, a plate has 96.");
    Plan plan = plan_of(1, 1);
    plan.samples[0].fractions = {0.7, 0.4};
    refused(plan, "Simulation: sample 'S': the donor fractions add up to more than 1.");
    plan.samples[0].fractions = {NAN, 0};
    refused(plan, "Simulation: sample 'S': a donor fraction must be between 0 and 1.");
    plan.samples[0].fractions = {};
    plan.samples[0].collected = "2.3.2026";
    refused(plan, "Simulation: sample 'S': '2.3.2026' is no date like 2026-03-02.");
    plan = plan_of(1, 1);
    plan.run = "a/b";
    refused(plan, "Simulation: the run 'a/b' has a character that the files cannot hold.");
    plan = plan_of(1, 1);
    plan.markers.push_back(plan.markers[0]);
    refused(plan, "Simulation: the target 'M1' is there twice.");
    CHECK_THROWS_AS(single(0.1, {.markers = 9}), ConfigError);
    refused(single(1.5), "Simulation: sample 'sample': a donor fraction must be between 0 and 1.");
}
