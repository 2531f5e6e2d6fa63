// The conformance harness: everything that a reader must keep to, checked on its own fixtures. Used by our tests
// and by `microchim check-reader`, so that a reader from elsewhere is held to the same.
//
// A fixture is a file or a folder (a run of many files) in the fixtures folder. Beside each lies what it comes
// to: run.csv and run.expected, in the words of facts.hpp, or "error: ..." for files that must be refused. Files
// ending in .md and .expected are no fixtures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/read/ordeal.hpp"
#include "core/read/plugin.hpp"

namespace microchim::read {

struct Check {
    bool passed = false;
    std::string what;  ///< "run.csv: the facts are as expected", or a sentence saying what is wrong
};

struct CheckReport {
    std::vector<Check> checks;
    bool passed() const;
};

struct CheckSettings {
    std::vector<std::filesystem::path> others;  ///< fixture folders of other readers, which this one must not claim
    Hardship hardship;                          ///< per fixture
};

/// Runs all checks. Throws ConfigError where the library cannot be loaded, ReadError where the folder cannot be read.
CheckReport check_reader(const std::filesystem::path& library, const std::filesystem::path& fixtures,
                         const CheckSettings& settings = {});

/// The fixtures in a folder, sorted. Throws ReadError where there is no such folder.
std::vector<std::filesystem::path> fixtures_in(const std::filesystem::path& folder);

/// Where the expectation of a fixture lies: "run.csv" -> "run.expected", folder "run" -> "run.expected".
std::filesystem::path expectation_of(const std::filesystem::path& fixture);

/// What a fixture comes to with this reader, to make an .expected of.
std::string fixture_outcome(const Reader& reader, const std::filesystem::path& fixture);

}  // namespace microchim::read
