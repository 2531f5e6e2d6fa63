#include "service/lims/charset.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace microchim::lims {
namespace {

/// Where ISO 8859-9 and -15 differ from 8859-1, whose bytes are the code points themselves.
struct Difference {
    unsigned char byte;
    std::uint32_t code_point;
};
constexpr Difference latin5[] = {{0xd0, 0x11e}, {0xdd, 0x130}, {0xde, 0x15e},
                                 {0xf0, 0x11f}, {0xfd, 0x131}, {0xfe, 0x15f}};
constexpr Difference latin9[] = {{0xa4, 0x20ac}, {0xa6, 0x160}, {0xa8, 0x161}, {0xb4, 0x17d},
                                 {0xb8, 0x17e},  {0xbc, 0x152}, {0xbd, 0x153}, {0xbe, 0x178}};

template <class Visit>
void each_difference(Charset charset, Visit visit) {
    if (charset == Charset::latin5)
        for (const auto& d : latin5) visit(d);
    if (charset == Charset::latin9)
        for (const auto& d : latin9) visit(d);
}

std::uint32_t decoded(unsigned char byte, Charset charset) {
    std::uint32_t code_point = byte;
    each_difference(charset, [&](const Difference& d) {
        if (d.byte == byte) code_point = d.code_point;
    });
    return code_point;
}

/// -1: the set lacks it.
int encoded(std::uint32_t code_point, Charset charset) {
    if (code_point < 0x80) return static_cast<int>(code_point);
    if (charset == Charset::ascii) return -1;
    int byte = code_point < 0x100 ? static_cast<int>(code_point) : -1;
    each_difference(charset, [&](const Difference& d) {
        if (d.byte == code_point) byte = -1;  // this byte means something else here
    });
    each_difference(charset, [&](const Difference& d) {
        if (d.code_point == code_point) byte = d.byte;
    });
    return byte;
}

struct Sequence {
    std::size_t length = 0;  ///< 0: not UTF-8
    std::uint32_t code_point = 0;
};

Sequence decode(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
    const auto first = at(0);
    if (first < 0x80) return {1, first};
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
    std::uint32_t value = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xc0) != 0x80) return {};
        value = (value << 6) | (at(i) & 0x3f);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
    return {length, value};
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

}  // namespace

const char* to_string(Charset charset) {
    switch (charset) {
        case Charset::ascii:
            return "ASCII";
        case Charset::utf8:
            return "UNICODE UTF-8";
        case Charset::latin1:
            return "8859/1";
        case Charset::latin5:
            return "8859/9";
        default:
            return "8859/15";
    }
}

std::optional<Charset> charset_of(std::string_view name) {
    std::string upper(trimmed(name));
    for (auto& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (upper == "UNICODE UTF-8" || upper == "UTF-8" || upper == "UTF8" || upper == "UNICODE") return Charset::utf8;
    for (const auto charset : {Charset::ascii, Charset::latin1, Charset::latin5, Charset::latin9})
        if (upper == to_string(charset)) return charset;
    return std::nullopt;
}

std::optional<std::size_t> first_invalid_utf8(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
        // Nearly every byte of a message is ASCII: eight at a time.
        std::uint64_t eight = 0;
        if (i + sizeof eight <= bytes.size()) {
            std::memcpy(&eight, bytes.data() + i, sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        const auto length = static_cast<unsigned char>(bytes[i]) < 0x80 ? 1 : decode(bytes.substr(i)).length;
        if (length == 0) return i;
        i += length;
    }
    return std::nullopt;
}

std::optional<std::string> to_utf8(std::string_view bytes, Charset charset) {
    if (charset == Charset::utf8) {
        if (first_invalid_utf8(bytes)) return std::nullopt;
        return std::string(bytes);
    }
    // Nearly all text is ASCII, which all of these sets hold.
    if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        return std::string(bytes);
    std::string text;
    text.reserve(bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 && charset == Charset::ascii) return std::nullopt;
        const auto code_point = decoded(byte, charset);
        if (code_point < 0x80) {
            text += c;
        } else if (code_point < 0x800) {
            text += static_cast<char>(0xc0 | (code_point >> 6));
            text += static_cast<char>(0x80 | (code_point & 0x3f));
        } else {
            text += static_cast<char>(0xe0 | (code_point >> 12));
            text += static_cast<char>(0x80 | ((code_point >> 6) & 0x3f));
            text += static_cast<char>(0x80 | (code_point & 0x3f));
        }
    }
    return text;
}

std::optional<std::string> from_utf8(std::string_view text, Charset charset) {
    std::string bytes;
    bytes.reserve(text.size());
    while (!text.empty()) {
        const auto [length, code_point] = decode(text);
        if (length == 0) return std::nullopt;
        if (charset == Charset::utf8) {
            bytes.append(text.substr(0, length));
        } else {
            const int byte = encoded(code_point, charset);
            if (byte < 0) return std::nullopt;
            bytes += static_cast<char>(byte);
        }
        text.remove_prefix(length);
    }
    return bytes;
}

}  // namespace microchim::lims
