// Well names: "A1", "a01" and "A01" are one well; plates go to 48 columns and row AF.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace microchim {

/// One position of a plate. Orders by row, then column.
struct Well {
    int row = 0;     ///< 0 = A, 25 = Z, 26 = AA
    int column = 0;  ///< 0 = 1

    /// Reads "A1", "a01", "AF48"; nothing for anything else (rows A to AF, columns 1 to 48).
    static std::optional<Well> parse(std::string_view text);

    /// Row letters and a two-digit column: "A01", "AF48".
    std::string name() const;

    auto operator<=>(const Well&) const = default;
};

}  // namespace microchim
