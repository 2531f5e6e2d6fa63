// Wells by number: on a plate of 96 or of 384?
#pragma once

#include "file.hpp"

namespace microchim::thermo {

/// Columns of the plate that these rows number; -1 leaves it to the largest number. Laboratories type positions as
/// sample names: where all such names agree with one way of counting, and not with the other, that is the plate.
inline std::int64_t columns_by_names(const Rows& rows, Column well, Column sample) {
    std::size_t as[2] = {}, names = 0;
    for (std::size_t row = 0; row < rows.size() && well && sample; ++row) {
        const auto cell = rows.cell(row, well);
        const auto position = reader::well_name(rows.cell(row, sample), 16, 24);
        if (position.empty() || cell.empty() || cell[0] < '0' || cell[0] > '9') continue;
        const auto number = rows.whole(row, well);
        ++names;
        as[0] += reader::numbered_well(number, 12) == position;
        as[1] += reader::numbered_well(number, 24) == position;
    }
    if (names < 3 || as[0] == as[1]) return -1;
    return as[0] == names ? 12 : as[1] == names ? 24 : -1;
}

}  // namespace microchim::thermo
