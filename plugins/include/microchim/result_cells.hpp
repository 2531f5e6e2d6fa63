// Cells of result tables of real-time PCR: columns that may be missing, numbers as the file writes them, and what the
// programs call samples and controls.
#pragma once

#include <array>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "microchim/exports.hpp"
#include "microchim/numbers.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::reader {

/// RDML's type for a program's word: "Unknown", "STD", "Negative Control", "-RT". A blank says unknown.
/// \throws FormatError at `where` for any other word.
inline std::int32_t sample_type(std::string_view written, const std::string& where) {
    struct Word {
        std::string_view word;
        std::int32_t type;
    };
    static constexpr std::array words{Word{"", MICROCHIM_UNKN},
                                      Word{"unknown", MICROCHIM_UNKN},
                                      Word{"unkn", MICROCHIM_UNKN},
                                      Word{"sample", MICROCHIM_UNKN},
                                      Word{"specimen", MICROCHIM_UNKN},
                                      Word{"test", MICROCHIM_UNKN},
                                      Word{"target", MICROCHIM_UNKN},
                                      Word{"reference", MICROCHIM_UNKN},
                                      Word{"calibrator", MICROCHIM_UNKN},
                                      Word{"standard", MICROCHIM_STD},
                                      Word{"std", MICROCHIM_STD},
                                      Word{"stnd", MICROCHIM_STD},
                                      Word{"ntc", MICROCHIM_NTC},
                                      Word{"no template control", MICROCHIM_NTC},
                                      Word{"negative control", MICROCHIM_NTC},
                                      Word{"negative", MICROCHIM_NTC},
                                      Word{"neg ctrl", MICROCHIM_NTC},
                                      Word{"neg", MICROCHIM_NTC},
                                      Word{"nc", MICROCHIM_NTC},
                                      Word{"negc", MICROCHIM_NTC},
                                      Word{"blank", MICROCHIM_NTC},
                                      Word{"nrt", MICROCHIM_NRT},
                                      Word{"no rt", MICROCHIM_NRT},
                                      Word{"-rt", MICROCHIM_NRT},
                                      Word{"rt-", MICROCHIM_NRT},
                                      Word{"nac", MICROCHIM_NAC},
                                      Word{"no amplification control", MICROCHIM_NAC},
                                      Word{"positive control", MICROCHIM_POS},
                                      Word{"positive", MICROCHIM_POS},
                                      Word{"pos ctrl", MICROCHIM_POS},
                                      Word{"pos", MICROCHIM_POS},
                                      Word{"posc", MICROCHIM_POS},
                                      Word{"pc", MICROCHIM_POS}};
    const auto said = detail::normalised(written);
    for (const auto& [word, type] : words)
        if (said == detail::normalised(word)) return type;
    throw FormatError(
        where, detail::quoted(written) +
                   " is no type of sample that is known here, as Unknown, Standard, NTC, NRT, Positive or Negative");
}

/// A table whose numbers are written as its file writes them.
class ResultCells {
public:
    explicit ResultCells(const Table& table) : table_(table) {}

    /// Learns how numbers are written from a column of Cq, in which no comma and no point can mean thousands.
    void learn_cq(std::optional<std::size_t> column) {
        for (std::size_t row = 0; column && row < table_.size(); ++row) {
            const auto cell = table_.cell(row, *column);
            const bool point = cell.find('.') != cell.npos, comma = cell.find(',') != cell.npos;
            if (point != comma && !says_no_cq(cell)) numbers.decimal_comma(comma);
        }
    }
    /// The same from any column of numbers.
    void learn(std::optional<std::size_t> column) {
        for (std::size_t row = 0; column && row < table_.size(); ++row) numbers.learn(table_.cell(row, *column));
    }

    /// Without blanks around it; empty where there is no such column.
    std::string_view text(std::size_t row, std::optional<std::size_t> column) const {
        return column ? detail::trimmed(table_.cell(row, *column)) : std::string_view{};
    }
    /// not_stated for a blank, a missing column and the words for none ("-", "n/a").
    double number(std::size_t row, std::optional<std::size_t> column) const {
        const auto cell = text(row, column);
        if (says_no_cq(cell)) return not_stated;
        return numbers.read(cell, table_.where(row, *column)).value_or(not_stated);
    }
    /// A Cq. Nothing amplifies before the first cycle: 0 and less are the program's numbers for none.
    double cq(std::size_t row, std::size_t column) const {
        const auto value = number(row, column);
        if (value > most_cq)
            throw FormatError(table_.where(row, column), detail::quoted(text(row, column)) + " is no cycle");
        return value > 0 ? value : not_stated;
    }
    /// A cycle, -1 where there is none.
    std::int64_t cycle(std::size_t row, std::optional<std::size_t> column) const {
        const auto value = number(row, column);
        if (std::isnan(value)) return -1;
        if (value < 0 || value > 1000 || value != std::floor(value))
            throw FormatError(table_.where(row, *column), detail::quoted(text(row, column)) + " is no cycle");
        return static_cast<std::int64_t>(value);
    }
    /// "A01" of any well up to AF48. \throws FormatError.
    std::string well(std::size_t row, std::size_t column) const {
        auto cell = text(row, column);
        if (cell.starts_with('<') && cell.ends_with('>')) cell = cell.substr(1, cell.size() - 2);
        auto name = well_name(cell, 26, 48);
        if (name.empty())
            throw FormatError(table_.where(row, column),
                              detail::quoted(table_.cell(row, column)) + " is not a well, as in A1");
        return name;
    }

    Numbers numbers;

private:
    const Table& table_;
};

}  // namespace microchim::reader
