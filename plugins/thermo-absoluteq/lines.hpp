// Rows of many hundred thousand chambers (see raw_table.hpp), and the cells that only such rows have.
#pragma once

#include <cstdint>
#include <string_view>

#include "dialect.hpp"
#include "microchim/raw_table.hpp"

namespace microchim::absoluteq {

using reader::cell_text;
using reader::RawTable;
using reader::Rows;

/// 1 for True, TRUE, 1; 0 for False, FALSE, 0; 2 where the cell is blank. \throws FormatError for anything else.
inline std::uint8_t truth(const RawTable& table, std::string_view cell, std::size_t column) {
    const auto word = reader::detail::trimmed(cell);
    if (word == "True" || word == "TRUE" || word == "true" || word == "1") return 1;
    if (word == "False" || word == "FALSE" || word == "false" || word == "0") return 0;
    if (word.empty() || word == "-" || word == "NA") return 2;
    table.fail(cell, column, reader::detail::quoted(word) + " is neither True nor False");
}

}  // namespace microchim::absoluteq
