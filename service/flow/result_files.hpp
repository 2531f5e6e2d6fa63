// A result as files for a LIMS that takes no messages.
#pragma once

#include <filesystem>
#include <string>

namespace microchim::service {

/// Writes what an outbox row for a file destination holds: {"name": "...", "files": {"csv": "..."}}. Files that are
/// there with the same bytes are left as they are. \throws std::runtime_error where they cannot be written, or are
/// there with other bytes
void write_result_files(const std::filesystem::path& folder, const std::string& body);

}  // namespace microchim::service
