// What is on disk: files of QuantaSoft's shape, consistent with each other and with the truth.
#include "core/simulate/write.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "core/simulate/patient.hpp"
#include "core/simulate/quantasoft.hpp"
#include "core/simulate/settings.hpp"

using namespace microchim;
using namespace microchim::simulate;
namespace fs = std::filesystem;

namespace {
struct Folder {
    fs::path path;
    explicit Folder(const std::string& name) : path(fs::temp_directory_path() / ("microchim-simulate-" + name)) {
        fs::remove_all(path);
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::map<std::string, std::string> files_of(const fs::path& folder) {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            all[entry.path().lexically_relative(folder).generic_string()] = slurp(entry.path());
    return all;
}

std::vector<std::string> split(const std::string& text, const std::string& by) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    for (std::size_t end; (end = text.find(by, at)) != std::string::npos; at = end + by.size())
        parts.push_back(text.substr(at, end - at));
    parts.push_back(text.substr(at));
    return parts;
}

/// Eight wells, with few partitions: the tests are about files, not about chance.
Plan small() {
    Plan plan = single(0.2, {.markers = 2, .wells = 2, .baseline = 1, .blanks = 1, .seed = 42});
    plan.partitions = 1500;
    plan.partitions_sd = 50;
    return plan;
}

/// FNV-1a: enough to pin bytes.
std::uint64_t fingerprint(const std::string& bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}
}  // namespace

TEST_CASE("the same plan writes the same bytes, pinned so that no platform may differ") {
    const Folder a("same-a"), b("same-b");
    write_plate(small(), a.path, false);
    write_plate(small(), b.path, false);
    CHECK(files_of(a.path) == files_of(b.path));
    const DrawnPlate plate = draw(small());
    CHECK(fingerprint(quantasoft_table(plate)) == UINT64_C(11900148595295298791));
    CHECK(fingerprint(quantasoft_amplitudes(plate.wells[0])) == UINT64_C(8387551071825786052));
}

TEST_CASE("the folder holds a run, the question and the answer") {
    const Folder folder("whole");
    write_plate(small(), folder.path, false);
    const auto files = files_of(folder.path);
    CHECK(files.size() == 4 + 1 + 8);
    for (const char* name :
         {"case.toml", "panel.toml", "truth.csv", "truth.json", "run/simulated.csv", "run/simulated_A01_Amplitude.csv"})
        CHECK_MESSAGE(files.count(name) == 1, name);
}

TEST_CASE("the table has 63 names, rows of 64 fields, and all of channel 1 before channel 2") {
    const auto lines = split(quantasoft_table(draw(small())), "\r\n");
    REQUIRE(lines.size() == 1 + 2 * 8 + 1);
    CHECK(split(lines[0], ",").size() == 63);
    for (std::size_t i = 1; i <= 16; ++i) {
        const auto fields = split(lines[i], ",");
        CHECK(fields.size() == 64);
        CHECK(fields[4].starts_with(i <= 8 ? "Ch1" : "Ch2"));
    }
}

TEST_CASE("counts of the table are the cluster codes of the amplitude files") {
    const DrawnPlate plate = draw(small());
    const auto lines = split(quantasoft_table(plate), "\r\n");
    for (std::size_t w = 0; w < plate.wells.size(); ++w) {
        std::map<std::string, int> codes;
        int first = 0, rows = 0;
        const auto droplets = split(quantasoft_amplitudes(plate.wells[w]), "\r\n");
        for (std::size_t i = 1; i + 1 < droplets.size(); ++i, ++rows) {
            const auto fields = split(droplets[i], ",");
            REQUIRE(fields.size() == 3);
            ++codes[fields[2]];
            first += std::stof(fields[0]) > 3500;
        }
        const auto f = split(lines[1 + w], ",");
        CAPTURE(f[0]);
        CHECK(f[0] == '"' + plate.wells[w].well.name() + '"');
        CHECK(std::stoi(f[14]) == codes["2"] + codes["3"]);
        CHECK(std::stoi(f[14]) == first);  // the printed threshold gives the same counts
        CHECK(f[41] == "3500");
        CHECK(std::stoi(f[14]) + std::stoi(f[15]) == rows);
        CHECK(std::stoi(f[16]) == codes["3"]);
        CHECK(std::stoi(f[17]) == codes["2"]);
        CHECK(std::stoi(f[18]) == codes["4"]);
        CHECK(std::stoi(f[19]) == codes["1"]);
        CHECK(std::stoi(f[21]) == rows);
        const auto reference = split(lines[1 + plate.wells.size() + w], ",");
        CHECK(std::stoi(reference[14]) == codes["3"] + codes["4"]);
        CHECK(reference[21] == f[21]);
    }
}

TEST_CASE("an amplitude reads back to the float that was drawn, in at most 7 digits") {
    const DrawnWell well = draw(small()).wells[0];
    const auto droplets = split(quantasoft_amplitudes(well), "\r\n");
    std::size_t exact = 0, short_enough = 0;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t i = 0; i < well.cluster.size(); ++i) {
        const auto fields = split(droplets[i + 1], ",");
        exact += std::stof(fields[0]) == well.channel1[i] && std::stof(fields[1]) == well.channel2[i];
        short_enough += std::count_if(fields[0].begin(), fields[0].end(), is_digit) <= 7;
    }
    CHECK(exact == well.cluster.size());
    CHECK(short_enough == well.cluster.size());
}

TEST_CASE("the truth adds up to what was drawn") {
    Plan plan = patient(5);
    plan.partitions = 1000;
    plan.partitions_sd = 20;
    const DrawnPlate plate = draw(plan);
    const auto truth = nlohmann::json::parse(truth_json(plate));
    std::int64_t partitions = 0, drawn = 0, donor = 0, drawn_donor = 0;
    for (const auto& sample : truth["samples"])
        for (const auto& marker : sample["markers"]) {
            partitions += marker["partitions"].get<std::int64_t>();
            donor += marker["donor_copies"]["D1"].get<std::int64_t>();
        }
    for (const DrawnWell& well : plate.wells) {
        drawn += static_cast<std::int64_t>(well.cluster.size());
        drawn_donor += well.copies.donor[0];
    }
    CHECK(partitions == drawn);
    CHECK(donor == drawn_donor);
    CHECK(truth["samples"][3]["sample"] == "P0412-d28");
    CHECK(truth["samples"][3]["donors"][0]["fraction"] == 1e-3);

    const auto lines = split(truth_csv(plate), "\n");
    REQUIRE(lines.size() == 1 + 6 + 1);
    CHECK(lines[4].starts_with("P0412-d28,follow-up,D1,0.001,"));
    CHECK(lines[6].starts_with("NTC,ntc,,,,"));
}

TEST_CASE("case and panel ask what was drawn") {
    const std::string text = case_toml(patient(1));
    CHECK(text.find("SRY = { recipient = 0, D1 = 1 }\n") != std::string::npos);
    CHECK(text.find("date = 2026-03-02\n") != std::string::npos);
    CHECK(text.find("name = \"P0412-d90\"\nrole = \"follow-up\"\ncollected = 2026-05-31\n") != std::string::npos);
    CHECK(text.find("NTC") == std::string::npos);
    CHECK(panel_toml(patient(1)).find("[[reference]]\ntarget = \"RPP30\"\ncopies = 2\n") != std::string::npos);
}

TEST_CASE("names that TOML and CSV must quote are quoted") {
    Plan plan = small();
    plan.markers[0].target = "rs12 G>A";
    plan.samples[0].name = "before, 1:10";
    CHECK(case_toml(plan).find("\"rs12 G>A\" = { recipient = 0, D1 = 1 }\n") != std::string::npos);
    CHECK(truth_csv(draw(plan)).find("\n\"before, 1:10\",baseline,") != std::string::npos);
    CHECK(quantasoft_table(draw(plan)).find("\"before, 1:10\",Ch1Unknown,\"rs12 G>A\",") != std::string::npos);
}

TEST_CASE("a folder with something in it is refused, and force replaces a simulation but nothing else") {
    const Folder folder("force");
    write_plate(small(), folder.path, false);
    CHECK_THROWS_AS(write_plate(small(), folder.path, false), WriteError);

    write_plate(single(0.1, {.wells = 1, .baseline = 0, .blanks = 0}), folder.path, true);
    CHECK(files_of(folder.path).size() == 4 + 1 + 1);  // no well of the earlier plate is left among these

    fs::remove(folder.path / "truth.json");
    CHECK_THROWS_AS(write_plate(small(), folder.path, true), WriteError);
    CHECK(files_of(folder.path).size() == 3 + 1 + 1);
}

TEST_CASE("a file in the way is named") {
    const Folder folder("file");
    std::ofstream(folder.path) << "x";
    CHECK_THROWS_WITH_AS(write_plate(small(), folder.path, true),
                         (folder.path.string() + ": this is a file; a folder is needed to write a plate.").c_str(),
                         WriteError);
}
