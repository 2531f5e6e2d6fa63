// Reading a run: bytes go to the reader that knows them, facts come back and are checked.
#pragma once

#include <filesystem>

#include "core/read/bundle.hpp"
#include "core/read/limits.hpp"
#include "core/read/plugin.hpp"
#include "core/run/run.hpp"

namespace microchim::read {

/// Chooses the reader and reads. Wells come in plate order; nothing is filled in that the files do not state.
/// Throws ReadError: as Bundle::open() and choose(), or what is wrong in which file, line and column.
Run read(const Bundle& bundle, const Readers& readers, const Limits& limits = {});

/// Opens the path and reads.
Run read(const std::filesystem::path& path, const Readers& readers, const Limits& limits = {});

/// Reads with this reader, asked or not.
Run read_with(const Reader& reader, const Bundle& bundle, const Limits& limits = {});

}  // namespace microchim::read
