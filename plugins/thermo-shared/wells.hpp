// Which well a row is about: "A1", "      A1", or a number that counts along the rows.
#pragma once

#include <map>

#include "microchim/reactions.hpp"
#include "rows.hpp"

namespace microchim::thermo {

struct Plate {
    std::int64_t rows = -1, columns = -1;
};

/// Of "96-Well Block (0.2mL)", "96alum", "384-Well Block", "TaqMan Array Card Block"; -1 where it does not say.
inline Plate plate_of(std::string_view block) {
    const auto has = [name = canonical(block)](std::string_view part) { return name.find(part) != name.npos; };
    if (has("384") || has("card") || has("tlda")) return {16, 24};
    if (has("96")) return {8, 12};
    if (has("48")) return {6, 8};
    return {};
}

class Wells {
public:
    explicit Wells(Plate plate) : columns_(plate.columns) {}

    /// Binds the columns of a table.
    void bind(Rows& rows) {
        position_ = rows.use({"Well Position", "Position"});
        well_ = rows.use({"Well", "Well Name", "Well Number"});
        if (!position_ && !well_)
            throw FormatError(rows.header_address(), "there is no column 'Well' or 'Well Position'");
    }

    /// Where the block is not stated: a number beyond 96 is one of a 384-well plate. And where a table has both, it
    /// says which number is which well.
    void learn(Rows& rows) {
        rows.require_fitting();
        bind(rows);
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (!well_ || !is_number(rows.cell(row, well_))) continue;
            const auto number = rows.whole(row, well_);
            largest_ = std::max(largest_, number);
            if (position_ && !rows.cell(row, position_).empty()) names_[number] = named(rows, row, *position_);
        }
    }

    /// "A01"; empty where the row names none. \throws FormatError for what is no well.
    std::string name(const Rows& rows, std::size_t row) const {
        if (position_ && !rows.cell(row, position_).empty()) return named(rows, row, *position_);
        if (!well_ || rows.cell(row, well_).empty()) return {};
        if (!is_number(rows.cell(row, well_))) return named(rows, row, *well_);
        const auto number = rows.whole(row, well_);
        if (const auto known = names_.find(number); known != names_.end()) return known->second;
        const auto columns = plate_columns(), rows_of_plate = columns == 8 ? 6 : columns * 2 / 3;
        const auto name = number <= rows_of_plate * columns ? reader::numbered_well(number, columns) : std::string();
        if (name.empty()) throw FormatError(rows.where(row, *well_), no_well(rows.cell(row, well_)));
        return name;
    }

    /// Whether learn() met numbers.
    bool numbered() const { return largest_ > 0; }
    std::int64_t plate_columns() const { return columns_ > 0 ? columns_ : largest_ > 96 ? 24 : 12; }

private:
    static bool is_number(std::string_view cell) { return !cell.empty() && cell[0] >= '0' && cell[0] <= '9'; }
    static std::string no_well(std::string_view cell) {
        return reader::detail::quoted(cell) + " is not a well of the plate";
    }
    static std::string named(const Rows& rows, std::size_t row, std::size_t column) {
        const auto name = reader::well_name(rows.cell(row, column), 16, 24);
        if (name.empty()) throw FormatError(rows.where(row, column), no_well(rows.cell(row, column)));
        return name;
    }

    std::int64_t columns_, largest_ = 0;
    Column position_, well_;
    std::map<std::int64_t, std::string> names_;
};

}  // namespace microchim::thermo
