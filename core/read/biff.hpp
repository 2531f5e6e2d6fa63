// The sheets of an Excel 5 to 2003 workbook (.xls; [MS-XLS], BIFF5 and BIFF8) as comma-separated text.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/read/workbook.hpp"

namespace microchim::read {

/// What a compound file is to us.
enum class Old { other, workbook, locked };

/// Whether it holds a workbook, and whether that needs a password. Never throws.
Old kind_of_compound(std::string_view file);

/// The sheets that hold any cell, in the order of the workbook: numbers in the shortest digits that mean them, dates as
/// their serial numbers. \throws std::runtime_error saying what is damaged, or that they come to more than `most` bytes
std::vector<Sheet> old_sheets(std::string_view file, std::uint64_t most);

}  // namespace microchim::read
