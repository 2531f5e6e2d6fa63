// What the QuantaSoft reader makes of cases that its fixtures do not show: rows that contradict each other, files that
// do not belong together, files of other programs, files cut off anywhere.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <tuple>

#include "core/read/detect.hpp"
#include "core/read/host.hpp"
#include "core/run/errors.hpp"

using namespace microchim;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

const read::Readers& readers() {
    static const auto loaded = [] {
        read::Readers all;
        all.load(std::string(MICROCHIM_BUILD_DIR) + "/lib/microchim/biorad-quantasoft.so");
        return all;
    }();
    return loaded;
}

std::vector<Run> read_runs(Files files) {
    return read::read(read::Bundle::of(std::move(files)), readers());
}

Run read_files(Files files) {
    auto runs = read_runs(std::move(files));
    REQUIRE(runs.size() == 1);
    return runs.front();
}

std::string refusal(Files files) {
    try {
        read_files(std::move(files));
    } catch (const ReadError& e) {
        return e.what();
    }
    return "was read";
}

/// A small table in the columns of QuantaSoft 1.7.
std::string table(const std::string& rows) {
    return "Well,ExptType,Sample,TargetType,Target,Status,Concentration,PoissonConfMax,PoissonConfMin,Positives,"
           "Negatives,"
           "AcceptedDroplets,Threshold,MergedWells\n" +
           rows;
}

std::string row(const std::string& well, const std::string& type, const std::string& target,
                const std::string& counts) {
    return well + ",ABS,Day 7," + type + "," + target + ",OK,1.5,2,1," + counts + ",3000,\n";
}

const std::string amplitudes = "Ch1 Amplitude,Ch2 Amplitude,Cluster\n100,200,1\n8000,210,2\n8100,4000,3\n";

bool warned(const Run& run, const std::string& where, const std::string& part) {
    for (const auto& note : run.notes)
        if (note.where == where && note.what.find(part) != note.what.npos) return true;
    return false;
}

std::string fixture(const std::string& name) {
    std::ifstream file(std::string(MICROCHIM_SOURCE_DIR) + "/plugins/biorad-quantasoft/fixtures/" + name,
                       std::ios::binary);
    REQUIRE_MESSAGE(file, "there is no fixture " << name);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

TEST_CASE("one well may hold the same target in both channels") {
    const auto run = read_files(
        {{"r.csv", table(row("A01", "Ch1Unknown", "SRY", "4,96,100") + row("A01", "Ch2Unknown", "SRY", "5,95,100"))}});
    REQUIRE(run.reacts.size() == 1);
    CHECK(run.reacts[0].counts.size() == 2);
    CHECK(run.reacts[0].counts[1].channel == "2");
    CHECK(run.reacts[0].counts[1].positive == 5);
}

TEST_CASE("a target that stands twice in one channel of a well is refused with both lines") {
    CHECK(refusal({{"r.csv", table(row("A01", "Ch1Unknown", "SRY", "4,96,100") +
                                   row("A1", "Ch1Unknown", "SRY", "5,95,100"))}}) ==
          "r.csv:3, column 'Target': A01 has target 'SRY' twice in the same channel, also in line 2 (read as Bio-Rad "
          "QuantaSoft).");
}

TEST_CASE("a well with two samples is refused") {
    auto other = row("A01", "Ch2Unknown", "RPP30", "5,95,100");
    other.replace(other.find("Day 7"), 5, "Day 8");
    CHECK(refusal({{"r.csv", table(row("A01", "Ch1Unknown", "SRY", "4,96,100") + other)}})
              .find("two samples, 'Day 8' and in line 2 'Day 7'") != std::string::npos);
}

TEST_CASE("a type that was set goes before Unknown, and two that contradict each other make a sample") {
    const auto run = read_files(
        {{"r.csv",
          table(row("A01", "Ch1NTC", "SRY", "0,100,100") + row("A01", "Ch2Unknown", "RPP30", "0,100,100") +
                row("A02", "Ch1Positive Control", "SRY", "9,91,100") +
                row("A02", "Ch2Negative Control", "RPP30", "0,100,100") +
                row("A03", "Ch1Negative Control", "SRY", "0,100,100") + row("A04", "Ch1Unknown", "SRY", "0,100,100") +
                row("A04", "Ch2Reference", "RPP30", "7,93,100"))}});
    REQUIRE(run.reacts.size() == 4);
    CHECK(run.reacts[0].type == SampleType::ntc);
    CHECK(warned(run, "A01", "different sample types"));
    CHECK(run.reacts[1].type == SampleType::unkn);
    CHECK(warned(run, "A02", "counts as a sample"));
    CHECK(run.reacts[2].type == SampleType::ntp);
    CHECK(run.reacts[3].type == SampleType::unkn);
    CHECK_FALSE(warned(run, "A04", ""));
}

TEST_CASE("a merged row that does not say its wells is kept as one, with a note") {
    const auto run = read_files(
        {{"r.csv", table(row("A01", "Ch1Unknown", "SRY", "4,96,100") + row("M01", "Ch1Unknown", "SRY", "9,191,200"))}});
    CHECK(run.reacts.size() == 1);
    REQUIRE(run.aggregates.size() == 1);
    CHECK(run.aggregates[0].name == "M01");
    CHECK(run.aggregates[0].pooling == Pooling::sum);
    CHECK(run.aggregates[0].members.empty());
    CHECK(run.aggregates[0].counts.accepted == 200);
    CHECK(warned(run, "M01", "SRY: 9 of 200"));
}

TEST_CASE("no threshold where the file prints 0, no limit where every droplet is positive") {
    auto text = table("A01,ABS,S,Ch1Unknown,SRY,OK,1000000,1000000,500,100,0,100,0,\n");
    const auto run = read_files({{"r.csv", text}});
    const auto& counts = run.reacts.at(0).counts.at(0);
    CHECK_FALSE(counts.threshold);
    CHECK_FALSE(counts.vendor.copies_per_ul);
    CHECK_FALSE(counts.vendor.high);
    CHECK(counts.vendor.low == 500);
    CHECK(counts.vendor.status == "OK, saturated");
}

TEST_CASE("a table without rows, without a column, with a bad well or a broken number says so") {
    CHECK(refusal({{"r.csv", table("")}}).starts_with("r.csv: there is no well below the column names"));
    CHECK(refusal({{"r.csv", table(row("Z01", "Ch1Unknown", "SRY", "4,96,100"))}})
              .starts_with("r.csv:2, column 'Well': 'Z01' is not a well"));
    CHECK(refusal({{"r.csv", table(row("A01", "Ch1Unknown", "SRY", "4,96,"))}})
              .starts_with("r.csv:2, column 'AcceptedDroplets': a count is missing"));
    CHECK(refusal({{"r.csv", table(row("A01", "Ch1Unknown", "SRY", "-4,104,100"))}})
              .starts_with("r.csv:2, column 'Positives': a count below zero"));
    auto decimal_comma = row("A01", "Ch1Unknown", "SRY", "4,96,100");
    decimal_comma.replace(decimal_comma.find("1.5"), 3, "\"1,5\"");
    CHECK(refusal({{"r.csv", table(decimal_comma)}})
              .starts_with("r.csv:2, column 'Concentration': '1,5' is not a number"));
}

TEST_CASE("amplitude files take the targets of their table, and a difference between the two is a note") {
    const auto rows = row("A01", "Ch1Unknown", "SRY", "2,1,3") + row("A01", "Ch2Unknown", "RPP30", "2,1,3") +
                      row("B01", "Ch1Unknown", "SRY", "1,8,9");
    const auto run = read_files({{"r.csv", table(rows)},
                                 {"r_A01_Amplitude.csv", amplitudes},
                                 {"r_B01_Amplitude.csv", amplitudes},
                                 {"r_C01_Amplitude.csv", amplitudes},
                                 {"notes.txt", "hello"}});
    REQUIRE(run.reacts.size() == 3);
    const auto& channels = run.reacts[0].partitions.value().channels;
    CHECK(channels[0].target == "SRY");
    CHECK(channels[0].threshold == 3000);
    CHECK(channels[0].positive == std::vector<std::uint8_t>{0, 1, 1});
    CHECK(channels[1].target == "RPP30");
    CHECK(channels[1].positive == std::vector<std::uint8_t>{0, 0, 1});
    CHECK_FALSE(warned(run, "A01", "'SRY'"));
    CHECK(warned(run, "A01", "1 droplets positive for 'RPP30', the result table has 2"));
    CHECK(warned(run, "B01", "lists 3 droplets, the result table accepts 9"));
    CHECK(warned(run, "C01", "is not in the result table"));
    CHECK(run.reacts[2].counts.empty());
    CHECK(warned(run, "", "notes.txt"));
}

TEST_CASE("amplitude files that do not say their well are refused, those of one well are two runs") {
    CHECK(refusal({{"droplets.csv", amplitudes}}).starts_with("droplets.csv: the name of an amplitude file ends in"));
    const auto other = amplitudes + "8000,4100,3\n";
    const auto runs = read_runs({{"a_A01_Amplitude.csv", amplitudes}, {"b_A01_Amplitude.csv", other}});
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].id == "a");
    CHECK(runs[1].id == "b");
    CHECK(runs[0].reacts.at(0).partitions->accepted == 3);
    CHECK(runs[1].reacts.at(0).partitions->accepted == 4);
    CHECK(warned(runs[1], "", "the same wells"));
    CHECK(runs[1].provenance.files.size() == 1);
}

TEST_CASE("the same amplitude file twice counts once, files of two names and other wells are one run") {
    const auto twice = read_files({{"a_A01_Amplitude.csv", amplitudes}, {"copy/a_A01_Amplitude.csv", amplitudes}});
    CHECK(twice.reacts.size() == 1);
    CHECK(warned(twice, "copy/a_A01_Amplitude.csv", "counts once"));
    const auto both = read_files({{"a_A01_Amplitude.csv", amplitudes}, {"b_A02_Amplitude.csv", amplitudes}});
    CHECK(both.reacts.size() == 2);
    CHECK(warned(both, "", "are read as one run"));
    CHECK(read_runs({{"x/a_A01_Amplitude.csv", amplitudes}, {"y/b_A02_Amplitude.csv", amplitudes}}).size() == 2);
}

TEST_CASE("two tables are one run where they say the same, and two runs where they do not") {
    const auto a01 = row("A01", "Ch1Unknown", "SRY", "4,96,100"), b01 = row("B01", "Ch1Unknown", "SRY", "5,95,100");
    const auto one = read_files({{"a.csv", table(a01)}, {"b.csv", table(a01 + b01)}});
    REQUIRE(one.reacts.size() == 2);
    CHECK(one.reacts[0].counts.size() == 1);
    CHECK(one.reacts[1].counts.at(0).positive == 5);
    CHECK(warned(one, "b.csv", "says the same as a.csv"));

    const auto other = row("A01", "Ch1Unknown", "SRY", "6,94,100");
    const auto two = read_runs({{"a.csv", table(a01)}, {"b.csv", table(other)}});
    REQUIRE(two.size() == 2);
    CHECK(two[0].id == "a");
    CHECK(two[1].reacts.at(0).counts.at(0).positive == 6);
    CHECK(warned(two[1], "", "4 of 100 droplets positive in a.csv and 6 of 100 in b.csv"));
    CHECK(read_runs({{"a.csv", table(a01)}, {"b.csv", table(b01)}}).size() == 2);
}

TEST_CASE("amplitude files go to the table whose droplets they are, whatever their name") {
    const auto three = row("A01", "Ch1Unknown", "SRY", "2,1,3"), nine = row("A01", "Ch1Unknown", "SRY", "2,7,9");
    const auto runs = read_runs({{"a.csv", table(nine)}, {"b.csv", table(three)}, {"x_A01_Amplitude.csv", amplitudes}});
    REQUIRE(runs.size() == 2);
    CHECK_FALSE(runs[0].reacts.at(0).partitions);
    REQUIRE(runs[1].reacts.at(0).partitions);
    CHECK(runs[1].reacts[0].partitions->channels[0].target == "SRY");
    // The name alone does not join what differs in every well.
    const auto apart = read_runs({{"x.csv", table(nine)}, {"X_A01_Amplitude.csv", amplitudes}});
    REQUIRE(apart.size() == 2);
    CHECK(warned(apart[1], "", "well A01 has 9 droplets in the table 'x' and 3 in the files 'X'"));
}

TEST_CASE("a droplet that is not whole is refused with its line") {
    const std::string head = "Ch1 Amplitude,Ch2 Amplitude,Cluster\r\n1,2,1\r\n";
    const auto says = [&](const std::string& rest) { return refusal({{"r_A01_Amplitude.csv", head + rest}}); };
    CHECK(says("x,2,1\r\n").starts_with("r_A01_Amplitude.csv:3, column 'Ch1 Amplitude': 'x' is not a number"));
    CHECK(says("1,2x,1\r\n").starts_with("r_A01_Amplitude.csv:3, column 'Ch2 Amplitude': '2x' is not a number"));
    CHECK(says("1,2,5\r\n").starts_with("r_A01_Amplitude.csv:3, column 'Cluster': '5' is not a cluster code"));
    CHECK(says("1,2,12\r\n").starts_with("r_A01_Amplitude.csv:3, column 'Cluster': '12' is not a cluster code"));
    CHECK(says("1,nan,1\r\n").starts_with("r_A01_Amplitude.csv:3, column 'Ch2 Amplitude': 'nan' is not a number"));
    CHECK(says("1,2").starts_with("r_A01_Amplitude.csv:3, column 'Cluster': the line ends before this value"));
    CHECK(
        says("1,2,3,4\r\n").starts_with("r_A01_Amplitude.csv:3, column 'Cluster': '4' should be the end of the line"));
    CHECK(says("1,2,3,\r\n-4.5e1,6,0") == "was read");
}

TEST_CASE("tables and amplitude files of QX Manager are left to their own reader") {
    const auto answer = [](const std::string& name, const std::string& text) {
        return read::detect(read::Bundle::of({{name, text}}), readers()).at(0).answer;
    };
    CHECK(answer("r.csv",
                 "\xEF\xBB\xBFWell,Sample description 1,Target,Conc(copies/µL),Status,Status "
                 "Reason,DyeName(s),Accepted Droplets,"
                 "Positives,Negatives,MergedWells,TiltCorrected\r\n") == read::Answer::no);
    CHECK(
        answer(
            "r_A01_Amplitude.csv",
            "Target Value of 0 = negative\r\nTarget Value of 1 = positive\r\n\r\nCh1Amplitude,Ch2Amplitude,SRY,\r\n") ==
        read::Answer::no);
    CHECK(answer("r.csv", "well,sample,positives\nA01,S,4\n") == read::Answer::no);
    CHECK(answer("r.csv", "") == read::Answer::no);
}

TEST_CASE("a table that was cut off anywhere is refused or lacks whole rows: no number is ever another one") {
    for (const std::string name : {"old.csv", "qs17.csv", "analysis-pro.csv", "cr-only.csv"}) {
        const auto whole = fixture(name);
        std::map<std::tuple<std::string, std::string, std::string>, std::pair<std::int64_t, std::int64_t>> known;
        for (const auto& react : read_files({{"r.csv", whole}}).reacts)
            for (const auto& c : react.counts)
                known[{react.well.name(), c.target, c.channel}] = {c.positive, c.accepted};
        int read = 0;
        for (std::size_t length = 1; length < whole.size(); ++length) {
            try {
                for (const auto& react : read_files({{"r.csv", whole.substr(0, length)}}).reacts)
                    for (const auto& c : react.counts)
                        REQUIRE(known.at({react.well.name(), c.target, c.channel}) ==
                                std::pair{c.positive, c.accepted});
                ++read;
            } catch (const ReadError& e) {
                CHECK(std::string(e.what()).size() > 20);
            }
        }
        CHECK(read >= 2);
        CHECK(read < static_cast<int>(whole.size()) / 20);
    }
}
