// Passwords: which are taken, and how they are kept. Any characters, no rule of composition, no forced change (OWASP
// ASVS 5.0, 6.2). Kept as Argon2id with 64 MiB and 3 passes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace microchim::accounts {

/// Whether a person may have it.
/// \param user_id,user_name must not make up most of it
/// \returns a sentence why not, or nothing
std::optional<std::string> password_fault(std::string_view password, std::string_view user_id,
                                          std::string_view user_name);

/// "$argon2id$v=19$m=65536,t=3,p=1$...". Takes about a tenth of a second and 64 MiB; at most two at once, others wait.
/// \throws std::runtime_error where the memory is not there
std::string hash_password(std::string_view password);
/// As slow as hash_password.
bool password_matches(const std::string& encoded, std::string_view password);
/// Takes as long as password_matches and never agrees: for a user that does not exist.
void match_nothing(std::string_view password);

/// Unicode code points of UTF-8, or nothing where it is none, or holds control characters.
std::optional<std::size_t> printable_length(std::string_view utf8);

}  // namespace microchim::accounts
