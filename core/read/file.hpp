// Files and folders of the disk as entries.
#pragma once

#include <filesystem>
#include <vector>

#include "core/read/bundle.hpp"

namespace microchim::read {

/// The content of one regular file under a name of ours. Throws ReadError.
Entry read_file(const std::filesystem::path& path, std::string name, const Limits& limits);

/// Everything in a folder, sorted; adds to bundle.entries and bundle.notes. Throws ReadError.
void read_folder(Bundle& bundle, const std::filesystem::path& folder, const Limits& limits);

}  // namespace microchim::read
