// Who the genomes are: one patient, the donors, who carries what, infusions and samples (a TOML file).
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/chimerism/settings_file.hpp"

namespace microchim::chimerism {

struct Person {
    std::string id;        ///< of a donor; empty for the recipient
    std::string sex;       ///< "female", "male" or empty
    std::string relation;  ///< of a donor: "child", "parent", "sibling" ...
    std::vector<std::string> hla;
};

/// Copies of a marker's target per diploid genome; who was not typed is missing.
struct Genotype {
    std::string marker;
    std::optional<double> recipient;
    std::map<std::string, double> donors;  ///< by donor id
};

struct Infusion {
    std::string donor;
    std::string date;                                                  ///< ISO 8601: "2026-03-02"
    std::optional<double> cycle, mnc_per_kg, cd34_per_kg, cd3_per_kg;  ///< cells per kg of body weight
};

enum class Role { baseline, follow_up, donor, recipient };
/// "baseline", "follow-up", "donor", "recipient"
const char* to_string(Role role);

struct CaseSample {
    std::string name;  ///< as the run calls it
    Role role = Role::follow_up;
    std::string collected;  ///< ISO 8601 date, or empty
    std::string specimen;   ///< "PB", "BM", "CD3" ..., or empty
    std::optional<double> dna_ng;
};

struct Case {
    std::string id;
    Person recipient;
    std::vector<Person> donors;
    std::vector<Genotype> genotype;
    std::vector<Infusion> infusions;
    std::vector<CaseSample> samples;   ///< empty: every unknown sample of the run is a follow-up
    std::vector<std::string> ignored;  ///< keys of the file that we do not know, with their lines
    SettingsFile file;
};

/// Reads schema "microchim/case/1". \throws ConfigError with file, line and key.
Case load_case(const std::filesystem::path& path);
Case parse_case(std::string_view toml, const std::string& name);

/// Days from one ISO date to another; nothing where one of them is no date.
std::optional<int> days_between(std::string_view from, std::string_view to);

}  // namespace microchim::chimerism
