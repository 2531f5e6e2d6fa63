#include "service/lims/escape.hpp"

namespace microchim::lims {
namespace {

bool usable(char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    return byte > ' ' && byte < 0x7f && !letter;
}

std::optional<int> hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return std::nullopt;
}

/// "1F20" as two bytes; nothing where it is no even number of digits.
std::optional<std::string> bytes_of(std::string_view digits) {
    if (digits.empty() || digits.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const auto high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
        if (!high || !low) return std::nullopt;
        bytes += static_cast<char>(*high * 16 + *low);
    }
    return bytes;
}

std::optional<std::string> meaning(std::string_view name, const Delimiters& d) {
    if (name == "F") return std::string(1, d.field);
    if (name == "S") return std::string(1, d.component);
    if (name == "T") return std::string(1, d.subcomponent);
    if (name == "R") return std::string(1, d.repetition);
    if (name == "E") return std::string(1, d.escape);
    if (name == "P") return std::string(1, d.truncation ? d.truncation : '#');
    if (name == "H" || name == "N") return std::string();
    if (name == ".br") return "\n";
    if (name.starts_with('X')) return bytes_of(name.substr(1));
    return std::nullopt;
}

void append_byte(std::string& out, char c, const Delimiters& d) {
    static constexpr char digits[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    const auto sequence = [&](std::string_view name) { out.append(1, d.escape).append(name).append(1, d.escape); };
    if (c == d.field) {
        sequence("F");
    } else if (c == d.component) {
        sequence("S");
    } else if (c == d.subcomponent) {
        sequence("T");
    } else if (c == d.repetition) {
        sequence("R");
    } else if (c == d.escape) {
        sequence("E");
    } else if (d.truncation && c == d.truncation) {
        sequence("P");
    } else if (byte < 0x20 || byte == 0x7f) {
        const char code[] = {'X', digits[byte >> 4], digits[byte & 15]};
        sequence({code, 3});
    } else {
        out += c;
    }
}

}  // namespace

std::optional<Delimiters> delimiters_of(std::string_view header) {
    if (header.size() < 8) return std::nullopt;
    const char field = header[3];
    const auto end = header.find_first_of(std::string({field, '\r', '\n'}), 4);
    const auto others = header.substr(4, end == std::string_view::npos ? end : end - 4);
    if (others.size() != 4 && others.size() != 5) return std::nullopt;
    const std::string all = field + std::string(others);
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!usable(all[i]) || all.find(all[i], i + 1) != std::string::npos) return std::nullopt;
    return Delimiters{field, all[1], all[2], all[3], all[4], all.size() == 6 ? all[5] : '\0'};
}

std::string to_string(const Delimiters& d) {
    std::string text{d.field, d.component, d.repetition, d.escape, d.subcomponent};
    if (d.truncation) text += d.truncation;
    return text;
}

std::string_view part(std::string_view text, char delimiter, std::size_t n) {
    for (; n > 1; --n) {
        const auto at = text.find(delimiter);
        if (at == std::string_view::npos) return {};
        text.remove_prefix(at + 1);
    }
    return text.substr(0, text.find(delimiter));
}

std::string escape(std::string_view text, const Delimiters& delimiters) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) append_byte(out, c, delimiters);
    return out;
}

std::string escape_formatted(std::string_view text, const Delimiters& delimiters) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "\r\n") ++i;
        if (text[i] == '\r' || text[i] == '\n')
            out.append(1, delimiters.escape).append(".br").append(1, delimiters.escape);
        else append_byte(out, text[i], delimiters);
    }
    return out;
}

std::string unescape(std::string_view text, const Delimiters& delimiters) {
    std::string out;
    out.reserve(text.size());
    while (true) {
        const auto open = text.find(delimiters.escape);
        out.append(text.substr(0, open));
        if (open == std::string_view::npos) return out;
        const auto close = text.find(delimiters.escape, open + 1);
        if (close == std::string_view::npos) return out.append(text.substr(open));
        const auto name = text.substr(open + 1, close - open - 1);
        if (const auto value = meaning(name, delimiters)) {
            out.append(*value);
            text.remove_prefix(close + 1);
        } else {  // not a sequence of ours; its end may be the start of one
            out.append(text.substr(open, close - open));
            text.remove_prefix(close);
        }
    }
}

}  // namespace microchim::lims
