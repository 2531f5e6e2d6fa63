// The inside of a zip as entries, by libzip.
#pragma once

#include <string_view>

#include "core/read/bundle.hpp"

namespace microchim::read {

/// Whether the content begins as a zip does.
bool is_zip(std::string_view bytes);

/// Unpacks bundle.archive into bundle.entries. Returns false, and unpacks nothing, where the zip is one document
/// (an Office file) or has a password. Throws ReadError: damaged, unsafe names, beyond the limits.
bool unpack(Bundle& bundle, const Limits& limits);

}  // namespace microchim::read
