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
