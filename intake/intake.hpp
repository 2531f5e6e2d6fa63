// What every door (command, Python, service) does before and around chimerism::quantify: paths become runs and
// a question. Stands above core and instruments, which do not know each other.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/chimerism/quantify.hpp"
#include "core/read/plugin.hpp"
#include "core/run/run.hpp"

namespace microchim::intake {

/// Reads, completes from the instrument profiles of this folder, counts the instrument software's own calls where
/// the file has calls and no counts, and compares its concentrations with ours. Folders are runs of their own; files
/// given together, zips among them, are one drop: what belongs to one run is joined, the rest are more runs.
/// \throws ReadError, ConfigError
std::vector<Run> load_runs(const std::vector<std::string>& paths, const read::Readers& readers,
                           const std::filesystem::path& profiles);

/// A question as people ask it. Empty: not given.
struct Asked {
    std::vector<std::string> cases;      ///< paths
    std::string panel, samples;          ///< paths
    std::vector<std::string> donor;      ///< "SRY=1"
    std::vector<std::string> reference;  ///< "RPP30" or "RPP30=2"
};

/// Loads the files. With `donor`, its markers stand instead of the panel's. \throws ConfigError
chimerism::Question load_question(const Asked& asked);

/// Classifies what the files leave unclassified, and quantifies. \throws ConfigError, also where two runs are one: of
/// the same files, or with the same partitions in the same wells, exported or analysed twice
chimerism::Result answer(std::vector<Run> runs, const chimerism::Question& question);

}  // namespace microchim::intake
