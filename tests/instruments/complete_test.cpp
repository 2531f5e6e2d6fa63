// What a profile fills in, what it leaves alone, and what it says about it.
#include <doctest/doctest.h>

#include "instruments/profile.hpp"
#include "tests/instruments/support.hpp"

using namespace microchim;
using namespace microchim::instruments;

namespace {
Run completed(Run run) {
    complete(run, load_profiles(source_profiles()));
    return run;
}

void all_volumes_are(const Run& run, double nl, const std::string& source) {
    const auto check = [&](const std::optional<Volume>& volume) {
        REQUIRE(volume.has_value());
        CHECK(volume->nl == nl);
        CHECK(volume->source == source);
    };
    check(run.reacts.at(0).counts.at(0).volume);
    check(run.reacts.at(1).partitions->volume);
    check(run.aggregates.at(0).counts.volume);
}
}  // namespace

TEST_CASE("a QuantaSoft 1.7 file that names no instrument is a QX200 with 0.85 nL, signed and said") {
    const Run run = completed(run_of("biorad-quantasoft", "QuantaSoft 1.7"));
    all_volumes_are(run, 0.85, "instruments/biorad/qx200.toml");
    CHECK(run.instrument == "QX200");
    CHECK(run.rows == 8);
    CHECK(run.columns == 12);
    REQUIRE(run.notes.size() == 1);
    CHECK(run.notes[0].severity == Severity::info);
    CHECK(run.notes[0].what ==
          "The instrument is not stated by the file; taken as QX200 because instruments/biorad/qx200.toml lists the "
          "dialect "
          "'QuantaSoft 1.7' of reader 'biorad-quantasoft'.");
}

TEST_CASE("Analysis Pro files are QX200 as well") {
    all_volumes_are(completed(run_of("biorad-quantasoft", "QuantaSoft Analysis Pro")), 0.85,
                    "instruments/biorad/qx200.toml");
}

TEST_CASE("the oldest QuantaSoft counted larger droplets: 0.91 nL") {
    const Run run = completed(run_of("biorad-quantasoft", "QuantaSoft old"));
    all_volumes_are(run, 0.91, "instruments/biorad/qx100.toml");
    CHECK(run.instrument == "QX100");
}

TEST_CASE("the volume follows the software where the file names the machine") {
    const Run later = completed(run_of("biorad-quantasoft", "QuantaSoft 1.7", "QX100"));
    all_volumes_are(later, 0.85, "instruments/biorad/qx100.toml");
    CHECK(later.notes.empty());
    all_volumes_are(completed(run_of("biorad-quantasoft", "QuantaSoft old", "qx-100 droplet reader")), 0.91,
                    "instruments/biorad/qx100.toml");
}

TEST_CASE("what the file states is never touched") {
    Run run = run_of("biorad-quantasoft", "QuantaSoft 1.7", "QX200");
    run.rows = 16;
    run.reacts[0].counts[0].volume = Volume{0.7, "file"};
    run = completed(run);
    CHECK(run.reacts[0].counts[0].volume->nl == 0.7);
    CHECK(run.reacts[0].counts[0].volume->source == "file");
    CHECK(run.reacts[1].partitions->volume->nl == 0.85);
    CHECK(run.rows == 16);
    CHECK(run.columns == 12);
}

namespace {
const std::string ul = "Volume per well [\xC2\xB5l]";

/// A plate of which the file states the volume of both wells and of a row that pools two.
Run plate_of(const std::string& type) {
    Run run = run_of("qiagen-qiacuity", "Software Suite 3.1");
    run.consumable = type;
    run.reacts[0].well = {0, 0};
    run.reacts[1].well = {0, 1};
    run.aggregates[0].name = "HW1";
    run.aggregates[0].members = {{0, 0}, {0, 1}};
    run.attributes.push_back({"A01", ul, "19.75"});
    run.attributes.push_back({"A02", ul, "20.5"});
    run.attributes.push_back({"HW1", ul, "40.25"});
    return run;
}
}  // namespace

TEST_CASE("a plate divides the volume that the file states for each well, signed with both") {
    const Run run = completed(plate_of("Nanoplate 26k 24-well"));
    const auto check = [](const std::optional<Volume>& volume, double nl) {
        REQUIRE(volume.has_value());
        CHECK(volume->nl == nl);
        CHECK(volume->source == "file, instruments/qiagen/nanoplate-26k.toml");
    };
    check(run.reacts[0].counts[0].volume, 19.75 * 1000 / 26384);
    check(run.reacts[1].partitions->volume, 20.5 * 1000 / 26384);
    check(run.aggregates[0].counts.volume, 40.25 * 1000 / (26384 * 2));
    CHECK(run.notes.empty());
    CHECK(run.instrument.empty());  // the plate is not the machine
    const Run small = completed(plate_of("nanoplate 8.5K 96-Well"));
    CHECK(small.reacts[0].counts[0].volume->nl == 19.75 * 1000 / 8510);
    CHECK(small.reacts[0].counts[0].volume->source == "file, instruments/qiagen/nanoplate-8.5k.toml");
}

TEST_CASE("a plate is known by its spellings, as whole words, where they leave no choice") {
    const auto divisor = [](const std::string& type) {
        const auto volume = completed(plate_of(type)).reacts[0].counts[0].volume;
        return volume ? 19.75 * 1000 / volume->nl : 0.0;
    };
    for (const char* type : {"QIAcuity Nanoplate 26k 24-well (10)", "QIAcuity Nanoplate 26k 8-well", "26K 24-well",
                             "nanoplate_26K", "26k Nanoplate, 24 wells"}) {
        CAPTURE(type);
        CHECK(divisor(type) == doctest::Approx(26384).epsilon(1e-14));
    }
    for (const char* type : {"QIAcuity Nanoplate 8.5k 96-well", "QIAGEN Nanoplate 8,5K 24-Well", "8.5K 96-well"}) {
        CAPTURE(type);
        CHECK(divisor(type) == doctest::Approx(8510).epsilon(1e-14));
    }
    for (const char* type : {"Nanoplate 126k", "Nanoplate 26k2", "Nanoplate", "Nanoplate 26k or Nanoplate 8.5k"}) {
        CAPTURE(type);
        CHECK(divisor(type) == 0);
    }
}

TEST_CASE("the plate decides where no profile knows the instrument, and never where one does") {
    Run run = plate_of("Nanoplate 26K 24-well");
    run.instrument = "QIAcuity Four";
    CHECK(completed(run).reacts[0].counts[0].volume->source == "file, instruments/qiagen/nanoplate-26k.toml");
    CHECK(completed(run).instrument == "QIAcuity Four");
    run.instrument = "QX200";
    CHECK(completed(run).reacts[0].counts[0].volume->source == "instruments/biorad/qx200.toml");
}

TEST_CASE("the volume of a well may go by another name; the first name of the profile goes first") {
    Run run = plate_of("Nanoplate 26K 24-well");
    run.attributes.insert(run.attributes.begin(), {"A01", "Cycled volume", "24"});
    CHECK(completed(run).reacts[0].counts[0].volume->nl == 19.75 * 1000 / 26384);
    std::erase_if(run.attributes, [](const Attribute& a) { return a.key == ul && a.well == "A01"; });
    CHECK(completed(run).reacts[0].counts[0].volume->nl == 24.0 * 1000 / 26384);
}

TEST_CASE("without a plausible volume, or without the wells of a pooled row, there is none, and one note says why") {
    for (const char* value : {"", "-", "0", "-3", "nan", "inf", "1e9", "19.75 ul"}) {
        CAPTURE(value);
        Run run = plate_of("Nanoplate 26K 24-well");
        for (Attribute& attribute : run.attributes)
            if (attribute.well == "A01") attribute.value = value;
        run = completed(run);
        CHECK_FALSE(run.reacts[0].counts[0].volume.has_value());
        CHECK(run.reacts[1].partitions->volume.has_value());
        REQUIRE(run.notes.size() == 1);
        CHECK(run.notes[0].what.starts_with("The partition volume is not known: the file does not state '" + ul +
                                            "' for every well, from which instruments/qiagen/nanoplate-26k.toml "
                                            "would compute it. Copies per microlitre cannot be given;"));
    }
    Run run = plate_of("Nanoplate 26K 24-well");
    run.aggregates[0].members.clear();
    run = completed(run);
    CHECK_FALSE(run.aggregates[0].counts.volume.has_value());
    CHECK(run.notes.at(0).what.find("does not say which wells its pooled rows stand for") != std::string::npos);
    run = completed(plate_of("Nanoplate 5K"));
    CHECK_FALSE(run.reacts[0].counts[0].volume.has_value());
    CHECK(run.notes.at(0).what.find("no profile knows the consumable 'Nanoplate 5K'") != std::string::npos);
    CHECK_FALSE(completed(plate_of("")).reacts[0].counts[0].volume.has_value());
}

TEST_CASE("an instrument that no profile knows keeps its gaps, and one warning says what follows") {
    // It names another machine: its software alone must not make it a QX200.
    const Run run = completed(run_of("biorad-quantasoft", "QuantaSoft 1.7", "QX9000"));
    CHECK_FALSE(run.reacts[0].counts[0].volume.has_value());
    CHECK(run.instrument == "QX9000");
    REQUIRE(run.notes.size() == 1);
    CHECK(run.notes[0].severity == Severity::warning);
    CHECK(
        run.notes[0].what ==
        "The partition volume is not known: no profile knows the instrument 'QX9000'. Copies per microlitre cannot be "
        "given; the donor fraction can, where donor and reference are read in the same wells.");
}

TEST_CASE("a run of an unknown dialect has no instrument and no volume") {
    const Run run = completed(run_of("acme", "2.0"));
    CHECK(run.instrument.empty());
    CHECK_FALSE(run.reacts[1].partitions->volume.has_value());
    REQUIRE(run.notes.size() == 1);
    CHECK(run.notes[0].what.find("does not name its instrument and no profile recognises it") != std::string::npos);
}

TEST_CASE("a run without partitions needs no volume and gets no warning") {
    Run run;
    run.instrument = "Cycler";
    CHECK(completed(run).notes.empty());
}

TEST_CASE("completing twice changes nothing more") {
    const Run once = completed(run_of("biorad-quantasoft", "QuantaSoft 1.7"));
    const Run twice = completed(once);
    CHECK(twice.notes.size() == once.notes.size());
    all_volumes_are(twice, 0.85, "instruments/biorad/qx200.toml");
}
