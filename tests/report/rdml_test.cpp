// Writing RDML and reading it again: what a run says must come back, and what RDML cannot say must be told.
#include "core/report/rdml.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <limits>

#include "core/dpcr/count.hpp"
#include "rdml_support.hpp"

using namespace microchim;
using namespace microchim::test;

namespace {

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

std::size_t times(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
}

/// Everything that a digital run can say.
Run rich() {
    auto run = plate_of({digital("A01", "P1 d+30 <blood>; \"x\" & ß"), digital("A12", "No template", SampleType::ntc),
                         digital("B01", "P1 d+30 <blood>; \"x\" & ß"), digital("H12", "Std", SampleType::std)});
    run.reacts[3].quantity = 12.5;
    auto& vendor = run.reacts[0].counts[0].vendor;
    vendor = {2.99, 2.11, std::nullopt, "Manual, checked"};
    run.attributes = {{"A01", "excluded [SRY]", "too few; reviewer"}, {"H12", "quantity unit", "ng"}};
    run.reacts[0].counts[0].vendor.status += ", excluded";
    return run;
}

}  // namespace

TEST_CASE("the same run gives the same bytes, in any time zone") {
    const auto run = rich();
    ::setenv("TZ", "Pacific/Auckland", 1);
    ::tzset();
    const auto there = written(run);
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    CHECK(there == written(run));
}

TEST_CASE("a digital run comes back as it was") {
    const auto run = rich();
    const auto back = read_back(written(run));
    CHECK(wells(back) == wells(run));
    CHECK(back.id == run.id);
    CHECK(back.instrument == run.instrument);
    CHECK(back.software.name == "Counter");
    CHECK(back.software.version == "3.1");
    CHECK(back.started == run.started);
    CHECK(back.rows == 8);
    CHECK(back.columns == 12);
    CHECK(back.reacts[0].partitions->channels[0].fluorescence == run.reacts[0].partitions->channels[0].fluorescence);
    CHECK(back.reacts[0].partitions->channels[1].positive == run.reacts[0].partitions->channels[1].positive);
    for (const auto& note : back.notes) CHECK_FALSE(holds(note.what, "the counts are kept"));
    CHECK(written(back).size() > 0);
    CHECK(wells(read_back(written(back))) == wells(run));
}

TEST_CASE("ids of reactions count along the rows") {
    const auto text =
        document(plate_of({digital("A01", "a"), digital("A12", "b"), digital("B01", "c"), digital("H12", "d")}));
    for (const auto id : {"<react id=\"1\">", "<react id=\"12\">", "<react id=\"13\">", "<react id=\"96\">"})
        CHECK(holds(text, id));
    auto large = plate_of({digital("A24", "a"), digital("P24", "b")});
    large.rows = 16;
    large.columns = 24;
    CHECK(holds(document(large), "<react id=\"24\">"));
    CHECK(holds(document(large), "<react id=\"384\">"));
    CHECK(wells(read_back(written(large))) == wells(large));
}

TEST_CASE("wells of one sample share it; other types and quantities are samples of their own") {
    auto run = plate_of(
        {digital("A01", "P1"), digital("A02", "P1"), digital("A03", "P1", SampleType::ntc), digital("A04", "P1")});
    run.reacts[3].quantity = 10;
    const auto text = document(run);
    CHECK(times(text, "<sample id=\"P1\">") == 1);
    CHECK(times(text, "<sample id=\"P1\" />") == 2);
    CHECK(times(text, "<sample id=\"P1 (ntc)\"") == 2);
    CHECK(times(text, "<sample id=\"P1 (10)\"") == 2);
    CHECK(mentions(notes_of_writing(run), "called 'P1 (ntc)'"));
    const auto back = read_back(written(run));
    CHECK(back.reacts[2].type == SampleType::ntc);
    CHECK(back.reacts[2].sample == "P1");
    CHECK(back.reacts[3].quantity == 10);
    CHECK(wells(back) == wells(run));
    CHECK(wells(read_back(written(back))) == wells(run));
}

TEST_CASE("a well without a sample gets a human name, each its own, and has none when read again") {
    const auto run = plate_of({digital("A01", ""), digital("A02", ""), digital("A03", "unnamed A01")});
    for (const auto id : {"\"unnamed A01\"", "\"unnamed A02\"", "\"unnamed A01 (2)\""})
        CHECK(times(document(run), "<sample id=" + std::string(id)) == 2);
    CHECK(wells(read_back(written(run))) == wells(run));
    auto named = plate_of({digital("A01", "unnamed A02"), digital("A02", "")});
    named.reacts[1].type = SampleType::ntc;
    CHECK(holds(document(named), "<sample id=\"unnamed A02 (ntc)\""));
    CHECK(wells(read_back(written(named))) == wells(named));
}

TEST_CASE("names that XML or a table cannot hold are mended") {
    auto run = plate_of({digital("A01", "tab\there\nand \x01 there\uFFFF")});
    for (auto& counts : run.reacts[0].counts) counts.target += "\tx";
    for (auto& channel : run.reacts[0].partitions->channels) channel.target += "\tx";
    const auto back = read_back(written(run));
    CHECK(back.reacts[0].sample == "tab here and   there\uFFFD");
    CHECK(back.reacts[0].counts[0].target == "SRY x");
    CHECK(back.reacts[0].partitions->channels.size() == 2);
}

TEST_CASE("a target has one dye in RDML") {
    auto run = plate_of({digital("A01", "a"), digital("A02", "a")});
    run.reacts[1].counts[0].dye = "Cy5";
    const auto back = read_back(written(run));
    CHECK(back.reacts[0].counts[0].target == "SRY (FAM)");
    CHECK(back.reacts[1].counts[0].target == "SRY (Cy5)");
    CHECK(back.reacts[1].counts[0].dye == "Cy5");
    CHECK(mentions(notes_of_writing(run), "'SRY (Cy5)'"));
}

TEST_CASE("a target that a well has twice is told apart by its channel") {
    auto run = plate_of({digital("A01", "a")});
    for (auto& counts : run.reacts[0].counts) counts.target = "SRY", counts.dye = "";
    for (auto& channel : run.reacts[0].partitions->channels) channel.target = "SRY";
    const auto back = read_back(written(run));
    CHECK(back.reacts[0].counts[0].target == "SRY (channel 1)");
    CHECK(back.reacts[0].partitions->channels[1].target == "SRY (channel 2)");
    CHECK(back.reacts[0].partitions->channels[1].positive == run.reacts[0].partitions->channels[1].positive);
}

TEST_CASE("channels find their counts by number where they have no target") {
    auto run = plate_of({digital("A01", "a")});
    for (auto& channel : run.reacts[0].partitions->channels) channel.target.clear();
    const auto back = read_back(written(run));
    CHECK(back.reacts[0].partitions->channels[1].target == "RPP30");
    CHECK(back.reacts[0].partitions->channels[1].name == "Ch2");
    CHECK(back.reacts[0].counts.size() == 2);
}

TEST_CASE("channels without a target find the counts that are called by their names, and nothing counts twice") {
    auto run = plate_of({digital("A01", "a")});
    auto& react = run.reacts[0];
    for (const auto& [first, second] :
         {std::pair{"Assay1 Amplitude", "Assay2 Amplitude"}, std::pair{"Ch2 Amplitude", "Ch3 Amplitude"}}) {
        react.counts.clear();
        auto& channels = react.partitions->channels;
        channels[0].name = first, channels[1].name = second;
        channels[1].positive.assign(30, 0);
        for (auto& channel : channels) channel.target.clear();
        dpcr::count_called(run);
        const auto back = read_back(written(run)).reacts[0];
        REQUIRE(back.counts.size() == 2);
        CHECK(back.counts[0].target == std::string(first, std::string(first).find(' ')));
        CHECK(back.counts[0].positive == 10);
        CHECK(back.counts[1].positive == 0);
        CHECK(back.partitions->channels[0].name == first);
        CHECK(back.partitions->channels[0].positive == channels[0].positive);
        CHECK(back.partitions->channels[1].positive == channels[1].positive);
    }
}

TEST_CASE("partitions that nobody classified are undefined, not negative") {
    auto run = plate_of({digital("A01", "a")});
    run.reacts[0].counts.clear();
    for (auto& channel : run.reacts[0].partitions->channels) channel.positive.clear();
    CHECK(holds(document(run), "<undef>30</undef>"));
    const auto back = read_back(written(run));
    CHECK(back.reacts[0].counts.empty());
    CHECK(back.reacts[0].partitions->accepted == 30);
    CHECK(back.reacts[0].partitions->channels[0].positive.empty());
}

TEST_CASE("partitions that are excluded for one target only do not count as undefined too") {
    auto run = plate_of({digital("A01", "a")});
    run.reacts[0].counts[0].excluded = 5;  // 4 for all targets, 1 of the 2 unclassified for this one
    run.attributes = {{"A01", "undef [SRY]", "1"}};
    CHECK(holds(document(run), "<undef>1</undef>"));
    CHECK(holds(document(run), "<undef>2</undef>"));
    const auto back = read_back(written(run));
    CHECK(back.reacts[0].counts[0].excluded == 5);
    CHECK_FALSE(mentions(back.notes, "the counts are kept"));
    CHECK(holds(document(back), "<undef>1</undef>"));
}

TEST_CASE("a volume that is not known is not made up") {
    auto run = plate_of({digital("C07", "a")});
    run.reacts[0].partitions->volume.reset();
    for (auto& counts : run.reacts[0].counts) counts.volume.reset();
    CHECK_THROWS_WITH_AS(written(run), doctest::Contains("C07 is not known"), ConfigError);
    run.reacts[0].counts[0].volume = Volume{0.5, "file"};
    CHECK_NOTHROW(written(run));
    run.reacts[0].counts[1].volume = Volume{0.6, "file"};
    CHECK_THROWS_WITH_AS(written(run), doctest::Contains("different partition volumes"), ConfigError);
}

TEST_CASE("concentrations are ours; none where every partition is positive") {
    auto run = plate_of({digital("A01", "a")});
    run.reacts[0].partitions.reset();
    run.reacts[0].counts = {counts("A", "", 50, 100), counts("B", "", 0, 100), counts("C", "", 100, 100),
                            counts("D", "", 0, 0)};
    const auto text = document(run);
    CHECK(holds(text, "<conc>1386.2943611198"));  // ln 2 / 0.5 nL
    CHECK(holds(text, "<conc>0</conc>"));
    CHECK(times(text, "<conc>") == 2);
    CHECK_FALSE(read_back(written(run)).reacts[0].counts[0].vendor.copies_per_ul.has_value());
}

TEST_CASE("what RDML has no place for is told") {
    auto run = plate_of({digital("A01", "a")});
    run.aggregates.push_back({"M01", "a", Pooling::sum, {}, counts("SRY", "FAM", 3, 60)});
    run.reacts[0].volume_ul = 20;
    run.attributes = {{"A01", "Linkage [SRY]", "0"}, {"", "operator", "A. Tech"}};
    const auto notes = notes_of_writing(run);
    CHECK(mentions(notes, "several wells were left out (1)"));
    CHECK(mentions(notes, "Reaction volumes were left out (1)"));
    CHECK(mentions(notes, "about wells were left out (1)"));
    CHECK(holds(document(run), "operator: A. Tech"));
    CHECK(times(document(run), "<react ") == 1);
}

TEST_CASE("the run date is written where it is one") {
    for (const auto date : {"2026-11-22T08:12:00", "2026-11-22T08:12:00Z", "2024-02-29T23:59:59.123+13:30"}) {
        auto run = plate_of({digital("A01", "a")});
        run.started = date;
        CHECK(holds(document(run), "<runDate>" + run.started + "</runDate>"));
    }
    for (const auto date :
         {"11/22/2026", "2026-11-22", "2026-11-22 08:12:00", "2026-02-29T08:12:00", "2026-11-22T24:12:00",
          "2026-11-22T08:12:00+1", "2026-11-22T08:12:00.", "0000-01-01T00:00:00"}) {
        auto run = plate_of({digital("A01", "a")});
        run.started = date;
        CHECK_FALSE(holds(document(run), "<runDate>"));
        CHECK(holds(document(run), "<description>started: " + run.started));
    }
}

TEST_CASE("a plate of unknown size is written as one that holds all wells") {
    auto run = plate_of({digital("A01", "a"), digital("H12", "b")});
    run.rows = run.columns = 0;
    CHECK(read_back(written(run)).columns == 12);
    CHECK(mentions(notes_of_writing(run), "plate of 96 wells"));
    run.reacts.push_back(digital("P24", "c"));
    CHECK(wells(read_back(written(run))) == wells(run));
    CHECK(read_back(written(run)).columns == 24);
    run.reacts.push_back(digital("AF48", "d"));
    CHECK(wells(read_back(written(run))) == wells(run));
}

TEST_CASE("curves are written, the one nearest to what was measured") {
    const auto raw = curve("SRY", Signal::raw, {1.5F, 2.25F, std::numeric_limits<float>::quiet_NaN(), 4e-7F});
    auto normalised = curve("SRY", Signal::normalised, {0.5F, 0.25F});
    const auto baselined = curve("SRY", Signal::baselined, {-0.5F, 0.25F});
    normalised.cq = 31.25;
    normalised.threshold = 0.2;

    auto run = plate_of({real_time("A01", {baselined, raw}), real_time("A02", {baselined, normalised})});
    auto back = read_back(written(run));
    REQUIRE(back.reacts[0].curves.size() == 1);
    CHECK(back.reacts[0].curves[0].fluorescence[3] == 4e-7F);
    CHECK(std::isnan(back.reacts[0].curves[0].fluorescence[2]));
    CHECK(back.reacts[1].curves[0].signal == Signal::normalised);
    CHECK(back.reacts[1].curves[0].cq == 31.25);
    CHECK(back.reacts[1].curves[0].threshold == 0.2);

    run = plate_of({real_time("A01", {raw}), real_time("A02", {baselined})});
    CHECK(mentions(notes_of_writing(run), "Curves were left out (1)"));
    CHECK(read_back(written(run)).reacts[1].curves[0].fluorescence.empty());

    run = plate_of({real_time("A01", {baselined})});  // all there is
    run.reacts[0].curves[0].type = SampleType::unkn;  // RDML always says it
    CHECK(wells(read_back(written(run))) == wells(run));
}

TEST_CASE("a run of nothing is still a document") {
    CHECK(holds(document(plate_of({})), "<columns>12</columns>"));
}
