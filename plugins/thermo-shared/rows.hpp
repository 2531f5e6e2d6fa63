// A table inside a grid: columns by name, numbers as the file writes them, every cell with its address.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>

#include "grid.hpp"
#include "microchim/numbers.hpp"

namespace microchim::thermo {

using reader::Numbers;

/// A column name without what differs between releases: the Cyrillic letter in "Cт", "Δ" for "Delta", case, blanks.
inline std::string canonical(std::string_view name) {
    std::string plain;
    for (std::size_t i = 0; i < name.size();) {
        const auto rest = name.substr(i);
        if (rest.starts_with("\xD1\x82")) plain += 't', i += 2;
        else if (rest.starts_with("\xCE\x94")) plain += "delta", i += 2;
        else if (rest.starts_with("\xE2\x88\x86")) plain += "delta", i += 3;
        else plain += name[i++];
    }
    return reader::detail::normalised(plain);
}

/// Where a table stands: its header and the rows below.
struct Section {
    std::string name;
    std::shared_ptr<const Grid> grid;
    std::size_t header = 0, begin = 0, end = 0;
    std::size_t entry = 0;  ///< of the bundle
};

using Column = std::optional<std::size_t>;

class Rows {
public:
    Rows(const Section& section, const Numbers& numbers) : section_(section), numbers_(numbers) {
        for (std::size_t c = 0; c < section.grid->width(section.header); ++c) {
            header_.push_back(section.grid->cell(section.header, c));
            names_.push_back(canonical(header_.back()));
        }
    }

    const std::vector<std::string_view>& header() const { return header_; }
    std::size_t size() const { return section_.end - section_.begin; }
    std::string_view cell(std::size_t row, std::size_t column) const {
        return section_.grid->cell(section_.begin + row, column);
    }
    std::string_view cell(std::size_t row, Column column) const { return column ? cell(row, *column) : ""; }

    /// The first column with the first of these names that there is: some exports repeat columns at their end.
    Column find(std::initializer_list<std::string_view> names) const {
        for (const auto name : names) {
            const auto wanted = canonical(name);
            const auto found = std::find(names_.begin(), names_.end(), wanted);
            if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
        }
        return std::nullopt;
    }
    /// As find(), and remembered as used.
    Column use(std::initializer_list<std::string_view> names) {
        const auto column = find(names);
        if (column) used_.push_back(*column);
        return column;
    }
    void release(std::size_t column) { std::erase(used_, column); }
    bool used(std::size_t column) const { return std::find(used_.begin(), used_.end(), column) != used_.end(); }

    /// Nothing for a blank and the words for none ("N/A", "-", "Undetermined", "(Auto)"). \throws FormatError for
    /// anything else that is no number.
    std::optional<double> number(std::size_t row, Column column) const {
        const auto text = cell(row, column);
        if (text.empty()) return std::nullopt;
        if (const auto value = numbers_.parse(text)) return value;
        if (reader::says_no_cq(text) || canonical(text) == "auto") return std::nullopt;
        return numbers_.read(text, where(row, *column));
    }
    double number_or_not_stated(std::size_t row, Column column) const {
        return number(row, column).value_or(reader::not_stated);
    }
    std::int64_t whole(std::size_t row, Column column) const {
        const auto value = number(row, column);
        if (!value) return -1;
        if (*value != std::floor(*value) || *value < 0 || *value > 1e6)
            throw FormatError(where(row, *column),
                              reader::detail::quoted(cell(row, column)) + " is not a whole number");
        return static_cast<std::int64_t>(*value);
    }

    std::string where(std::size_t row, std::size_t column) const {
        const auto name = column < header_.size() ? header_[column] : std::string_view{};
        return section_.grid->address(section_.begin + row) + ", column " +
               (name.empty() ? std::to_string(column + 1) : reader::detail::quoted(name));
    }
    /// Cells beyond the last name: a delimiter inside of an unquoted cell has moved those behind it.
    /// \throws FormatError.
    void require_fitting() const {
        for (std::size_t row = 0; row < size(); ++row)
            if (const auto cells = section_.grid->width(section_.begin + row); cells > header_.size())
                throw FormatError(section_.grid->address(section_.begin + row),
                                  "there are " + std::to_string(cells) + " cells in this line, but only " +
                                      std::to_string(header_.size()) + " columns");
    }
    std::string header_address() const { return section_.grid->address(section_.header); }

private:
    const Section& section_;
    const Numbers& numbers_;
    std::vector<std::string_view> header_;
    std::vector<std::string> names_;
    std::vector<std::size_t> used_;
};

/// Columns of words: what looks like a number there says nothing about how the file writes numbers.
inline bool holds_words(std::string_view column) {
    const auto name = canonical(column);
    for (const auto* word : {"well", "sample", "target", "group", "color", "task", "reporter", "quencher", "comment",
                             "custom", "assay", "detector", "name", "plate", "type"})
        if (name.find(word) != name.npos) return true;
    return false;
}

/// The names of the columns that hold a Cq.
inline bool holds_cq(std::string_view column) {
    const auto name = canonical(column);
    for (const auto* word : {"ct", "crt", "cq", "eqct", "allele1ct", "allele2ct", "allele1crt", "allele2crt"})
        if (name == word) return true;
    return false;
}

/// Learns from a table what the comma means. Between commas it can still be decimal: in quoted cells.
inline void learn(Numbers& numbers, const Section& section) {
    const auto& grid = *section.grid;
    const auto last = std::min(section.end, section.begin + 2000);
    for (std::size_t c = 0; c < grid.width(section.header); ++c) {
        const auto name = grid.cell(section.header, c);
        if (holds_words(name)) continue;
        for (std::size_t row = section.begin; row < last; ++row) {
            const auto cell = grid.cell(row, c);
            if (holds_cq(name)) numbers.learn_cq(cell);
            else numbers.learn(cell);
        }
    }
}

}  // namespace microchim::thermo
