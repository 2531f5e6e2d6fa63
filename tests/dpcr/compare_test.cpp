// Their concentration beside ours: rounding is no difference, anything more is told.
#include "core/dpcr/compare.hpp"

#include <doctest/doctest.h>

using namespace microchim;

namespace {

/// One well of 20,000 partitions of 0.85 nL: 2,000 positives are 123.9536... copies/uL.
Run run(double theirs, std::int64_t positive = 2000) {
    TargetCounts counts;
    counts.target = "SRY";
    counts.accepted = 20000;
    counts.positive = positive;
    counts.volume = Volume{0.85, "test"};
    counts.vendor.copies_per_ul = theirs;
    React react;
    react.well = *Well::parse("A1");
    react.counts.push_back(counts);
    Run run;
    run.reacts.push_back(react);
    dpcr::compare_with_vendor(run);
    return run;
}

}  // namespace

TEST_CASE("what rounding explains is no difference") {
    for (const double theirs : {123.95354783, 123.954, 123.95, 124.0, 120.0 + 4}) {
        CAPTURE(theirs);
        CHECK(run(theirs).notes.empty());
    }
    CHECK(run(123.95000000000002).notes.empty());  // as spreadsheets store 123.95
    CHECK(run(2710, 18000).notes.empty());         // 2708.9, printed with three figures
    CHECK(run(1000000, 20000).notes.empty());
    CHECK(run(0, 0).notes.empty());
}

TEST_CASE("another volume is told once, with the worst well") {
    const auto notes = run(132.53).notes;
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].what.find("In 1 of 1 rows") == 0);
    CHECK(notes[0].what.find("ours is 0.9353 times theirs in the middle; most in A01 SRY, 132.53 and 123.95") !=
          std::string::npos);
    CHECK(run(123.99).notes.size() == 1);
}
