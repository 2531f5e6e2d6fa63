// A finished run is copied before it is read, so that nobody can change it afterwards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "instruments/inbox.hpp"

namespace microchim::jobs {

struct SpoolLimits {
    std::uint64_t bytes = std::uint64_t{4} << 30;  ///< of a drop
    std::size_t entries = 4096;
    int depth = 6;
};

struct Spooled {
    std::string identity;        ///< SHA-256 over names and contents: the same files dropped again have the same
    std::filesystem::path path;  ///< spool/<identity>: the drop's files, or its folder
    std::uint64_t bytes = 0;
};

/// Copies a drop; when this returns, the copy is on the disk and whole. Links are refused wherever they stand in a
/// path. Nothing where the drop changed or went away meanwhile, to be tried again after the next scan.
/// \param folder the watched one
/// \throws ReadError where the drop is over a limit, with a sentence that names it
/// \throws std::system_error where the spool cannot be written
std::optional<Spooled> spool(const std::filesystem::path& folder, const instruments::Drop& drop,
                             const std::filesystem::path& spool_folder, const SpoolLimits& limits = {});

/// Removes what a crash left half copied. At the start, while nothing is being spooled.
void tidy(const std::filesystem::path& spool_folder);

/// SHA-256 of one file below a folder, without following links. Nothing where it is not the file of the listing.
std::optional<std::string> hash_file(const std::filesystem::path& folder, const instruments::InboxFile& file);

/// The content of a small file, in the same way.
std::optional<std::string> read_whole(const std::filesystem::path& folder, const instruments::InboxFile& file,
                                      std::uint64_t largest);

}  // namespace microchim::jobs
