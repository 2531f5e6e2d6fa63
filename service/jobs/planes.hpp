// What the child gave of each well for the page (see core/report/planes.hpp), kept in a file for each run. It comes of
// strangers' files, so that nothing of it is looked at here but the names and lengths of its parts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace microchim::jobs {

/// Whole or not there.
/// \param identity of the run: hexadecimal
/// \throws std::system_error where it cannot be written
void keep_planes(const std::filesystem::path& folder, const std::string& identity, std::string_view planes);
/// Nothing where there are none.
void forget_planes(const std::filesystem::path& folder, const std::string& identity);

/// One part: "wells.json", "1/A01/droplets". Nothing where there is none of this name, or nothing was kept.
std::optional<std::string> planes_part(const std::filesystem::path& folder, const std::string& identity,
                                       std::string_view name);

}  // namespace microchim::jobs
