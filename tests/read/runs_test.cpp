// One drop may hold several runs, and files of several programs.
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

#include "core/read/detect.hpp"
#include "tests/read/support.hpp"

using namespace microchim;
using namespace microchim::test;
using read::Bundle;

namespace {

void open(const reader::Sink& sink, std::string_view id, const std::vector<std::size_t>& entries = {}) {
    microchim_run run{};
    run.id = reader::text(id);
    run.entries = entries.data();
    run.entry_count = entries.size();
    sink.run(run);
}

void well(const reader::Sink& sink, std::string_view name) {
    sink.react({reader::text(name), {}, MICROCHIM_UNKN, reader::not_stated, reader::not_stated});
}

std::vector<Run> runs(Script what) {
    script = std::move(what);
    return read::read_with(in_process<Scripted>(), Bundle::of({{"a.csv", "a"}, {"b.csv", "b"}}, "drop"));
}

/// Claims entries that begin with its letter.
template <char letter>
struct Letter {
    static constexpr const char id[] = {letter, '\0'};
    static constexpr const char *name = id, *version = "1.0.0", *maturity = "draft";
    static std::int32_t probe(const reader::Bundle& bundle) {
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (bundle.bytes(i).starts_with(letter)) return MICROCHIM_YES;
        return MICROCHIM_NO;
    }
    static void read(const reader::Bundle&, const reader::Sink& sink) { well(sink, "A01"); }
};

read::Readers letters() {
    read::Readers readers;
    readers.add(in_process<Letter<'x'>>());
    readers.add(in_process<Letter<'y'>>());
    return readers;
}

microchim_counts pooled(std::int32_t kind, std::int64_t accepted) {
    microchim_counts counts{};
    counts.well = reader::text("Average");
    counts.target = reader::text("SRY");
    counts.pooled = kind;
    counts.accepted = counts.positive = accepted;
    counts.excluded = -1;
    counts.threshold = counts.volume_nl = counts.copies_per_ul = counts.low = counts.high = reader::not_stated;
    return counts;
}

}  // namespace

TEST_CASE("a reader may open several runs, each with its own wells and files") {
    const auto both = runs([](const reader::Bundle&, const reader::Sink& sink) {
        open(sink, "first", {0});
        well(sink, "A01");
        open(sink, "second", {1});
        well(sink, "A01");
        well(sink, "A02");
    });
    REQUIRE(both.size() == 2);
    CHECK(both[0].id == "first");
    CHECK(both[0].provenance.files.size() == 1);
    CHECK(both[0].provenance.path == "drop/a.csv");
    CHECK(both[1].reacts.size() == 2);
    CHECK(both[1].provenance.files[0].name == "b.csv");
}

TEST_CASE("what is reported before the run belongs to it") {
    const auto one = runs([](const reader::Bundle&, const reader::Sink& sink) {
        well(sink, "A01");
        open(sink, "late");
    });
    REQUIRE(one.size() == 1);
    CHECK(one[0].id == "late");
    CHECK(one[0].provenance.files.size() == 2);
}

TEST_CASE("a run without wells, and a file that is not there, are the reader's defects") {
    const auto said = [](Script what) { return complaint([&] { runs(std::move(what)); }); };
    CHECK(said([](const reader::Bundle&, const reader::Sink& sink) {
              open(sink, "full");
              well(sink, "A01");
              open(sink, "bare");
          }).find("there is no well in run 'bare'") != std::string::npos);
    CHECK(said([](const reader::Bundle&, const reader::Sink& sink) {
              open(sink, "x", {2});
          }).find("a file that is not there") != std::string::npos);
}

TEST_CASE("a mean may have no counts, a sum and a well must") {
    const auto row = [](std::int32_t kind) {
        return [kind](const reader::Bundle&, const reader::Sink& sink) { sink.counts(pooled(kind, -1)); };
    };
    const auto mean = runs(row(MICROCHIM_MEAN)).front();
    REQUIRE(mean.aggregates.size() == 1);
    CHECK(mean.aggregates[0].pooling == Pooling::mean);
    CHECK(mean.aggregates[0].counts.accepted == -1);
    CHECK(complaint([&] { runs(row(MICROCHIM_SUM)); }).find("accepted partitions is missing") != std::string::npos);
}

TEST_CASE("files of two programs in one drop are read each by its own reader") {
    const auto bundle = Bundle::of({{"1.csv", "x"}, {"2.csv", "y"}, {"3.txt", "?"}}, "drop");
    const auto readers = letters();
    const auto shares = read::assign(bundle, readers);
    REQUIRE(shares.size() == 2);
    CHECK(shares[0].reader->id == "x");
    REQUIRE(shares[1].bundle.entries.size() == 2);
    CHECK(shares[1].bundle.entries[0].name == "2.csv");
    CHECK(shares[1].bundle.entries[1].name == "3.txt");
    const auto found = read::read(bundle, readers);
    REQUIRE(found.size() == 2);
    REQUIRE(found[0].notes.size() == 1);
    CHECK(found[0].notes[0].what.find("files of 2 instrument programs") != std::string::npos);
    CHECK(read::assign(Bundle::of({{"1.csv", "x"}, {"3.txt", "?"}}), readers).front().bundle.entries.size() == 2);
}

TEST_CASE("what two programs left in one zip keeps the fingerprint of the zip") {
    const Scratch scratch;
    const auto path = scratch.zip("both.zip", {{"1.csv", "x"}, {"2.csv", "y"}});
    for (const auto& run : read::read(path, letters())) {
        REQUIRE(run.provenance.files.size() == 2);
        CHECK(run.provenance.files[0].name == "both.zip");
    }
}

TEST_CASE("the loop of the host does every task once, and passes on the first failure") {
    script = [](const reader::Bundle& bundle, const reader::Sink& sink) {
        std::atomic<int> done = 0;
        bundle.each(1000, [&](std::size_t) { ++done; });
        CHECK(done == 1000);
        CHECK_THROWS_WITH(bundle.each(1000,
                                      [&](std::size_t task) {
                                          if (task % 400 == 3) throw std::runtime_error(std::to_string(task));
                                      }),
                          "3");
        well(sink, "A01");
    };
    CHECK(read::read_with(in_process<Scripted>(), Bundle::of({{"big.csv", std::string(8 << 20, 'x')}})).size() == 1);
}
