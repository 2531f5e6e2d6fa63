// Reading a run: bytes go to the reader that knows them, facts come back and are checked.
#pragma once

#include <filesystem>
#include <vector>

#include "core/read/bundle.hpp"
#include "core/read/limits.hpp"
#include "core/read/plugin.hpp"
#include "core/run/run.hpp"

namespace microchim::read {

/// Chooses the readers and reads the runs in these files: one, unless they disagree or are of several programs.
/// Wells come in plate order; nothing is filled in that the files do not state.
/// Throws ReadError: as Bundle::open() and assign(), or what is wrong in which file, line and column.
std::vector<Run> read(const Bundle& bundle, const Readers& readers, const Limits& limits = {});

/// Opens the path and reads.
std::vector<Run> read(const std::filesystem::path& path, const Readers& readers, const Limits& limits = {});

/// Reads with this reader, asked or not.
std::vector<Run> read_with(const Reader& reader, const Bundle& bundle, const Limits& limits = {});

}  // namespace microchim::read
