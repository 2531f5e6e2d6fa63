// Character sets of MSH-18 (HL7 2.5.1 chapter 2, 2.14.9.18 and table 0211). Inside the service text is UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace microchim::lims {

enum class Charset { ascii, utf8, latin1, latin5, latin9 };
/// As MSH-18 says it: "ASCII", "UNICODE UTF-8", "8859/1", "8859/9", "8859/15".
const char* to_string(Charset charset);

/// One repetition of MSH-18. "UTF-8" and "UNICODE" are UTF-8; case and blanks at the ends do not count. Nothing where
/// it is empty or none of ours.
std::optional<Charset> charset_of(std::string_view name);

/// Where the bytes stop being UTF-8 (no overlong forms, no surrogates, at most U+10FFFF); nothing where they are.
std::optional<std::size_t> first_invalid_utf8(std::string_view bytes);

/// Nothing where a byte means no character of this set.
std::optional<std::string> to_utf8(std::string_view bytes, Charset charset);
/// Nothing where the set lacks a character, or `text` is not UTF-8: no '?' is ever put instead.
std::optional<std::string> from_utf8(std::string_view text, Charset charset);

}  // namespace microchim::lims
