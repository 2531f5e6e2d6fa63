// What a machine is: data, one TOML file per model or consumable, every number with its source.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::instruments {

/// Picks a profile for a run whose file does not name the instrument: reader id and what the
/// reader says the dialect is (the run attribute "dialect"). One machine may have been counted with
/// another volume by one generation of its software: that volume stands here, with its source.
struct Recognised {
    std::string reader, dialect;
    std::optional<double> volume_nl;  ///< instead of the profile's, for files of this dialect
    std::string source;
};

struct PartitionFacts {
    std::optional<double> volume_nl;               ///< of one partition
    std::optional<std::int64_t> per_well;          ///< or: into how many parts the volume of a well is divided
    std::vector<std::string> volume_attributes;    ///< by which names files state that volume, in microlitres
    std::string source;                            ///< where that number comes from
    std::optional<std::int64_t> nominal, minimum;  ///< partitions per well
};

struct Profile {
    std::string file;  ///< "instruments/biorad/qx200.toml"
    std::string model, vendor, kind;
    std::vector<std::string> aliases, channels;
    std::vector<Recognised> recognised;
    PartitionFacts partition;
    int rows = 0, columns = 0;
};

/// All profiles below a folder, sorted by file. \throws ConfigError naming file, line and key, and where
/// two profiles claim one name or one dialect.
std::vector<Profile> load_profiles(const std::filesystem::path& folder);

/// One profile; `name` is what errors and signatures call it. \throws ConfigError naming file, line and key.
Profile parse_profile(std::string_view toml, const std::string& name);

/// The folder that belongs to this program: MICROCHIM_INSTRUMENTS, or beside the executable
/// (../share/microchim/instruments), or the source tree it was built from. \throws ConfigError where
/// none of them exists.
std::filesystem::path profile_folder();

/// The profile for this run: by the instrument it names, by the consumable it names (of a plate with `per_well` also
/// among other words, where one profile alone fits), else by reader and dialect; null where none fits.
const Profile* find_profile(const Run& run, const std::vector<Profile>& profiles);

/// Fills what the file leaves out (partition volume, plate geometry, instrument, the fewest partitions of a good well:
/// half of the nominal ones where the profile has no minimum) and signs each value
/// with the profile's file. Values that the file states are never touched. Where the file states the volume of each
/// well and the profile the number of partitions, the quotient is signed with both. Notes what it could not fill.
void complete(Run& run, const std::vector<Profile>& profiles);

}  // namespace microchim::instruments
