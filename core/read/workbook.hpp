// The sheets of an Excel workbook (Office Open XML, ECMA-376 part 1, chapter 18) as comma-separated text.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace microchim::read {

struct Sheet {
    std::string name;
    std::string csv;  ///< UTF-8; line n is row n. Numbers as they are stored, dates as their serial numbers
    bool hidden = false;
};

/// The sheets that hold any cell, in the order of the workbook. `part` gives the XML of "xl/workbook.xml" and its like
/// (lower case), nothing where there is none. \throws std::runtime_error saying what is damaged, or that the sheets
/// come to more than `most` bytes
std::vector<Sheet> sheets(const std::function<std::optional<std::string_view>(const std::string&)>& part,
                          std::uint64_t most);

}  // namespace microchim::read
