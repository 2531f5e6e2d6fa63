// Compound files ([MS-CFB]), in which the old Office programs and MxPro keep their streams: a file system with sectors,
// chains and a directory in one file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace microchim::read {

/// A little-endian number of `size` bytes; 0 past the end.
inline std::uint32_t little(std::string_view bytes, std::size_t at, std::size_t size) {
    if (at > bytes.size() || bytes.size() - at < size) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << 8 * i;
    return value;
}

/// Whether the content begins as a compound file does.
bool is_compound(std::string_view bytes);

/// The content of the stream of that name in the root of a compound file; nothing where there is none, or where the
/// directory is damaged. \throws std::runtime_error saying what is damaged in the stream itself
std::optional<std::string> stream(std::string_view bytes, std::string_view name);

}  // namespace microchim::read
