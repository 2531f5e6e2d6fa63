// Profiles: the ones that ship, and what is said about a bad one.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "core/run/errors.hpp"
#include "instruments/name.hpp"
#include "instruments/profile.hpp"
#include "tests/instruments/support.hpp"

using namespace microchim;
using namespace microchim::instruments;

namespace {
const std::string head = "model = \"X\"\nvendor = \"V\"\nkind = \"dpcr\"\n";

void refused(const std::string& toml, const char* message) {
    CHECK_THROWS_WITH_AS(parse_profile(toml, "x.toml"), message, ConfigError);
}
}  // namespace

TEST_CASE("every profile that ships loads, and every volume says where it comes from") {
    const auto profiles = load_profiles(source_profiles());
    REQUIRE(profiles.size() >= 2);
    for (const Profile& profile : profiles) {
        CAPTURE(profile.file);
        CHECK(profile.file.starts_with("instruments/"));
        CHECK(profile.kind == "dpcr");
        const PartitionFacts& partition = profile.partition;
        CHECK_FALSE((partition.volume_nl && partition.per_well));
        if (partition.volume_nl || partition.per_well) CHECK(partition.source.size() > 20);
        for (const Recognised& known : profile.recognised) CHECK(known.volume_nl.has_value() == !known.source.empty());
    }
}

TEST_CASE("no two profiles that ship claim the same name or the same dialect of a reader") {
    std::set<std::string> names, dialects;
    for (const Profile& profile : load_profiles(source_profiles())) {
        std::set<std::string> own{plain_name(profile.model)};
        for (const auto& alias : profile.aliases) own.insert(plain_name(alias));
        for (const auto& name : own) CHECK_MESSAGE(names.insert(name).second, name);
        for (const auto& r : profile.recognised)
            CHECK_MESSAGE(dialects.insert(r.reader + '/' + r.dialect).second, r.dialect);
    }
}

TEST_CASE("two profiles that claim one name, or one dialect, are refused with both files named") {
    const auto folder = std::filesystem::temp_directory_path() / ("microchim-profiles-" + std::to_string(std::rand()));
    std::filesystem::create_directories(folder / "a");
    const auto write = [&](const char* name, const std::string& text) { std::ofstream(folder / name) << text; };
    write("a/one.toml", head + "aliases = [\"QX-9\"]\n");
    write("two.toml", "model = \"Y\"\nvendor = \"V\"\nkind = \"dpcr\"\naliases = [\"qx 9\"]\n");
    CHECK_THROWS_WITH_AS(
        load_profiles(folder),
        "instruments/two.toml: the alias 'qx 9' is claimed by instruments/a/one.toml too; take it out of "
        "one of them.",
        ConfigError);
    const std::string claim = "[[recognised]]\nreader = \"r\"\ndialect = \"d\"\n";
    write("a/one.toml", head + claim);
    write("two.toml", "model = \"Y\"\nvendor = \"V\"\nkind = \"dpcr\"\n" + claim);
    CHECK_THROWS_WITH_AS(
        load_profiles(folder),
        "instruments/two.toml: the dialect 'd' of reader 'r' is claimed by instruments/a/one.toml too; take "
        "it out of one of them.",
        ConfigError);
    std::filesystem::remove_all(folder);
    CHECK_THROWS_AS(load_profiles(folder), ConfigError);
}

TEST_CASE("a bad profile is refused with file, line and key") {
    refused("vendor = \"V\"\nkind = \"dpcr\"\n", "x.toml:1: 'model' is missing.");
    refused(head + "aliases = \"X\"\n", "x.toml:4: 'aliases' must be a list of texts.");
    refused(head + "aliases = [\"X\", 2]\n", "x.toml:4: 'aliases' must be a list of texts.");
    refused("model = 3\nvendor = \"V\"\nkind = \"dpcr\"\n", "x.toml:1: 'model' must be a text in quotes.");
    refused("model = \"X\"\nvendor = \"V\"\nkind = \"PCR\"\n",
            "x.toml:3: 'kind' is \"PCR\"; it must be \"dpcr\" or \"qpcr\".");
    refused(head + "partition = 3\n", "x.toml:4: 'partition' must be a section, [partition].");
    refused(head + "[partition]\nvolume_nl = 0.8\n",
            "x.toml:5: 'partition.source' is missing: say where volume_nl comes from.");
    refused(head + "[partition]\nsource = \"s\"\nvolume_nl = 0\n",
            "x.toml:6: 'partition.volume_nl' must be a number of nanolitres above 0 and up to 1000.");
    refused(head + "[partition]\nsource = \"s\"\nvolume_nl = nan\n",
            "x.toml:6: 'partition.volume_nl' must be a number of nanolitres above 0 and up to 1000.");
    refused(head + "[partition]\nvolume = 0.8\n",
            "x.toml:5: 'partition.volume' is no key of a profile; known here are volume_nl, per_well, "
            "volume_attributes, source, nominal, minimum.");
    refused(head + "[partition]\nnominal = 100\nminimum = 200\n",
            "x.toml:6: 'partition.minimum' is more than 'partition.nominal'.");
    refused(head + "[plate]\nrows = 33\n", "x.toml:5: 'plate.rows' must be a whole number from 1 to 32.");
    refused(head + "recognised = 1\n", "x.toml:4: 'recognised' must be sections, [[recognised]].");
    refused(head + "[[recognised]]\nreader = \"r\"\n", "x.toml:4: 'recognised.dialect' is missing.");
}

TEST_CASE("a volume per well needs the number of its parts, the name it goes by, and a source") {
    const std::string named = "volume_attributes = [\"V\"]\n";
    const Profile good = parse_profile(head + "[partition]\nper_well = 9\nsource = \"s\"\n" + named, "x.toml");
    CHECK(good.partition.per_well == 9);
    CHECK(good.partition.volume_attributes == std::vector<std::string>{"V"});
    refused(head + "[partition]\nper_well = 0\nsource = \"s\"\n" + named,
            "x.toml:5: 'partition.per_well' must be a whole number from 1 to 100000000.");
    refused(head + "[partition]\nper_well = 9\n" + named,
            "x.toml:5: 'partition.source' is missing: say where per_well comes from.");
    refused(head + "[partition]\nper_well = 9\nsource = \"s\"\n",
            "x.toml:4: 'partition.volume_attributes' is missing: per_well and volume_attributes go together.");
    refused(head + "[partition]\nsource = \"s\"\n" + named,
            "x.toml:4: 'partition.per_well' is missing: per_well and volume_attributes go together.");
    refused(head + "[partition]\nper_well = 9\nsource = \"s\"\nvolume_nl = 0.8\n" + named,
            "x.toml:5: 'partition.per_well' and 'partition.volume_nl' contradict each other; give one.");
}

TEST_CASE("a text that is no TOML is refused with its line") {
    try {
        parse_profile(head + "[partition\n", "x.toml");
        FAIL("accepted");
    } catch (const ConfigError& trouble) {
        CHECK(trouble.line == std::size_t{4});
        CHECK(std::string(trouble.what()).starts_with("x.toml:4: this is not readable as TOML: "));
    }
}

TEST_CASE("the folder of profiles can be chosen, and is found without") {
    setenv("MICROCHIM_INSTRUMENTS", "/chosen", 1);
    CHECK(profile_folder() == "/chosen");
    unsetenv("MICROCHIM_INSTRUMENTS");
    CHECK_FALSE(load_profiles(profile_folder()).empty());
}
