// Which symbols a shared library offers to others.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace microchim::read {

/// Names of the defined global and weak symbols in .dynsym of a 64-bit ELF library, sorted. Throws ReadError for
/// anything else.
std::vector<std::string> exported_symbols(const std::filesystem::path& library);

}  // namespace microchim::read
