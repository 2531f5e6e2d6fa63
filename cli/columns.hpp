// Text tables for people: columns as wide as their content, numbers to the right.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace microchim::cli {

enum class Align { left, right };

struct Column {
    std::string title;
    Align align = Align::left;
};

/// Prints the titles, a rule and the rows; a row shorter than the titles is filled with blanks.
void print_columns(std::ostream& out, const std::vector<Column>& columns,
                   const std::vector<std::vector<std::string>>& rows);

}  // namespace microchim::cli
