// The plate as the program shows it: for each row of wells a line of contents, one of samples, one of Cqs ...
//
//   ,,1,2,3
//   A,Content,Unkn-1,NTC,
//   A,Sample,day 7,,
//   A,Cq,27.35,NaN,
//   A,,NaN,NaN,
#pragma once

#include <map>
#include <string>
#include <vector>

#include "../biorad-shared/realtime_rows.hpp"
#include "names.hpp"

namespace microchim::cfx {

using biorad::Sheet;

struct PlateView {
    std::vector<biorad::Row> rows;
    std::map<std::string, std::vector<std::pair<std::string, std::string>>> more;  ///< of a well: "Peak 1", "77"
};

/// \throws FormatError with line and column.
inline PlateView read_plate_view(const Sheet& sheet) {
    const auto& table = sheet.table;
    PlateView view;
    std::map<std::string, biorad::Row> wells;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto letter = std::string(reader::detail::trimmed(table.cell(row, 0)));
        const auto label = std::string(reader::detail::trimmed(table.cell(row, 1)));
        for (std::size_t c = 2; c < table.header().size(); ++c) {
            const auto cell = reader::detail::trimmed(table.cell(row, c));
            if (cell.empty()) continue;
            const auto name = biorad::realtime_well(letter + std::string(reader::detail::trimmed(table.header()[c])));
            if (name.empty())
                throw FormatError(table.where(row, c), "there is no well in row " + reader::detail::quoted(letter));
            auto& well = wells[name];
            well.well = name;
            if (label == "Content") {
                well.content = biorad::content(cell);
                if (!well.content)
                    throw FormatError(table.where(row, c), "there is no content " + reader::detail::quoted(cell));
            } else if (label == "Sample") {
                well.sample = cell;
            } else if (label == "Target") {
                well.target = cell;
            } else if (label == "Cq") {
                well.has_cq = true;
                well.cq = sheet.number(row, c);
            } else if (!biorad::says_nothing(cell)) {
                view.more[name].emplace_back(label.empty() ? "Plate view" : label, sheet.kept(row, c));
            }
        }
    }
    for (auto& [name, well] : wells)
        if (well.content) view.rows.push_back(std::move(well));
    return view;
}

}  // namespace microchim::cfx
