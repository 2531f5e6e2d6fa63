// What a reader may report, and what becomes of it.
#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "core/run/sha256.hpp"
#include "tests/read/support.hpp"

using namespace microchim;
using namespace microchim::test;
using reader::not_stated;
using reader::text;

namespace {

constexpr float no_reading = std::numeric_limits<float>::quiet_NaN();

microchim_counts counts(const char* well, std::int64_t positive, std::int64_t accepted, const char* target = "SRY") {
    microchim_counts fact{};
    fact.well = text(well);
    fact.target = text(target);
    fact.positive = positive;
    fact.accepted = accepted;
    fact.excluded = -1;
    fact.threshold = fact.volume_nl = fact.copies_per_ul = fact.low = fact.high = not_stated;
    return fact;
}

microchim_react react(const char* well, const char* sample = "", std::int32_t type = MICROCHIM_UNKN) {
    return {text(well), text(sample), type, not_stated, not_stated};
}

/// What is said about facts that are refused.
std::string refusal(std::function<void(const reader::Sink&)> report) {
    return complaint([&] { reported([&](const auto&, const auto& sink) { report(sink); }); });
}

std::string refused(const std::string& what) {
    return "'run.csv': " + what + " (read as Scripted).";
}

}  // namespace

TEST_CASE("facts come in any order, wells come out in plate order") {
    const auto run = reported([](const auto&, const auto& sink) {
        sink.counts(counts("B1", 0, 10));
        sink.react(react("a10", "x"));
        sink.counts(counts("A2", 1, 10));
        microchim_run fact{};
        fact.instrument = text("DC-1");
        fact.rows = 8;
        fact.columns = -1;
        sink.run(fact);
        sink.attribute("a2", "Supermix", "probes");
        sink.note(MICROCHIM_WARNING, "A02", "few droplets");
    });
    REQUIRE(run.reacts.size() == 3);
    CHECK(run.reacts[0].well.name() == "A02");
    CHECK(run.reacts[1].well.name() == "A10");
    CHECK(run.reacts[2].well.name() == "B01");
    CHECK(run.instrument == "DC-1");
    CHECK(run.rows == 8);
    CHECK(run.columns == 0);
    CHECK(run.attributes.at(0).well == "A02");
    CHECK(run.notes.at(0).severity == Severity::warning);
    CHECK(run.provenance.reader_id == "scripted");
    CHECK(run.provenance.files.at(0).name == "run.csv");
    CHECK(run.provenance.files.at(0).sha256 == sha256("content"));
}

TEST_CASE("what is not stated stays empty, what is stated keeps its source") {
    const auto run = reported([](const auto&, const auto& sink) {
        sink.counts(counts("A1", 3, 10));
        auto stated = counts("A1", 3, 10, "RPP30");
        stated.excluded = 2;
        stated.volume_nl = 0.5;
        stated.copies_per_ul = 0;
        sink.counts(stated);
    });
    const auto& [bare, full] = std::tie(run.reacts[0].counts[0], run.reacts[0].counts[1]);
    CHECK_FALSE(bare.excluded);
    CHECK_FALSE(bare.threshold);
    CHECK_FALSE(bare.volume);
    CHECK_FALSE(bare.vendor.copies_per_ul);
    CHECK(full.excluded == 2);
    CHECK(full.volume->nl == 0.5);
    CHECK(full.volume->source == "file");
    CHECK(full.vendor.copies_per_ul == 0.0);
}

TEST_CASE("a row that pools wells is no well") {
    const auto run = reported([](const auto&, const auto& sink) {
        auto pooled = counts("M01", 3, 30);
        pooled.pooled = MICROCHIM_SUM;
        pooled.members = text("B1, C01");
        pooled.sample = text("patient 7");
        sink.counts(pooled);
    });
    CHECK(run.reacts.empty());
    REQUIRE(run.aggregates.size() == 1);
    CHECK(run.aggregates[0].name == "M01");
    CHECK(run.aggregates[0].sample == "patient 7");
    CHECK(run.aggregates[0].members == std::vector{Well{1, 0}, Well{2, 0}});
    CHECK(run.aggregates[0].counts.accepted == 30);
}

TEST_CASE("counts that cannot be are refused with well and target") {
    const auto said = [](microchim_counts fact) { return refusal([&](const auto& sink) { sink.counts(fact); }); };
    CHECK(said(counts("A1", 12, 5)) == refused("A01, target 'SRY': 12 of 5 partitions are positive"));
    CHECK(said(counts("A1", -1, 5)) == refused("A01, target 'SRY': the number of positive partitions is missing"));
    CHECK(said(counts("A1", 0, -1)) == refused("A01, target 'SRY': the number of accepted partitions is missing"));
    CHECK(said(counts("A1", -7, 5)) == refused("A01, target 'SRY': the number of positive partitions is -7"));
    CHECK(said(counts("ZZ1", 0, 5)) == refused("'ZZ1' is not a well; expected A01 to AF48"));
    auto fact = counts("A1", 0, 5);
    fact.volume_nl = 0;
    CHECK(said(fact).find("the partition volume is 0") != std::string::npos);
    fact.volume_nl = std::numeric_limits<double>::infinity();
    CHECK(said(fact).find("the partition volume is infinite") != std::string::npos);
    fact = counts("A1", 0, 5, "\xFF");
    CHECK(said(fact).find("is not UTF-8") != std::string::npos);
    CHECK(refusal([](const auto& sink) {
              sink.counts(counts("A1", 1, 5));
              sink.counts(counts("A01", 2, 5));
          }) == refused("A01 has target 'SRY' twice"));
}

TEST_CASE("a well has one sample, and may be reported again") {
    const auto run = reported([](const auto&, const auto& sink) {
        sink.react(react("A1"));
        sink.react(react("A1", "x", MICROCHIM_NTC));
        sink.react(react("A1", "x"));
        sink.react(react("A1", "x", MICROCHIM_POS));
    });
    CHECK(run.reacts.at(0).sample == "x");
    CHECK(run.reacts.at(0).type == SampleType::ntc);
    CHECK(run.notes.at(0).what == "this well is both ntc and pos; it counts as the first");
    CHECK(refusal([](const auto& sink) {
              sink.react(react("A1", "x"));
              sink.react(react("A1", "y"));
          }) == refused("A01 holds two samples, 'x' and 'y'"));
    CHECK(refusal([](const auto& sink) { sink.react(react("A1", "x", 8)); }) ==
          refused("A01: there is no sample type 8"));
}

TEST_CASE("partitions are copied column by column") {
    const std::array fluorescence{1.0F, -2.5F, 3.0F};
    const std::array<std::uint8_t, 3> calls{0, 1, 2};
    const microchim_channel channel{text("Ch1"), text("SRY"), 2.0, fluorescence.data(), calls.data()};
    const auto run = reported([&](const auto&, const auto& sink) {
        sink.partitions({text("A1"), 3, 1, &channel, 4, not_stated});
    });
    const auto& partitions = run.reacts.at(0).partitions.value();
    CHECK(partitions.accepted == 3);
    CHECK(partitions.excluded == 4);
    CHECK(partitions.channels.at(0).fluorescence == std::vector<float>{1.0F, -2.5F, 3.0F});
    CHECK(partitions.channels.at(0).positive == std::vector<std::uint8_t>{0, 1, 2});
    CHECK(partitions.channels.at(0).threshold == 2.0);
}

TEST_CASE("partitions that cannot be are refused") {
    const std::array fluorescence{1.0F, no_reading};
    const std::array<std::uint8_t, 2> calls{0, 3};
    const microchim_channel unread{text("Ch1"), {}, not_stated, fluorescence.data(), nullptr};
    const microchim_channel uncalled{text("Ch1"), {}, not_stated, fluorescence.data(), calls.data()};
    const auto said = [](const microchim_channel& channel, std::size_t rows) {
        return refusal([&](const auto& sink) { sink.partitions({text("A1"), rows, 1, &channel, -1, not_stated}); });
    };
    CHECK(said(unread, 2) == refused("A01, channel 'Ch1': 1 partitions have no fluorescence"));
    CHECK(said(uncalled, 1).empty());
    CHECK(said(unread, 100'000'000) == refused("A01 has 100000000 partitions; the limit is 20000000"));
    CHECK(refusal([&](const auto& sink) {
              sink.partitions({text("A1"), 1, 1, &unread, -1, not_stated});
              sink.partitions({text("A1"), 1, 1, &unread, -1, not_stated});
          }) == refused("the partitions of A01 were reported twice"));
    CHECK(refusal([](const auto& sink) {
              sink.partitions({text("A1"), 1, 0, nullptr, -1, not_stated});
          }) == refused("A01: partitions with 0 channels"));
}

TEST_CASE("a reader's error names file, line and column, for people and for programs") {
    try {
        reported([](const auto&, const auto&) {
            throw reader::FormatError("run.csv:3, column 'Positives'", "'2l' is not a number");
        });
        CHECK(false);
    } catch (const ReadError& e) {
        CHECK(std::string(e.what()) == "run.csv:3, column 'Positives': '2l' is not a number (read as Scripted).");
        CHECK(e.path == "run.csv");
        CHECK(e.line == 3);
    }
}

TEST_CASE("in a folder the path of an error leads to the file in it") {
    script = [](const auto&, const auto&) { throw reader::FormatError("b.csv:12", "it is odd"); };
    try {
        read::read_with(in_process<Scripted>(), read::Bundle::of({{"a.csv", ""}, {"b.csv", ""}}, "runs/7"));
        CHECK(false);
    } catch (const ReadError& e) {
        CHECK(e.path == "runs/7/b.csv");
        CHECK(e.line == 12);
    }
}

TEST_CASE("whatever a reader throws is an error of its file, not ours") {
    CHECK(refusal([](const auto&) { throw std::out_of_range("oops."); }) == refused("oops"));
    CHECK(refusal([](const auto&) { throw 7; }) == refused("the reader failed without saying why"));
    CHECK(refusal([](const auto&) { throw std::bad_alloc(); }) == refused("there is not enough memory to read this"));
}

TEST_CASE("a reader that reports nothing has not read") {
    CHECK(refusal([](const auto&) {}) == refused("there is no well in it"));
    CHECK(refusal([](const auto& sink) { sink.run({}); }) == refused("there is no well in it"));
}

TEST_CASE("the fingerprint of a zip comes before those of the files in it") {
    const Scratch scratch;
    const auto path = scratch.zip("run.zip", {{"b.csv", "bb"}, {"a.csv", "aa"}});
    script = [](const auto&, const auto& sink) { sink.counts(counts("A1", 0, 1)); };
    read::Readers readers;
    readers.add(in_process<Scripted>());
    const auto files = read::read(path, readers).front().provenance.files;
    REQUIRE(files.size() == 3);
    CHECK(files[0].name == "run.zip");
    CHECK(files[0].sha256 == sha256(slurp(path)));
    CHECK(files[1].name == "a.csv");
    CHECK(files[2].sha256 == sha256("bb"));
}
