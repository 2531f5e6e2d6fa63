// The sheets of a workbook that Excel 2003 and programs like it save as XML ("XML Spreadsheet 2003") as comma-separated
// text.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/read/workbook.hpp"

namespace microchim::read {

/// Whether the content is such a workbook. Looks at the head only.
bool is_spreadsheet_xml(std::string_view bytes);

/// The sheets that hold any cell. Numbers and dates as they are stored: a date here is text, "2019-08-16T00:00:00.000".
/// \throws std::runtime_error saying what is damaged, or that they come to more than `most` bytes
std::vector<Sheet> spreadsheet_xml(std::string_view bytes, std::uint64_t most);

}  // namespace microchim::read
