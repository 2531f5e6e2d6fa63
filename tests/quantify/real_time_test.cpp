// Real-time runs from plate to result: standards, controls and quality control, each case with its right note.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/chimerism/quantify.hpp"
#include "core/run/errors.hpp"

using namespace microchim;
using namespace microchim::chimerism;

namespace {

constexpr double intercept = 38.3, slope = -3.45;
constexpr double scatter[] = {0.11, -0.17, 0.05, -0.09, 0.14, -0.04, 0.2, -0.2};

double cq_of(double copies, std::size_t well) {
    return intercept + slope * std::log10(copies) + scatter[well % 8];
}

/// A run that is filled well by well.
struct Plate96 {
    Run run;
    std::size_t next = 0;

    Curve& add(const std::string& sample, const std::string& target, std::optional<double> cq,
               SampleType type = SampleType::unkn, std::optional<double> quantity = {}) {
        React react;
        react.well = Well{static_cast<int>(next / 12), static_cast<int>(next % 12)};
        ++next;
        react.sample = sample;
        react.type = type;
        react.quantity = quantity;
        Curve curve;
        curve.target = target;
        curve.cq = cq;
        curve.amplified = cq.has_value();
        curve.unit = quantity ? "copies" : "";
        react.curves.push_back(curve);
        run.reacts.push_back(react);
        return run.reacts.back().curves.back();
    }
    void standards(const std::string& target, double off = 0, double gain = slope) {
        for (double q : {1e1, 1e2, 1e3, 1e4, 1e5})
            for (int i = 0; i < 3; ++i)
                add("STD", target, intercept + off + gain * std::log10(q) + scatter[next % 8], SampleType::std, q);
    }
    void controls(const std::string& target, std::optional<double> cq = {}) {
        for (int i = 0; i < 3; ++i) add("NTC", target, i == 0 ? cq : std::nullopt, SampleType::ntc);
    }
    /// Copies in every well.
    void sample(const std::string& name, const std::string& target, double copies, int wells) {
        for (int i = 0; i < wells; ++i) {
            std::optional<double> cq;
            if (copies > 0) cq = cq_of(copies, next);
            add(name, target, cq);
        }
    }
};

/// d28: 20 SRY copies and 20000 genomes a well: one in a thousand.
Plate96 plate() {
    Plate96 p;
    p.standards("SRY");
    p.standards("RPP30");
    p.controls("SRY");
    p.controls("RPP30");
    p.sample("pre", "SRY", 0, 6);
    p.sample("pre", "RPP30", 40000, 2);
    p.sample("d28", "SRY", 20, 6);
    p.sample("d28", "RPP30", 40000, 2);
    return p;
}

Question question() {
    auto asked = direct_question({"SRY=1"}, {"RPP30"});
    auto& patient = asked.cases.front();
    patient.id = "P";
    patient.samples = {{"pre", Role::baseline, {}, {}, {}}, {"d28", Role::follow_up, {}, {}, {}}};
    return asked;
}

const SampleResult& d28(const Result& result) {
    for (const auto& sample : result.samples)
        if (sample.sample == "d28") return sample;
    throw std::logic_error("no d28");
}

bool noted(const std::vector<Note>& notes, const std::string& part, Severity severity) {
    return std::ranges::any_of(notes, [&](const Note& note) {
        return note.severity == severity && note.what.find(part) != std::string::npos;
    });
}

template <class Change>
void change(Run& run, const std::string& sample, const std::string& target, Change apply) {
    for (auto& react : run.reacts)
        for (auto& curve : react.curves)
            if (react.sample == sample && curve.target == target) apply(react, curve);
}

}  // namespace

TEST_CASE("a real-time run with standards, a baseline and controls gives the fraction") {
    const auto result = quantify({plate().run}, question());
    const auto& sample = d28(result);
    const auto& donor = sample.donors[0];
    CHECK(donor.estimate.fraction == doctest::Approx(20 / 20000.0).epsilon(0.08));
    CHECK(donor.estimate.low < 1e-3);
    CHECK(donor.estimate.high > 1e-3);
    CHECK(donor.estimate.call != DetectionCall::not_detected);
    CHECK(donor.chimerism_class == "micro");
    CHECK(sample.genomes.value() == doctest::Approx(6 * 20000).epsilon(0.05));
    CHECK(sample.wells.size() == 8);
    CHECK(sample.markers[0].positive == 6);
    CHECK(sample.markers[0].accepted == 6);
    CHECK_FALSE(sample.blocked);
    CHECK(result.samples[0].donors[0].estimate.call == DetectionCall::not_detected);
    REQUIRE(result.curves.size() == 2);
    CHECK(result.curves[0].slope == doctest::Approx(slope).epsilon(0.02));
    CHECK(result.curves[0].wells == 15);
    CHECK(result.curves[0].levels == 5);
    CHECK(result.curves[0].efficiency == doctest::Approx(std::pow(10, -1 / slope) - 1).epsilon(0.05));
    CHECK(result.exit_code() == 0);
}

TEST_CASE("a well may be standard of one target and unknown of another") {
    auto run = plate().run;
    for (auto& react : run.reacts)
        for (auto& curve : react.curves) curve.type = react.type, curve.quantity = react.quantity;
    for (auto& react : run.reacts) react.type = SampleType::unkn, react.quantity.reset();
    CHECK(d28(quantify({run}, question())).donors[0].estimate.fraction == doctest::Approx(1e-3).epsilon(0.08));
}

TEST_CASE("excluded reactions are no evidence, and noted") {
    auto run = plate().run;
    bool first = true;
    change(run, "d28", "SRY", [&](React&, Curve& curve) {
        if (first) curve.excluded = true, curve.cq = 12;
        first = false;
    });
    const auto result = quantify({run}, question());
    CHECK(d28(result).markers[0].accepted == 5);
    CHECK(d28(result).donors[0].estimate.fraction == doctest::Approx(1e-3).epsilon(0.1));
    CHECK(noted(d28(result).notes, "excluded", Severity::info));
}

TEST_CASE("a sample sheet's dilution of the reference wells counts") {
    auto p = plate();
    change(p.run, "d28", "RPP30", [&](React&, Curve& curve) { curve.cq = *curve.cq - slope * std::log10(0.1) * -1; });
    auto asked = question();
    for (const auto& react : p.run.reacts)
        if (react.sample == "d28" && react.curves[0].target == "RPP30")
            asked.sheet.push_back({react.well.name(), {}, {}, {}, {}, {}, {}, 10.0});
    change(p.run, "d28", "RPP30", [&](React&, Curve& curve) { curve.cq = cq_of(4000, 0); });
    CHECK(d28(quantify({p.run}, asked)).donors[0].estimate.fraction == doctest::Approx(1e-3).epsilon(0.1));
}

TEST_CASE("too few standards: the note says so, and there is no number") {
    auto run = plate().run;
    change(run, "STD", "SRY", [](React& react, Curve&) {
        if (*react.quantity > 100) react.type = SampleType::opt;
    });
    const auto result = quantify({run}, question());
    CHECK(noted(d28(result).notes, "6 standard wells at 2 amounts", Severity::error));
    CHECK(d28(result).donors[0].estimate.call == DetectionCall::not_calculated);
    CHECK(d28(result).blocked);
    CHECK(d28(result).markers[0].reason.find("no standard curve") != std::string::npos);
    CHECK(result.exit_code() == 1);
}

TEST_CASE("two curves on one plate and different units are refused") {
    auto p = plate();
    p.standards("SRY", 2.5);
    const auto two = quantify({p.run}, question());
    CHECK(noted(d28(two).notes, "two lines", Severity::error));
    CHECK(d28(two).donors[0].estimate.call == DetectionCall::not_calculated);
    auto run = plate().run;
    std::size_t i = 0;
    change(run, "STD", "SRY", [&](React&, Curve& curve) { curve.unit = i++ % 2 ? "ng" : "copies"; });
    const auto units = quantify({run}, question());
    CHECK(noted(d28(units).notes, "different units ('copies', 'ng')", Severity::error));
    CHECK(d28(units).donors[0].estimate.call == DetectionCall::not_calculated);
}

TEST_CASE("standards in genomes or nanograms are turned into copies") {
    for (const auto& [unit, per_copy] : {std::pair{"gEq", 1.0}, std::pair{"ng", 0.0066}}) {
        auto run = plate().run;
        change(run, "STD", "SRY", [&, u = unit, f = per_copy](React& react, Curve& curve) {
            curve.unit = u;
            react.quantity = *react.quantity * f;  // DNA of a man: one SRY per genome
        });
        change(run, "STD", "RPP30", [&, u = unit, f = per_copy](React& react, Curve& curve) {
            curve.unit = u;
            react.quantity = *react.quantity * f / 2;
        });
        auto asked = question();
        asked.panel.markers[0].kind = "Y";
        CHECK(d28(quantify({run}, asked)).donors[0].estimate.fraction == doctest::Approx(1e-3).epsilon(0.08));
        asked.panel.markers[0].kind = "indel";
        CHECK(noted(d28(quantify({run}, asked)).notes, "standard_copies", Severity::warning));
        asked.panel.markers[0].standard_copies = 1;
        CHECK(d28(quantify({run}, asked)).donors[0].estimate.fraction == doctest::Approx(1e-3).epsilon(0.08));
    }
}

TEST_CASE("an efficiency out of range blocks; a low r2 and an outlier are told") {
    Plate96 p;
    p.standards("SRY", 0, -5.2);
    p.standards("RPP30");
    p.sample("d28", "SRY", 20, 6);
    p.sample("d28", "RPP30", 40000, 2);
    const auto result = quantify({p.run}, question());
    CHECK(noted(d28(result).notes, "The efficiency of the standard curve is 56 %", Severity::error));
    CHECK(d28(result).blocked);
    auto run = plate().run;
    bool first = true;
    change(run, "STD", "SRY", [&](React&, Curve& curve) {
        if (first) curve.cq = *curve.cq + 4;
        first = false;
    });
    const auto off = quantify({run}, question());
    CHECK(noted(d28(off).notes, "lies off the curve", Severity::warning));
    CHECK(noted(d28(off).notes, "r²", Severity::warning));
    CHECK_FALSE(d28(off).blocked);
}

TEST_CASE("a no-template control that amplifies near the sample takes the number away; far behind, it is told") {
    auto near = plate();
    near.controls("SRY", cq_of(20, 0) + 2);
    const auto result = quantify({near.run}, question());
    CHECK(noted(d28(result).notes, "The no-template control amplified SRY", Severity::error));
    CHECK(d28(result).donors[0].estimate.call == DetectionCall::not_calculated);
    CHECK(d28(result).markers[0].reason == "a no-template control amplified");
    CHECK(result.exit_code() == 1);
    Plate96 strong;
    strong.standards("SRY");
    strong.standards("RPP30");
    strong.controls("SRY", 38.2);
    strong.sample("d28", "SRY", 2000, 6);
    strong.sample("d28", "RPP30", 40000, 2);
    const auto far = quantify({strong.run}, question());
    CHECK(noted(d28(far).notes, "cycles behind the sample", Severity::warning));
    CHECK(d28(far).donors[0].estimate.fraction == doctest::Approx(0.1).epsilon(0.08));
    CHECK(far.exit_code() == 0);
}

TEST_CASE("a positive control without a Cq takes away what 'not detected' means") {
    Plate96 p;
    p.standards("SRY");
    p.standards("RPP30");
    for (int i = 0; i < 2; ++i) p.add("low pos", "SRY", {}, SampleType::pos);
    p.sample("d28", "SRY", 0, 6);
    p.sample("d28", "RPP30", 40000, 2);
    const auto result = quantify({p.run}, question());
    CHECK(noted(d28(result).notes, "positive control of SRY", Severity::error));
    CHECK(d28(result).donors[0].estimate.call == DetectionCall::not_calculated);
}

TEST_CASE("an inhibited sample is not calculated") {
    auto p = plate();
    p.sample("pre", "IPC", 500, 3);
    p.sample("d28", "IPC", 60, 3);
    auto asked = question();
    asked.panel.controls.push_back({"IPC", {}});
    const auto result = quantify({p.run}, asked);
    CHECK(noted(d28(result).notes, "inhibit", Severity::error));
    CHECK(d28(result).donors[0].estimate.call == DetectionCall::not_calculated);
    CHECK(result.samples[0].donors[0].estimate.call == DetectionCall::not_detected);

    auto diluted = plate();
    diluted.sample("d28", "RPP30", 30000, 3);  // 1:4 shows 120,000 where the neat wells show 40,000
    asked = question();
    for (std::size_t i = diluted.next - 3; i < diluted.next; ++i)
        asked.sheet.push_back({diluted.run.reacts[i].well.name(), {}, {}, {}, {}, {}, {}, 4.0});
    const auto stronger = quantify({diluted.run}, asked);
    CHECK(noted(d28(stronger).notes, "weaker dilution", Severity::error));
    CHECK(d28(stronger).donors[0].estimate.call == DetectionCall::not_calculated);
}

TEST_CASE("little DNA, extrapolation and a Cq later than one copy are told") {
    Plate96 p;
    p.standards("SRY");
    p.standards("RPP30");
    p.sample("other", "RPP30", 40000, 3);
    p.sample("d28", "RPP30", 2000, 2);
    p.sample("d28", "SRY", 4e5, 2);
    p.add("d28", "SRY", 44);
    const auto result = quantify({p.run}, question());
    CHECK(noted(d28(result).notes, "little DNA, or inhibition", Severity::warning));
    CHECK(noted(d28(result).notes, "extrapolated", Severity::warning));
    CHECK(noted(d28(result).notes, "later than one copy gives", Severity::warning));
}

TEST_CASE("standards of another run serve, with what runs differ by") {
    Plate96 standards, samples;
    standards.standards("SRY");
    standards.standards("RPP30");
    standards.run.id = "monday";
    samples.sample("d28", "SRY", 20, 6);
    samples.sample("d28", "RPP30", 40000, 2);
    samples.run.id = "tuesday";
    const auto own = d28(quantify({plate().run}, question())).donors[0].estimate;
    const auto result = quantify({standards.run, samples.run}, question());
    const auto& shared = d28(result).donors[0].estimate;
    CHECK(shared.fraction == doctest::Approx(own.fraction).epsilon(0.1));
    CHECK(shared.high / shared.low > 3 * own.high / own.low);
    CHECK(noted(d28(result).notes, "is that of run monday", Severity::warning));
    CHECK(noted(d28(quantify({samples.run}, question())).notes, "there are no standards of it", Severity::error));
}

TEST_CASE("one run may mix partitions and real-time wells") {
    auto p = plate();
    React react;
    react.well = *Well::parse("H12");
    react.sample = "d28";
    for (const auto& [target, positive] : {std::pair{"SRY", 20}, std::pair{"RPP30", 9000}}) {
        TargetCounts counts;
        counts.target = target;
        counts.accepted = 18000;
        counts.positive = positive;
        react.counts.push_back(counts);
    }
    p.run.reacts.push_back(react);
    const auto result = quantify({p.run}, question());
    CHECK(d28(result).donors[0].estimate.fraction ==
          doctest::Approx(-2 * std::log1p(-20.0 / 18000) / std::log(2.0)).epsilon(0.01));
    CHECK(noted(d28(result).notes, "alone it gives", Severity::info));
    p.run.reacts.back().counts.resize(1);  // SRY alone: no reference among the partitions
    const auto rest = quantify({p.run}, question());
    CHECK(d28(rest).donors[0].estimate.fraction == doctest::Approx(1e-3).epsilon(0.08));
    CHECK(noted(d28(rest).notes, "Digital PCR of this sample could not be used", Severity::warning));
}

TEST_CASE("ddCq against the donor's own DNA stands beside the likelihood") {
    auto p = plate();
    p.sample("son", "SRY", 20000, 3);
    p.sample("son", "RPP30", 40000, 3);
    auto asked = question();
    asked.cases[0].samples.push_back({"son", Role::donor, {}, {}, {}});
    const auto result = quantify({p.run}, asked);
    REQUIRE(d28(result).classical.size() == 1);
    const auto& c = d28(result).classical[0];
    CHECK(c.calibrator == "son");
    CHECK(c.reference == "RPP30");
    CHECK(c.fraction == doctest::Approx(1e-3).epsilon(0.2));
    CHECK(c.low < 1e-3);
    CHECK(c.high > 1e-3);
    CHECK_FALSE(noted(d28(result).notes, "disagrees", Severity::warning));
    change(p.run, "son", "SRY", [](React&, Curve& curve) { curve.cq = *curve.cq - 3; });  // eight times the copies
    CHECK(noted(d28(quantify({p.run}, asked)).notes, "disagrees with the likelihood", Severity::warning));
}

TEST_CASE("Pfaffl's ratio and its error") {
    const auto share =
        pfaffl({33, 0.04}, {26, 0.01}, {std::log(1.95), 0.0004}, {24, 0.02}, {23.5, 0.03}, {std::log(1.9), 0.0009});
    CHECK(std::exp(share.value) == doctest::Approx(std::pow(1.95, -7) / std::pow(1.9, -0.5)));
    const double t = std::log(1.95), r = std::log(1.9);
    CHECK(share.variance == doctest::Approx(t * t * 0.05 + 49 * 0.0004 + r * r * 0.05 + 0.25 * 0.0009));
}

TEST_CASE("without a Cq in the file nothing is claimed of wells without a curve") {
    auto run = plate().run;
    for (auto& react : run.reacts)
        for (auto& curve : react.curves) curve.cq.reset(), curve.amplified.reset();
    const auto result = quantify({run}, question());
    CHECK(d28(result).donors[0].estimate.call == DetectionCall::not_calculated);
    CHECK(noted(d28(result).notes, "cannot be judged", Severity::warning));
}

TEST_CASE("the panel sets the limits of real-time PCR, and what standards carry") {
    const auto panel = parse_panel(
        "schema = 'microchim/panel/1'\n[[marker]]\nid = 'S01'\nclass = 'indel'\nstandard_copies = 1\n"
        "[[reference]]\ntarget = 'RPP30'\nstandard_copies = 2\n[[control]]\ntarget = 'IPC'\naliases = ['IC']\n"
        "[limits]\nminimum_efficiency = 0.85\nmaximum_efficiency = 1.05\nminimum_r2 = 0.99\ncontrol_distance = 3\n"
        "inhibition_delay = 2\nbetween_runs_sd = 0.1\n",
        "panel.toml");
    CHECK(panel.markers[0].standard_copies == 1);
    CHECK(panel.references[0].standard_copies == 2);
    REQUIRE(panel.control("ic") != nullptr);
    CHECK(panel.control("ic")->target == "IPC");
    CHECK(panel.limits.minimum_efficiency == 0.85);
    CHECK(panel.limits.maximum_efficiency == 1.05);
    CHECK(panel.limits.minimum_r2 == 0.99);
    CHECK(panel.limits.control_distance == 3);
    CHECK(panel.limits.inhibition_delay == 2);
    CHECK(panel.limits.between_runs_sd == 0.1);
    CHECK(panel.ignored.empty());
    CHECK_THROWS_AS(parse_panel("schema = 'microchim/panel/1'\n[[marker]]\nid = 'S01'\n[limits]\n"
                                "minimum_efficiency = 1.2\n",
                                "panel.toml"),
                    ConfigError);
}
