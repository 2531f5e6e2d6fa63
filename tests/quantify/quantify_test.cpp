// From runs, panel and case to the result: who is measured, on which wells, with which blank.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/chimerism/quantify.hpp"
#include "core/run/errors.hpp"

using namespace microchim;
using namespace microchim::chimerism;

namespace {

constexpr std::int64_t partitions = 18000;

TargetCounts counts(const std::string& target, std::int64_t positive) {
    TargetCounts out;
    out.target = target;
    out.accepted = partitions;
    out.positive = positive;
    return out;
}

React react(const char* well, const std::string& sample, std::int64_t sry, std::int64_t rpp30) {
    React out;
    out.well = *Well::parse(well);
    out.sample = sample;
    out.counts = {counts("SRY", sry), counts("RPP30", rpp30)};
    return out;
}

/// Baseline clean, day 28 with 40 donor copies, one NTC.
Run plate() {
    Run run;
    run.reacts = {react("A1", "pre", 0, 5000), react("A2", "pre", 0, 5000), react("B1", "d28", 20, 5000),
                  react("B2", "d28", 20, 5000), react("C1", "NTC", 0, 0)};
    return run;
}

Question question() {
    auto asked = direct_question({"SRY=1"}, {"RPP30"});
    auto& patient = asked.cases.front();
    patient.id = "P";
    patient.infusions = {{"donor", "2026-03-02", {}, {}, {}, {}}};
    patient.samples = {{"pre", Role::baseline, "2026-02-27", "PB", {}},
                       {"d28", Role::follow_up, "2026-03-30", "PB", {}}};
    return asked;
}

bool noted(const std::vector<Note>& notes, const std::string& part) {
    return std::ranges::any_of(notes, [&](const Note& note) { return note.what.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("a follow-up is read against the patient's own baseline") {
    const auto result = quantify({plate()}, question());
    REQUIRE(result.samples.size() == 2);
    const auto& d28 = result.samples[1];
    CHECK(d28.sample == "d28");
    CHECK(d28.wells == std::vector<std::string>{"B01", "B02"});
    // 40 copies of a target carried once, against 2 x -ln(1 - 5000/18000) x 36000 / 2 genomes.
    CHECK(d28.donors[0].estimate.fraction == doctest::Approx(40.0 / (36000 * 0.3254224 / 2)).epsilon(0.01));
    CHECK(d28.donors[0].estimate.call == DetectionCall::detected);
    CHECK(d28.donors[0].chimerism_class == "micro");
    CHECK(d28.donors[0].days_after_infusion == std::vector<int>{28});
    CHECK(result.samples[0].donors[0].estimate.call == DetectionCall::not_detected);
    CHECK(result.samples[0].donors[0].chimerism_class == "none");
    CHECK(result.exit_code() == 0);
}

TEST_CASE("donor DNA in the baseline is background of the follow-up") {
    auto run = plate();
    for (auto& well : run.reacts)
        if (well.sample == "pre") well.counts[0].positive = 20;
    const auto result = quantify({run}, question());
    CHECK(result.samples[1].donors[0].estimate.call == DetectionCall::not_detected);
    CHECK(result.samples[1].donors[0].estimate.low == 0);
}

TEST_CASE("a baseline with less DNA counts for fewer partitions") {
    auto run = plate();
    for (auto& well : run.reacts)
        if (well.sample == "pre") well.counts[1].positive = 500;
    const auto thin = quantify({run}, question()), full = quantify({plate()}, question());
    CHECK(*thin.samples[1].donors[0].estimate.lob > *full.samples[1].donors[0].estimate.lob);
}

TEST_CASE("a contaminated no-template control blocks the plate and leaves the blank") {
    auto run = plate();
    run.reacts.back().counts[0].positive = 3537;
    const auto result = quantify({run}, question());
    CHECK(result.exit_code() == 1);
    CHECK(result.samples[1].blocked);
    CHECK(noted(result.samples[1].notes, "3537 positive partitions of SRY"));
    CHECK(result.samples[1].donors[0].estimate.call == DetectionCall::detected);
}

TEST_CASE("a well with too few partitions is left out and named") {
    auto run = plate();
    for (auto& entry : run.reacts[3].counts) entry.accepted = 5001;
    const auto result = quantify({run}, question());
    CHECK(result.samples[1].wells == std::vector<std::string>{"B01"});
    CHECK(noted(result.samples[1].notes, "5001 partitions, fewer than the 9000 that are half of what is usual"));
    run.minimum_partitions = 7000;
    CHECK(noted(quantify({run}, question()).samples[1].notes, "the 7000 that the instrument's profile asks for"));
    auto asked = question();
    asked.panel.limits.minimum_partitions = 6000;
    CHECK(noted(quantify({run}, asked).samples[1].notes, "the 6000 that the panel asks for"));
    asked.panel.limits.minimum_partitions = 5000;
    CHECK_FALSE(noted(quantify({run}, asked).samples[1].notes, "fewer than"));
}

TEST_CASE("a sample without a usable well is not calculated, and blocks") {
    auto run = plate();
    for (auto& well : run.reacts)
        if (well.sample == "d28")
            for (auto& entry : well.counts) entry.accepted = 5001;
    const auto result = quantify({run}, question());
    CHECK(result.samples[1].donors[0].estimate.call == DetectionCall::not_calculated);
    CHECK(result.exit_code() == 1);
}

TEST_CASE("a saturated reference is a sentence, not a number") {
    auto run = plate();
    for (auto& well : run.reacts)
        if (well.sample == "d28") well.counts[1].positive = partitions;
    const auto result = quantify({run}, question());
    CHECK(result.samples[1].blocked);
    CHECK(noted(result.samples[1].notes, "RPP30"));
}

TEST_CASE("merged wells are not added to their members") {
    auto run = plate();
    run.aggregates.push_back(
        {"M01", "d28", Pooling::sum, {*Well::parse("B1"), *Well::parse("B2")}, counts("SRY", 4000)});
    run.aggregates.push_back({"M02", "d28", Pooling::sum, {}, counts("SRY", 4000)});
    CHECK(quantify({run}, question()).samples[1].donors[0].estimate.fraction ==
          quantify({plate()}, question()).samples[1].donors[0].estimate.fraction);
}

TEST_CASE("a pooled row stands in for wells that are not listed, once") {
    auto run = plate();
    const auto whole = quantify({run}, question()).samples[1].donors[0].estimate;
    for (const bool known : {true, false}) {
        auto pooled = run;
        std::erase_if(pooled.reacts, [&](const React& well) { return well.sample == "d28"; });
        for (const auto* target : {"SRY", "RPP30"}) {
            TargetCounts sum = counts(target, 0);
            sum.accepted = 0;
            std::vector<Well> members;
            for (const auto& well : run.reacts)
                if (well.sample == "d28") {
                    members.push_back(well.well);
                    for (const auto& c : well.counts)
                        if (c.target == target) sum.accepted += c.accepted, sum.positive += c.positive;
                }
            if (!known) members.clear();
            pooled.aggregates.push_back({"HW1", "d28", Pooling::sum, members, sum});
            pooled.aggregates.push_back({"HW1 again", "d28", Pooling::sum, members, sum});
            pooled.aggregates.push_back({"Average", "d28", Pooling::mean, members, sum});
            if (!known) pooled.aggregates.erase(pooled.aggregates.end() - 2);
        }
        const auto result = quantify({pooled}, question());
        REQUIRE(result.samples.size() == 2);
        CHECK(result.samples[1].wells == std::vector<std::string>{"HW1"});
        CHECK(result.samples[1].donors[0].estimate.fraction == doctest::Approx(whole.fraction).epsilon(1e-6));
        CHECK(result.samples[1].donors[0].estimate.high == doctest::Approx(whole.high).epsilon(1e-6));
    }
}

TEST_CASE("the sample sheet renames wells and gives dilutions") {
    auto run = plate();
    for (auto& well : run.reacts)
        if (well.sample == "d28") well.sample = "unnamed";
    auto asked = question();
    asked.sheet = parse_sheet("well,sample\nB1,d28\nB2,d28\n", "s.csv");
    CHECK(quantify({run}, asked).samples[1].wells.size() == 2);
    asked.sheet = parse_sheet("well,sample\nH12,d28\n", "s.csv");
    CHECK_THROWS_WITH_AS(quantify({run}, asked), "The sample sheet names well H12, which these runs do not have.",
                         ConfigError);
}

TEST_CASE("a case that names an unknown marker is refused with the known ones") {
    auto asked = question();
    asked.cases[0].file.path = "P.toml";
    asked.cases[0].genotype.push_back({"S99", 0.0, {{"donor", 1.0}}});
    CHECK_THROWS_WITH_AS(quantify({plate()}, asked), "P.toml: [genotype] names 'S99', which is no marker of the panel.",
                         ConfigError);
}

TEST_CASE("markers that no run has are a sentence with what the runs have") {
    auto asked = direct_question({"AMELY=1"}, {"RPP30"});
    try {
        quantify({plate()}, asked);
        FAIL("expected an error");
    } catch (const ConfigError& error) {
        CHECK(std::string(error.hint) == "The runs have the targets: SRY, RPP30.");
    }
}

TEST_CASE("without a case every unknown sample is calculated, controls are not") {
    const auto result = quantify({plate()}, direct_question({"SRY=1"}, {"RPP30"}));
    REQUIRE(result.samples.size() == 2);
    CHECK(result.samples[0].sample == "pre");
}

TEST_CASE("samples of nobody are noted") {
    auto run = plate();
    run.reacts.push_back(react("D1", "stranger", 1, 4000));
    CHECK(noted(quantify({run}, question()).notes, "'stranger' belongs to no case"));
}

TEST_CASE("copies per genome are asked for in plain words") {
    CHECK_THROWS_WITH_AS(direct_question({"SRY"}, {}), "--donor 'SRY': expected TARGET=COPIES, for example SRY=1.",
                         ConfigError);
    CHECK_THROWS_AS(direct_question({"SRY=x"}, {}), ConfigError);
    CHECK_THROWS_AS(direct_question({"SRY=0"}, {}), ConfigError);
    CHECK(direct_question({"A=B=1"}, {}).panel.markers[0].target == "A=B");
}

TEST_CASE("a contaminated control with few partitions is no less contaminated") {
    auto run = plate();
    for (auto& entry : run.reacts.back().counts) entry.accepted = 9000;
    run.reacts.back().counts[0].positive = 3000;
    CHECK(quantify({run}, question()).exit_code() == 1);
}

TEST_CASE("donor DNA in the baseline is told: samples may have been exchanged") {
    auto run = plate();
    for (auto& well : run.reacts)
        if (well.sample == "pre") well.counts[0].positive = 200;
    CHECK(noted(quantify({run}, question()).notes, "The baseline itself shows DNA like that of donor donor"));
}

TEST_CASE("counts that no share explains block the sample") {
    auto run = plate();
    for (auto& well : run.reacts)
        if (well.sample == "d28") well.counts[0].positive = 15000;
    const auto result = quantify({run}, question());
    CHECK(result.samples[1].blocked);
    CHECK(noted(result.samples[1].notes, "contradict"));
}

TEST_CASE("a donor who was not typed is the reason that is given") {
    auto asked = question();
    asked.cases[0].donors.push_back({"D2", {}, {}, {}});
    try {
        quantify({plate()}, asked);
        FAIL("expected an error");
    } catch (const ConfigError& error) {
        CHECK(error.hint.find("SRY: donor D2 is not typed.") != std::string::npos);
    }
}

TEST_CASE("a contaminated control blocks its own plate, not another") {
    Run dirty;
    dirty.reacts = {react("A1", "other", 0, 5000), react("C1", "NTC", 3000, 0)};
    CHECK(quantify({plate(), dirty}, question()).exit_code() == 0);
}

TEST_CASE("a sheet that names a well of two runs is refused") {
    Run second;
    second.reacts = {react("A1", "other", 0, 5000)};
    auto asked = question();
    asked.sheet = parse_sheet("well,sample\nA1,d28\n", "s.csv");
    CHECK_THROWS_AS(quantify({plate(), second}, asked), ConfigError);
}

TEST_CASE("all baselines of a patient are one blank") {
    auto run = plate();
    run.reacts.push_back(react("E1", "pre2", 4, 5000));
    auto asked = question();
    asked.cases[0].samples.push_back({"pre2", Role::baseline, "2026-02-28", "PB", {}});
    CHECK(*quantify({run}, asked).samples[1].donors[0].estimate.lob >
          *quantify({plate()}, question()).samples[1].donors[0].estimate.lob);
}

TEST_CASE("pooled rows of several samples may all be called the same") {
    Run run;
    for (const auto* sample : {"pre", "d28"})
        for (const auto* target : {"SRY", "RPP30"})
            run.aggregates.push_back({"Pooled", sample, Pooling::sum, {}, counts(target, *target == 'S' ? 20 : 5000)});
    const auto result = quantify({run}, question());
    REQUIRE(result.samples.size() == 2);
    for (const auto& sample : result.samples) CHECK(sample.wells == std::vector<std::string>{"Pooled"});
    CHECK(noted(result.samples[1].notes, "stands in for them"));
}

TEST_CASE("pooled rows do not make single wells look poor, and are no better than their wells") {
    auto run = plate();
    for (const auto* name : {"x", "y", "z", "u", "v", "w"}) {
        auto sum = counts("SRY", 0);
        sum.accepted = 8 * partitions;
        run.aggregates.push_back({name, name, Pooling::sum, {}, sum});
    }
    CHECK(quantify({run}, question()).samples[1].wells.size() == 2);
    auto poor = plate();
    std::erase_if(poor.reacts, [](const React& well) { return well.sample == "d28"; });
    for (const auto* target : {"SRY", "RPP30"})
        poor.aggregates.push_back({"HW1",
                                   "d28",
                                   Pooling::sum,
                                   {*Well::parse("B1"), *Well::parse("B2"), *Well::parse("B3")},
                                   counts(target, *target == 'S' ? 20 : 5000)});
    CHECK(noted(quantify({poor}, question()).samples[1].notes, "6000 partitions, fewer than the 9000"));
}

TEST_CASE("of several runs, notes say which run they are about") {
    auto first = plate(), second = plate();
    first.id = "monday";
    first.instrument = "QX200";
    second.id = "tuesday";
    second.instrument = "QIAcuity";
    second.notes.push_back({Severity::warning, "A01", "odd"});
    second.reacts[2].counts[0].accepted = second.reacts[2].counts[1].accepted = 5001;
    const auto result = quantify({first, second}, question());
    CHECK(result.instrument == "QX200, QIAcuity");
    CHECK(result.notes[0].where == "tuesday, A01");
    CHECK(result.samples[1].notes[0].where == "tuesday, B01");
}

TEST_CASE("a partition volume that only some wells have is not used, and that is told") {
    auto run = plate();
    for (auto& entry : run.reacts[2].counts) entry.volume = Volume{0.85, "test"};
    CHECK(noted(quantify({run}, question()).samples[1].notes, "known of some wells only"));
    CHECK_FALSE(noted(quantify({run}, question()).samples[0].notes, "known of some wells only"));
}
