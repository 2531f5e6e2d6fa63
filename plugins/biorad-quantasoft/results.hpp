// The result table: one row per well and target, in any of three dialects.
//
//   old:           Well,ExptType,Experiment,Sample,TypeAssay,Assay,Status,Concentration,...    44 columns
//   1.7:           Well,ExptType,Experiment,Sample,TargetType,Target,Status,Concentration,...  63 columns
//   Analysis Pro:  Well,Sample,Target,Conc(copies/uL),Status,Experiment,SampleType,...         65 columns
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "dialect.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::quantasoft {

using reader::FormatError;
using reader::Table;

/// "A01" of "A1", "a01" or "A01"; empty for what is no well of a 96-well plate. These instruments have no other.
inline std::string well_name(std::string_view text) {
    if (text.size() < 2 || text.size() > 3) return {};
    const char row = static_cast<char>(text[0] & ~0x20);
    int column = 0;
    const char* end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data() + 1, end, column);
    if (row < 'A' || row > 'H' || fault != std::errc{} || stop != end || column < 1 || column > 12) return {};
    return std::string{row, static_cast<char>('0' + column / 10), static_cast<char>('0' + column % 10)};
}

/// A row as the file means it. Views belong to the table.
struct Result {
    std::size_t row = 0;  ///< of the table
    std::string well;     ///< "A01"; as written for a merged row
    std::string_view sample, target, dye;
    std::string_view role;  ///< "Unknown", "Reference", "NTC" ...
    std::string channel;    ///< "1", "2", or empty
    std::string members;    ///< "B01,C01": the wells of a merged row, where it says them
    bool pooled = false;    ///< a merged row
    std::string status;
    std::int64_t accepted = 0, positive = 0;
    double threshold = reader::not_stated, copies_per_ul = reader::not_stated;
    double low = reader::not_stated, high = reader::not_stated;
    bool saturated = false;  ///< every droplet positive: the file prints 1000000
};

/// The columns that Result takes; all others are kept as attributes.
struct Columns {
    std::size_t well, target, positives, accepted;
    std::optional<std::size_t> sample, type, role, status, copies, high, low, negatives, threshold, dye, merged;

    explicit Columns(const Table& table)
        : well(table.require({"Well"})),
          target(table.require({"Target", "Assay"})),
          positives(table.require({"Positives"})),
          accepted(table.require({"AcceptedDroplets"})),
          sample(table.find({"Sample"})),
          type(table.find({"TargetType", "TypeAssay"})),
          role(table.find({"SampleType"})),
          status(table.find({"Status"})),
          copies(table.find({"Concentration", "Conc(copies/uL)"})),
          high(table.find({"PoissonConfMax"})),
          low(table.find({"PoissonConfMin"})),
          negatives(table.find({"Negatives"})),
          threshold(table.find({"Threshold", "Threshold1"})),
          dye(table.find({"DyeName(s)"})),
          merged(table.find({"MergedWells"})) {}

    /// Whether a column is said in full by Result. Types and roles are not: "Reference" is no sample type.
    bool taken(std::size_t c) const {
        return c == well || c == target || c == positives || c == accepted || c == sample || c == status ||
               c == copies || c == high || c == low || c == negatives || c == threshold || c == dye || c == merged;
    }
};

namespace detail {

/// A number of the vendor's own. "No Call" and the like are no number; "12x" is a fault.
inline double vendor_number(const Table& table, std::size_t row, std::optional<std::size_t> column) {
    const bool number = column && table.cell(row, *column).find_first_of("0123456789") != std::string_view::npos;
    return number ? table.number<double>(row, *column).value_or(reader::not_stated) : reader::not_stated;
}

inline std::int64_t count(const Table& table, std::size_t row, std::size_t column) {
    const auto value = table.number<std::int64_t>(row, column);
    if (!value)
        throw FormatError(table.where(row, column),
                          "a count is missing; the file may have been cut off, export it again");
    if (*value < 0) throw FormatError(table.where(row, column), "a count below zero");
    return *value;
}

/// "(B01,C01)" to "B01,C01".
inline std::string members(std::string_view cell) {
    std::string list;
    for (const char c : cell) {
        if (c == '(' || c == ')' || c == '[' || c == ']' || c == ' ') continue;
        list += c == ';' ? ',' : c;
    }
    return list;
}

/// Channel 1 of the two-colour droplet readers takes FAM or EvaGreen, channel 2 HEX or VIC (Analysis Pro names
/// only the dye). Any other dye, or several: not derivable.
inline std::string channel_of_dye(std::string_view dye) {
    if (dye == "FAM" || dye == "EvaGreen") return "1";
    if (dye == "HEX" || dye == "VIC") return "2";
    return {};
}

/// The well, and the wells that a merged row pools.
inline void place(Result& r, const Table& table, const Columns& at) {
    const auto cell = table.cell(r.row, at.well);
    if (at.merged) r.members = members(table.cell(r.row, *at.merged));
    if (r.members == cell) r.members.clear();  // a well alone is not pooled
    for (std::size_t begin = 0, end = 0; end < r.members.size(); begin = end + 1) {
        end = std::min(r.members.find(',', begin), r.members.size());
        if (well_name(r.members.substr(begin, end - begin)).empty())
            throw FormatError(table.where(r.row, *at.merged), "'" + r.members + "' is not a list of wells");
    }
    r.pooled = !r.members.empty() || cell.starts_with('M');
    r.well = r.pooled ? std::string(cell) : well_name(cell);
    if (r.well.empty())
        throw FormatError(table.where(r.row, at.well), "'" + std::string(cell) + "' is not a well, A01 to H12");
}

inline void numbers(Result& r, const Table& table, const Columns& at) {
    r.accepted = count(table, r.row, at.accepted);
    r.positive = count(table, r.row, at.positives);
    const auto negatives = at.negatives ? count(table, r.row, *at.negatives) : r.accepted - r.positive;
    if (r.positive > r.accepted || negatives != r.accepted - r.positive)
        throw FormatError(table.where(r.row, at.positives), std::to_string(r.positive) + " positives and " +
                                                                std::to_string(negatives) + " negatives do not make " +
                                                                std::to_string(r.accepted) + " accepted droplets");
    r.threshold = vendor_number(table, r.row, at.threshold);
    if (r.threshold == 0) r.threshold = reader::not_stated;  // 0 stands for clusters that were drawn by hand
    r.copies_per_ul = vendor_number(table, r.row, at.copies);
    r.low = vendor_number(table, r.row, at.low);
    r.high = vendor_number(table, r.row, at.high);

    if (at.status) r.status = table.cell(r.row, *at.status);
    std::string word;
    if (at.copies && std::isnan(r.copies_per_ul)) word = table.cell(r.row, *at.copies);  // "No Call"
    // No droplet is negative: the concentration has no upper bound, and the file prints 1000000 for it.
    r.saturated = r.copies_per_ul == 1000000 || (r.accepted > 0 && r.positive == r.accepted);
    if (r.saturated) {
        word = "saturated";
        r.copies_per_ul = r.high = reader::not_stated;
    }
    if (!word.empty()) r.status += (r.status.empty() ? "" : ", ") + word;
}

}  // namespace detail

/// A file that was cut off inside its last line must not pass for a whole one. Rows natively lack MergedWells where
/// that is the last column; anything shorter is a fault. \throws FormatError naming the line.
inline void require_whole(const std::string& file, std::string_view text, const Table& table, char delimiter) {
    if (table.size() == 0)
        throw FormatError(file,
                          "there is no well below the column names; the file may have been cut off, export it again");
    if (text.ends_with('\n') || text.ends_with('\r')) return;
    const auto line = text.substr(text.find_last_of("\r\n") + 1);
    std::size_t cells = 1;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == delimiter && !quoted) ++cells;
    }
    const auto expected = table.header().size() - (table.header().back() == "MergedWells" ? 1 : 0);
    if (cells < expected)
        throw FormatError(file + ":" + std::to_string(table.line(table.size() - 1)),
                          "the last line has " + std::to_string(cells) + " cells, not " + std::to_string(expected) +
                              "; the file was cut off, export it again");
}

/// One row. \throws FormatError with line and column where a count is missing, is no number or does not add up.
inline Result read_result(const Table& table, const Columns& at, std::size_t row) {
    Result r;
    r.row = row;
    r.target = table.cell(row, at.target);
    if (at.sample) r.sample = table.cell(row, *at.sample);
    detail::place(r, table, at);
    if (at.dye) r.dye = table.cell(row, *at.dye);
    const auto type = at.type ? table.cell(row, *at.type) : std::string_view{};
    if (type.size() > 2 && type.starts_with("Ch") && type[2] >= '1' && type[2] <= '9') {  // "Ch1Unknown"
        r.channel = type.substr(2, 1);
        r.role = type.substr(3);
    } else {
        r.channel = detail::channel_of_dye(r.dye);
        r.role = at.role ? table.cell(row, *at.role) : type;
    }
    detail::numbers(r, table, at);
    return r;
}

/// All rows. \throws FormatError also where a target stands twice in one channel of a well, or a well has two samples.
inline std::vector<Result> read_results(const Table& table, const Columns& at) {
    std::map<std::tuple<std::string, std::string_view, std::string, std::string_view>, std::size_t> seen;
    std::map<std::string, std::size_t> wells;
    std::vector<Result> results;
    for (std::size_t row = 0; row < table.size(); ++row) {
        auto r = read_result(table, at, row);
        const auto [first, fresh] = seen.try_emplace({r.well, r.target, r.channel, r.dye}, row);
        if (!fresh)
            throw FormatError(table.where(row, at.target), r.well + " has target '" + std::string(r.target) +
                                                               "' twice in the same channel, also in line " +
                                                               std::to_string(table.line(first->second)));
        const auto other = r.pooled ? row : wells.try_emplace(r.well, row).first->second;
        if (at.sample && table.cell(other, *at.sample) != r.sample)
            throw FormatError(table.where(row, *at.sample), r.well + " holds two samples, '" + std::string(r.sample) +
                                                                "' and in line " + std::to_string(table.line(other)) +
                                                                " '" + std::string(table.cell(other, *at.sample)) +
                                                                "'");
        results.push_back(std::move(r));
    }
    return results;
}

}  // namespace microchim::quantasoft
