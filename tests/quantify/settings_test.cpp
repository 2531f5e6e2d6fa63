// Panels and cases: what is read, and what is said where they are wrong.
#include <doctest/doctest.h>

#include "core/chimerism/case.hpp"
#include "core/chimerism/panel.hpp"
#include "core/chimerism/sheet.hpp"
#include "core/run/errors.hpp"

using namespace microchim;
using namespace microchim::chimerism;

namespace {

const std::string panel_head = "schema = \"microchim/panel/1\"\n";
const std::string case_head = "schema = \"microchim/case/1\"\nid = \"P\"\n[[donor]]\nid = \"D1\"\n";

template <class Function>
std::string message(Function function) {
    try {
        function();
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

std::string panel_error(const std::string& text) {
    return message([&] { parse_panel(panel_head + text, "p.toml"); });
}

std::string case_error(const std::string& text) {
    return message([&] { parse_case(case_head + text, "c.toml"); });
}

}  // namespace

TEST_CASE("a panel is read with its limits, and targets are found under any of their names") {
    const auto panel = parse_panel(panel_head + R"(name = "Y"
[[marker]]
id = "SRY"
class = "Y"
target = "SRY"
aliases = ["SRY-FAM"]
reference = "RPP30"
[[reference]]
target = "RPP30"
copies = 2
[limits]
minimum_partitions = 8000
)",
                                   "p.toml");
    CHECK(panel.limits.minimum_partitions == 8000);
    CHECK(panel.limits.micro == 0.01);
    REQUIRE(panel.marker("sry-fam") != nullptr);
    CHECK(panel.marker("sry-fam")->id == "SRY");
    CHECK(panel.marker("RPP30") == nullptr);
    CHECK(panel.reference("rpp30") != nullptr);
    CHECK(panel.file.sha256.size() == 64);
}

TEST_CASE("a wrong panel says file, line and key") {
    CHECK(panel_error("[[marker]]\nid = 5\n") == "p.toml:3: [[marker]] 1: 'id' must be a text in quotes.");
    CHECK(panel_error("[[marker]]\nid = \"A\"\nclass = \"Z\"\n") == "p.toml:4: [[marker]] 1: 'class' is 'Z'.");
    CHECK(panel_error("") == "p.toml:1: 'marker' is missing: a panel needs at least one [[marker]].");
    CHECK(panel_error("[[marker]]\nid = \"A\"\ntarge = \"x\"\n").find("did you mean 'target'?") != std::string::npos);
    CHECK(panel_error("[[marker]]\nid = \"A\"\nreference = \"B\"\n").find("no [[reference]] of this panel") !=
          std::string::npos);
    CHECK(panel_error("[[marker]]\nid = \"A\"\n[[marker]]\nid = \"B\"\ntarget = \"a\"\n").find("claimed by two") !=
          std::string::npos);
    CHECK(panel_error("[limits]\nmicro = 1.5\n[[marker]]\nid = \"A\"\n") ==
          "p.toml:3: [limits]: 'micro' must lie between 0 and 1, found 1.5.");
    CHECK(message([] { parse_panel("schema = \"microchim/case/1\"", "p.toml"); }) ==
          "p.toml:1: 'schema' is 'microchim/case/1', expected 'microchim/panel/1'.");
    CHECK(message([] { parse_panel("a = = 1", "p.toml"); }).starts_with("p.toml:1: "));
}

TEST_CASE("a misspelt key is an error, an unknown one is told") {
    CHECK(panel_error("[[marker]]\nid = \"A\"\naliasses = []\n").find("did you mean 'aliases'?") != std::string::npos);
    CHECK(panel_error("[[marker]]\nid = \"A\"\nalias = []\n").find("unknown key 'alias': did you mean 'aliases'?") !=
          std::string::npos);
    const auto panel = parse_panel(panel_head + "[[marker]]\nid = \"A\"\nprimer = \"ACGT\"\n", "p.toml");
    REQUIRE(panel.ignored.size() == 1);
    CHECK(panel.ignored[0] == "p.toml:4: the key 'primer' is not known and not used.");
}

TEST_CASE("a case keeps genotypes, infusions and samples") {
    const auto patient = parse_case(case_head + R"(sex = "male"
[recipient]
sex = "female"
[genotype]
SRY = { recipient = 0, D1 = 1 }
S05b = { D1 = 1 }
[[infusion]]
donor = "D1"
date = 2026-03-02
cd34_per_kg = 2e6
[[sample]]
name = "P-d28"
collected = 2026-03-30
specimen = "PB"
)",
                                    "c.toml");
    REQUIRE(patient.genotype.size() == 2);
    CHECK(patient.infusions[0].date == "2026-03-02");
    CHECK(patient.samples[0].collected == "2026-03-30");
    CHECK(patient.samples[0].role == Role::follow_up);
    CHECK(patient.ignored.empty());
    for (const auto& genotype : patient.genotype)
        if (genotype.marker == "S05b") CHECK_FALSE(genotype.recipient);
}

TEST_CASE("a wrong case says file, line and key") {
    CHECK(case_error("[genotype]\nSRY = { recipient = 0, D2 = 1 }\n").find("unknown key 'D2'") != std::string::npos);
    CHECK(case_error("[genotype]\nSRY = { recipent = 0, D1 = 1 }\n").find("did you mean 'recipient'?") !=
          std::string::npos);
    CHECK(case_error("[[infusion]]\ndonor = \"D9\"\n") ==
          "c.toml:6: [[infusion]] 1: 'donor' 'D9' is no [[donor]] of this case.");
    CHECK(case_error("[[sample]]\nname = \"a\"\ncollected = \"2026-02-30\"\n").find("expected a date") !=
          std::string::npos);
    CHECK(case_error("[[sample]]\nname = \"a\"\n[[sample]]\nname = \"a\"\n").find("stands twice") != std::string::npos);
    CHECK(case_error("[[sample]]\nname = \"a\"\nrole = \"folow-up\"\n").find("'role' is 'folow-up'") !=
          std::string::npos);
    CHECK(message([] { parse_case("schema = \"microchim/case/1\"\nid = \"P\"\n", "c.toml"); }) ==
          "c.toml:1: 'donor' is missing: a case needs at least one [[donor]].");
    CHECK(message([] { load_case("/nowhere/c.toml"); }) == "'/nowhere/c.toml' cannot be opened.");
}

TEST_CASE("days are counted over month ends and leap years") {
    CHECK(days_between("2026-03-02", "2026-03-30") == 28);
    CHECK(days_between("2024-02-28", "2024-03-01") == 2);
    CHECK(days_between("2026-03-30", "2026-03-02") == -28);
    CHECK_FALSE(days_between("", "2026-03-02"));
}

TEST_CASE("a sample sheet may have any subset of its columns") {
    const auto rows = parse_sheet("sample;dilution\nP-d1;10\n", "s.csv");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].sample == "P-d1");
    CHECK(*rows[0].dilution == 10);
    CHECK(parse_sheet("Well,Role\na1,ntc\n", "s.csv")[0].well == "A01");
}

TEST_CASE("a wrong sample sheet says line and column") {
    CHECK(message([] { parse_sheet("name,role\na,b\n", "s.csv"); }) ==
          "s.csv:1: a sample sheet needs a column 'well' or 'sample'.");
    CHECK(message([] { parse_sheet("well,sample\nA1,x\nQQ7x,y\n", "s.csv"); }) ==
          "s.csv:3, column 'well': 'QQ7x' is no well, such as A01.");
    CHECK(message([] { parse_sheet("sample,dna_ng\nx,1O0\n", "s.csv"); }).find("s.csv:2, column 'dna_ng'") == 0);
}
