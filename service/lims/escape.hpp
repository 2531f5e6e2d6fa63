// The delimiters of a message, cutting a field at them, and escape sequences. Source: HL7 2.5.1 chapter 2, 2.5.4
// (delimiters) and 2.7 (escapes).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace microchim::lims {

struct Delimiters {
    char field = '|', component = '^', repetition = '~', escape = '\\', subcomponent = '&';
    char truncation = '\0';  ///< the fifth character of MSH-2 (HL7 2.7); '\0': none
    bool operator==(const Delimiters&) const = default;
};

/// MSH-1 and MSH-2 of a header segment ("MSH|^~\&|..."). Nothing where they are missing, alike, or letters, digits,
/// blanks or control bytes.
std::optional<Delimiters> delimiters_of(std::string_view header);
/// MSH-1 and MSH-2 as they are sent: "|^~\&".
std::string to_string(const Delimiters& delimiters);

/// The n-th part, from 1, of a text cut at a delimiter; empty where there are fewer. Not unescaped.
std::string_view part(std::string_view text, char delimiter, std::size_t n);

/// Text as it is written into a message: delimiters as \F\ \S\ \T\ \R\ \E\, control bytes as \Xhh\.
/// unescape() gives back the same bytes.
std::string escape(std::string_view text, const Delimiters& delimiters);
/// As escape(), for FT and TX: a line end is \.br\, and comes back as LF.
std::string escape_formatted(std::string_view text, const Delimiters& delimiters);

/// Escape sequences decoded, once: what comes out is text and is not to be cut again. \Xhh..\ gives its bytes,
/// \.br\ LF, \P\ the truncation character; highlighting (\H\ \N\) goes. Sequences that are not known or not closed stay
/// as they are.
std::string unescape(std::string_view text, const Delimiters& delimiters);

}  // namespace microchim::lims
