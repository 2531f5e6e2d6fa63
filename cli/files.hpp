// Writing what is handed on.
#pragma once

#include <filesystem>
#include <string>

namespace microchim::cli {

/// Writes under a temporary name and renames, so that nobody ever sees half a file.
/// \throws WriteError where it exists and `force` is not set, or where it cannot be written
void write_file(const std::filesystem::path& path, const std::string& content, bool force);

}  // namespace microchim::cli
