// Where the profiles are, and all of them together: no two may claim the same run.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

#include "core/run/errors.hpp"
#include "instruments/name.hpp"
#include "instruments/profile.hpp"

namespace microchim::instruments {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (!in) throw ConfigError(path.string() + ": this profile cannot be read.", path.string());
    return text;
}

/// Two profiles for one run would make the volume depend on the order of files.
void no_two_claim_one_run(const std::vector<Profile>& profiles) {
    std::map<std::string, std::string> owner;
    const auto claim = [&owner](const std::string& what, const std::string& words, const Profile& profile) {
        const auto [at, fresh] = owner.emplace(what, profile.file);
        if (!fresh && at->second != profile.file)
            throw ConfigError(
                profile.file + ": " + words + " is claimed by " + at->second + " too; take it out of one of them.",
                profile.file);
    };
    for (const Profile& profile : profiles) {
        claim("name " + plain_name(profile.model), "the model '" + profile.model + "'", profile);
        for (const std::string& alias : profile.aliases)
            claim("name " + plain_name(alias), "the alias '" + alias + "'", profile);
        for (const Recognised& r : profile.recognised)
            claim("dialect " + r.reader + '\n' + r.dialect,
                  "the dialect '" + r.dialect + "' of reader '" + r.reader + "'", profile);
    }
}

}  // namespace

std::vector<Profile> load_profiles(const fs::path& folder) {
    std::error_code fault;
    if (!fs::is_directory(folder, fault))
        throw ConfigError(folder.string() + ": there is no such folder of instrument profiles.", folder.string());
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == ".toml") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());

    std::vector<Profile> profiles;
    // The signature is the same wherever the folder stands: results compare between machines.
    for (const fs::path& path : paths)
        profiles.push_back(
            parse_profile(slurp(path), "instruments/" + path.lexically_relative(folder).generic_string()));
    no_two_claim_one_run(profiles);
    return profiles;
}

fs::path profile_folder() {
    if (const char* chosen = std::getenv("MICROCHIM_INSTRUMENTS"); chosen && *chosen) return chosen;
    std::error_code fault;
    const fs::path program = fs::read_symlink("/proc/self/exe", fault);
    if (!fault) {
        const fs::path installed = program.parent_path().parent_path() / "share/microchim/instruments";
        if (fs::is_directory(installed, fault)) return installed;
    }
    const fs::path source = MICROCHIM_INSTRUMENTS_SOURCE;
    if (fs::is_directory(source, fault)) return source;
    throw ConfigError("The folder of instrument profiles was not found; set MICROCHIM_INSTRUMENTS to it.", {}, {},
                      "set MICROCHIM_INSTRUMENTS to the folder that holds biorad/qx200.toml");
}

}  // namespace microchim::instruments
