// One RDES table: seven columns that say what is in a well, then a column for each cycle or each temperature.
//
//   Well  Sample  Sample Type  Target  Target Type  Dye   Cq     1      2      3
//   A1    day 7   unkn         SRY     toi          FAM   27.35  668.4  644.8  659.7
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/numbers.hpp"
#include "microchim/raw_table.hpp"
#include "microchim/reactions.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::rdes {

using reader::FormatError;
using reader::not_stated;
using reader::Table;

enum class Kind { amplification, melt };

/// Nothing for a table that is not RDES: it must have all seven columns, as the standard wants.
inline std::optional<Kind> kind_of(std::string_view bytes) {
    const auto text = reader::head(bytes);
    const auto line = reader::line(text, 0);
    std::vector<std::string> names;
    for (const auto& cell : reader::cells_of(line, reader::delimiter(line)))
        names.push_back(reader::detail::normalised(cell));
    static constexpr std::array wanted{"well", "sample", "sampletype", "target", "targettype", "dye"};
    for (const auto* name : wanted)
        if (std::find(names.begin(), names.end(), name) == names.end()) return std::nullopt;
    for (const auto& name : names) {
        if (name == "cq") return Kind::amplification;
        if (name == "tm") return Kind::melt;
    }
    return std::nullopt;
}

struct Row {
    std::size_t row = 0;
    std::string well, position;  ///< of a machine without a plate: the number as written
    std::string sample, target, target_type, dye, tm;
    std::int32_t type = MICROCHIM_UNKN;
    double cq = not_stated;
    std::int32_t amplified = -1;
    std::vector<float> values;  ///< of a cycle that was not read: NaN

    auto key() const { return std::tie(well, target, dye); }
    bool same_content(const Row& other) const { return sample == other.sample && type == other.type; }
};

struct File {
    std::size_t entry = 0;
    std::string path;
    Kind kind = Kind::amplification;
    std::optional<Table> table;
    std::vector<Row> rows;
    std::vector<float> temperatures;
    std::vector<bool> taken;  ///< columns that are said in full by rows
};

namespace detail {

inline std::int32_t sample_type(const Table& table, std::size_t row, std::size_t column) {
    static constexpr std::array words{"unkn", "ntc", "nac", "std", "ntp", "nrt", "pos", "opt"};
    static constexpr std::array types{MICROCHIM_UNKN, MICROCHIM_NTC, MICROCHIM_NAC, MICROCHIM_STD,
                                      MICROCHIM_NTP,  MICROCHIM_NRT, MICROCHIM_POS, MICROCHIM_OPT};
    const auto word = reader::detail::normalised(table.cell(row, column));
    if (word.empty()) return MICROCHIM_UNKN;
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == word) return types[i];
    throw FormatError(table.where(row, column), "there is no sample type " +
                                                    reader::detail::quoted(table.cell(row, column)) +
                                                    "; expected unkn, ntc, nac, std, ntp, nrt, pos or opt");
}

/// Row (0: none) and number of "B7" or "7"; nothing for anything else.
struct Place {
    std::int64_t row = 0, number = 0;
};

inline std::optional<Place> place(std::string_view cell) {
    cell = reader::detail::trimmed(cell);
    Place place;
    std::size_t letters = 0;
    for (; letters < cell.size() && letters < 2; ++letters) {
        const char upper = static_cast<char>(cell[letters] & ~0x20);
        if (upper < 'A' || upper > 'Z') break;
        place.row = place.row * 26 + (upper - 'A' + 1);
    }
    const char* end = cell.data() + cell.size();
    const auto [stop, fault] = std::from_chars(cell.data() + letters, end, place.number);
    if (fault != std::errc{} || stop != end || place.number < 1) return std::nullopt;
    return place;
}

/// Whether wells are places on a rotor: the standard writes numbers for them, or numbers behind an A, which then go
/// beyond the columns of any plate.
inline bool is_rotor(const Table& table, std::size_t well) {
    bool numbers = true, beyond = false;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto at = place(table.cell(row, well));
        if (!at || at->row > 1) return false;
        numbers = numbers && at->row == 0;
        beyond = beyond || at->number > 24;
    }
    return numbers || beyond;
}

/// "A01" of "A1"; of a place on a rotor the well that has its number on a plate of 12 columns.
inline std::string well_name(std::string_view cell, bool rotor) {
    const auto at = place(cell);
    if (!at) return {};
    if (rotor) return reader::numbered_well(at->number, 12);
    if (at->row < 1 || at->row > 32 || at->number > 48) return {};
    return reader::numbered_well((at->row - 1) * 48 + at->number, 48);
}

/// Columns whose name is a number: the cycles or the temperatures.
struct Points {
    std::vector<std::size_t> columns;
    std::vector<double> at;
};

inline Points points(const Table& table, const reader::Numbers& numbers) {
    Points found;
    for (std::size_t c = 0; c < table.header().size(); ++c)
        if (const auto number = numbers.parse(table.header()[c]); number && std::abs(*number) <= 1000) {
            found.columns.push_back(c);
            found.at.push_back(*number);
        }
    return found;
}

inline reader::Numbers numbers_of(const Table& table, std::size_t first) {
    reader::Numbers numbers;
    for (std::size_t c = first; c < table.header().size(); ++c) {
        numbers.learn(table.header()[c]);
        for (std::size_t row = 0; row < table.size(); ++row)
            if (c == first) numbers.learn_cq(table.cell(row, c));
            else numbers.learn(table.cell(row, c));
    }
    return numbers;
}

}  // namespace detail

/// \throws FormatError with line and column.
class Reading {
public:
    Reading(std::size_t entry, std::string_view path, std::string_view bytes, Kind kind)
        : file_{entry, std::string(path), kind, open(path, bytes), {}, {}, {}},
          table_(*file_.table),
          well_(table_.require({"Well"})),
          sample_(table_.require({"Sample"})),
          type_(table_.require({"Sample Type"})),
          target_(table_.require({"Target"})),
          target_type_(table_.require({"Target Type"})),
          dye_(table_.require({"Dye"})),
          result_(table_.require({kind == Kind::melt ? "Tm" : "Cq"})),
          numbers_(detail::numbers_of(table_, result_)),
          points_(detail::points(table_, numbers_)),
          rotor_(detail::is_rotor(table_, well_)) {
        file_.taken.assign(table_.header().size(), false);
        for (const auto c : {well_, sample_, type_, target_, target_type_, dye_, result_}) file_.taken[c] = true;
        for (const auto c : points_.columns) file_.taken[c] = true;
    }

    File read() && {
        if (file_.kind == Kind::melt) file_.temperatures.assign(points_.at.begin(), points_.at.end());
        std::map<std::tuple<std::string, std::string, std::string>, std::size_t> seen;
        for (std::size_t row = 0; row < table_.size(); ++row) {
            file_.rows.push_back(read_row(row));
            const auto [first, fresh] = seen.try_emplace(file_.rows.back().key(), row);
            if (!fresh)
                throw FormatError(table_.where(row, well_), "this well has the target twice, also in line " +
                                                                std::to_string(table_.line(first->second)));
        }
        return std::move(file_);
    }

private:
    static Table open(std::string_view path, std::string_view bytes) {
        auto text = reader::utf8(bytes);
        const char delimiter = reader::delimiter(reader::line(text, 0));
        Table table(std::string(path), text, delimiter);
        reader::require_uncut(std::string(path), text, table, delimiter);
        return table;
    }

    std::string text(std::size_t row, std::size_t column) const {
        return std::string(reader::detail::trimmed(table_.cell(row, column)));
    }

    Row read_row(std::size_t row) const {
        Row r;
        r.row = row;
        r.well = detail::well_name(table_.cell(row, well_), rotor_);
        if (rotor_) r.position = text(row, well_);
        if (r.well.empty())
            throw FormatError(table_.where(row, well_),
                              reader::detail::quoted(table_.cell(row, well_)) + " is not a well, as in A1");
        r.sample = text(row, sample_), r.target = text(row, target_), r.dye = text(row, dye_);
        r.type = detail::sample_type(table_, row, type_);
        r.target_type = text(row, target_type_);
        if (!r.target_type.empty() && r.target_type != "toi" && r.target_type != "ref")
            throw FormatError(table_.where(row, target_type_),
                              reader::detail::quoted(r.target_type) + " is not a target type; expected toi or ref");
        if (file_.kind == Kind::melt) r.tm = text(row, result_);
        else read_cq(r);
        read_values(r);
        return r;
    }

    /// A Cq below zero stands for one that was looked for in vain, and so do words; a blank says nothing.
    void read_cq(Row& r) const {
        const auto cell = reader::detail::trimmed(table_.cell(r.row, result_));
        if (!cell.empty() && reader::says_no_cq(cell)) {
            r.amplified = 0;
            return;
        }
        if (const auto cq = numbers_.read(table_.cell(r.row, result_), table_.where(r.row, result_))) {
            if (*cq > reader::most_cq)
                throw FormatError(table_.where(r.row, result_), reader::detail::quoted(cell) + " is no cycle");
            r.amplified = *cq > 0;
            if (*cq > 0) r.cq = *cq;
        }
    }

    void read_values(Row& r) const {
        for (std::size_t i = 0; i < points_.columns.size(); ++i) {
            const auto c = points_.columns[i];
            const auto where = table_.where(r.row, c);
            const auto cell = table_.cell(r.row, c);
            const auto read = reader::says_no_cq(cell) ? std::nullopt : numbers_.read(cell, where);
            if (read && std::abs(*read) > std::numeric_limits<float>::max())
                throw FormatError(where, "this value is beyond the range of numbers");
            const auto value = read ? static_cast<float>(*read) : std::numeric_limits<float>::quiet_NaN();
            if (file_.kind == Kind::melt) {
                r.values.push_back(value);
                continue;
            }
            if (points_.at[i] != std::floor(points_.at[i]) || points_.at[i] < 1 || points_.at[i] > 1000)
                throw FormatError(where, "the column's name is not a cycle, 1 to 1000");
            if (read) reader::Reaction::set(r.values, static_cast<std::int64_t>(points_.at[i]), value, where);
        }
    }

    File file_;
    const Table& table_;
    std::size_t well_, sample_, type_, target_, target_type_, dye_, result_;
    reader::Numbers numbers_;
    detail::Points points_;
    bool rotor_;
};

}  // namespace microchim::rdes
