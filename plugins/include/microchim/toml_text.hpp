// What the TOML parser (toml++ 3.3) must not be given, found before it is. Deep nesting exhausts its stack, and dotted
// keys nest as deep as a line is long; its test for a blank has undefined behaviour for letters outside ASCII, which
// TOML has in quotes and comments only, but the parser looks for blanks behind a line end of a text of several lines
// too.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace microchim {

struct TomlFault {
    std::size_t line;  ///< 1-based
    const char* what;
};

/// The first such thing in a text; nothing where the parser may have it.
inline std::optional<TomlFault> toml_fault(std::string_view text) {
    constexpr std::size_t longest_line = 4096;
    enum { plain, comment, basic, literal } inside = plain;
    std::size_t line = 1, begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (i - begin > longest_line) return TomlFault{line, "the line is longer than 4096 characters"};
        if (c == '\n') {
            if (inside == basic || inside == literal) return std::nullopt;  // which the parser refuses
            inside = plain;
            ++line;
            begin = i + 1;
        } else if (inside == plain) {
            const auto rest = text.substr(i, 3);
            if (rest == "\"\"\"" || rest == "\'\'\'") return TomlFault{line, "a text of several lines has no use here"};
            if (static_cast<unsigned char>(c) >= 0x80)
                return TomlFault{line,
                                 "outside of quotes and comments there is only ASCII in TOML; quotes are the straight "
                                 "ones"};
            const char before = i > 0 ? text[i - 1] : '\n';
            if ((c == '"' || c == '\'') && std::string_view(" \t\n=[,{.").find(before) == std::string_view::npos)
                return TomlFault{line, "a quote inside of a word"};
            inside = c == '#' ? comment : c == '"' ? basic : c == '\'' ? literal : plain;
        } else if (inside == basic) {
            if (c == '\\') ++i;
            else if (c == '"') inside = plain;
        } else if (inside == literal && c == '\'') {
            inside = plain;
        }
    }
    return std::nullopt;
}

}  // namespace microchim
