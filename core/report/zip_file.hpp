// A zip archive in memory whose bytes depend on nothing but its content: no clock, no time zone.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace microchim::report {

/// The archive of these files, name and content, in this order. Throws std::runtime_error where there is no memory.
std::string zip_file(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace microchim::report
