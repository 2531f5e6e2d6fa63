// Random secrets, their fingerprints, and comparing without telling how far it agreed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace microchim::accounts {

/// From the operating system's generator, in base64url without padding: 32 bytes give 43 characters.
/// \throws std::runtime_error where there is no randomness
std::string random_secret(std::size_t bytes = 32);
/// SHA-256 as 32 bytes.
std::string fingerprint(std::string_view secret);
/// Takes as long wherever they differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace microchim::accounts
