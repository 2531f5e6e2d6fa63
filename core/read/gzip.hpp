// Gzip (RFC 1952), in which some people keep single files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace microchim::read {

/// Whether the content begins as gzip does.
bool is_gzip(std::string_view bytes);

/// What is packed in it; several members one after the other. \throws std::runtime_error saying what is damaged, or
/// that it comes to more than `most` bytes
std::string gunzip(std::string_view bytes, std::uint64_t most);

}  // namespace microchim::read
