// Counts of wells that come as partitions: the instrument software's calls where it made any.
#include "core/dpcr/count.hpp"

#include <doctest/doctest.h>

using namespace microchim;

namespace {

Run run(std::vector<Channel> channels, std::int64_t accepted) {
    React react;
    react.well = *Well::parse("A1");
    react.partitions = Partitions{accepted, 7, Volume{0.5, "test"}, std::move(channels)};
    Run run;
    run.reacts.push_back(react);
    dpcr::count_called(run);
    return run;
}

}  // namespace

TEST_CASE("calls are counted, the unclassified are not accepted") {
    const auto counts = run({{"FAM", "SRY", 500.0, {1, 2, 3, 4}, {0, 1, 2, 1}}}, 4).reacts[0].counts;
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].target == "SRY");
    CHECK(counts[0].positive == 2);
    CHECK(counts[0].accepted == 3);
    CHECK(counts[0].excluded == 7);
    CHECK(counts[0].volume->nl == 0.5);
}

TEST_CASE("a passive reference beside called channels is no target") {
    const auto counts = run({{"ROX", "", {}, {9, 9}, {}}, {"FAM", "SRY", {}, {1, 2}, {0, 1}}}, 2).reacts[0].counts;
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].target == "SRY");
    CHECK(counts[0].channel == "2");
}

TEST_CASE("an empty well has counts of nothing, a well without calls has none") {
    CHECK(run({{"Ch1 Amplitude", "", {}, {}, {}}}, 0).reacts[0].counts.at(0).target == "Ch1");
    CHECK(run({{"Ch1 Amplitude", "", {}, {1, 2}, {}}}, 2).reacts[0].counts.empty());
}
