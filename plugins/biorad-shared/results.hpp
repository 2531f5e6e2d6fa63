// The result table of QuantaSoft, QuantaSoft Analysis Pro and QX Manager: one row per well and target. Their columns
// differ in spelling and order, not in meaning.
//
//   Well,...,Sample,TargetType,Target,Status,Concentration,...,Positives,Negatives,...,AcceptedDroplets,...,MergedWells
//   A01,...,Day 7,Ch1Unknown,SRY,OK,2.99,...,44,17278,...,17322,...,
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "microchim/reader.hpp"
#include "microchim/table.hpp"
#include "names.hpp"

namespace microchim::biorad {

using reader::FormatError;
using reader::not_stated;
using reader::Table;

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
    double threshold = not_stated, copies_per_ul = not_stated, low = not_stated, high = not_stated;
    bool saturated = false;  ///< every droplet positive: the file prints 1000000
};

/// The columns that Result takes; all others are kept as attributes.
struct Columns {
    std::size_t well, target, positives, accepted;
    std::optional<std::size_t> sample, type, role, status, reason, copies, high, low, negatives, threshold, dye, merged;

    explicit Columns(const Table& table)
        : well(table.require({"Well"})),
          target(table.require({"Target", "Assay"})),
          positives(table.require({"Positives"})),
          accepted(table.require({"AcceptedDroplets"})),
          sample(table.find({"Sample", "Sample description 1"})),
          type(table.find({"TargetType", "TypeAssay"})),
          role(table.find({"SampleType"})),
          status(table.find({"Status"})),
          reason(table.find({"Status Reason"})),
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
               c == reason || c == copies || c == high || c == low || c == negatives || c == threshold || c == dye ||
               c == merged;
    }
};

namespace detail {

/// "No Call" and the like are no number; "12x" is meant as one.
inline bool is_number(std::string_view cell) {
    return cell.find_first_of("0123456789") != std::string_view::npos;
}

/// A number of the vendor's own.
inline double vendor_number(const Table& table, std::size_t row, std::optional<std::size_t> column) {
    const bool number = column && is_number(table.cell(row, *column));
    return number ? table.number<double>(row, *column).value_or(not_stated) : not_stated;
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

/// The well, and the wells that a merged row pools.
inline void place(Result& r, const Table& table, const Columns& at) {
    const auto cell = reader::detail::trimmed(table.cell(r.row, at.well));
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

/// The program's words about a row: "CHECK, Droplet Count < 1000, No Call".
inline std::string words(const Result& r, const Table& table, const Columns& at) {
    std::string all;
    const auto add = [&](std::string_view word) {
        if (!word.empty()) all += (all.empty() ? "" : ", ") + std::string(word);
    };
    if (at.status) add(table.cell(r.row, *at.status));
    if (at.reason) add(table.cell(r.row, *at.reason));
    if (at.copies && std::isnan(r.copies_per_ul) && !is_number(table.cell(r.row, *at.copies)))
        add(table.cell(r.row, *at.copies));  // "No Call"
    if (r.saturated) add("saturated");
    return all;
}

inline void numbers(Result& r, const Table& table, const Columns& at) {
    r.accepted = count(table, r.row, at.accepted);
    r.positive = count(table, r.row, at.positives);
    const auto negatives = at.negatives ? count(table, r.row, *at.negatives) : r.accepted - r.positive;
    if (r.positive > r.accepted || negatives != r.accepted - r.positive)
        throw FormatError(table.where(r.row, at.positives),
                          std::to_string(r.positive) + " positives and " + std::to_string(negatives) +
                              " negatives do not make " + std::to_string(r.accepted) + " accepted droplets" +
                              (r.positive + negatives < r.accepted ? "; if the others are not classified, read the "
                                                                     "amplitude files without this table"
                                                                   : ""));
    r.threshold = vendor_number(table, r.row, at.threshold);
    if (r.threshold == 0) r.threshold = not_stated;  // 0 stands for clusters that were drawn by hand
    r.copies_per_ul = vendor_number(table, r.row, at.copies);
    r.low = vendor_number(table, r.row, at.low);
    r.high = vendor_number(table, r.row, at.high);
    // No droplet is negative: the concentration has no upper bound, and the file prints 1000000 for it.
    r.saturated = r.copies_per_ul == 1000000 || (r.accepted > 0 && r.positive == r.accepted);
    if (r.saturated) r.copies_per_ul = r.high = not_stated;
    r.status = words(r, table, at);
}

}  // namespace detail

/// A table and what its rows mean.
struct Results {
    std::size_t entry;  ///< of the bundle
    std::string file;
    Table table;
    Columns at;
    std::vector<Result> rows;
};

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

/// One row. `channel_of_dye` names the channel where the target type ("Ch1Unknown") does not.
/// \throws FormatError with line and column where a count is missing, is no number or does not add up.
template <class ChannelOfDye>
Result read_result(const Table& table, const Columns& at, std::size_t row, const ChannelOfDye& channel_of_dye) {
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
        r.channel = channel_of_dye(r.dye);
        r.role = at.role ? table.cell(row, *at.role) : type;
    }
    detail::numbers(r, table, at);
    return r;
}

/// What no two rows of a table share.
using RowKey = std::tuple<std::string, std::string_view, std::string, std::string_view>;

inline RowKey key(const Result& r) {
    return {r.well, r.target, r.channel, r.dye};
}

/// All rows. \throws FormatError also where a target stands twice in one channel of a well, a well has two samples, or
/// the file was cut off.
template <class ChannelOfDye>
Results read_results(std::size_t entry, std::string_view name, const std::string& text, char delimiter,
                     const ChannelOfDye& channel_of_dye) {
    const std::string file(name);
    Table table(file, text, delimiter);
    require_whole(file, text, table, delimiter);
    const Columns at(table);
    std::map<RowKey, std::size_t> seen;
    std::map<std::string, std::size_t> wells;
    std::vector<Result> results;
    for (std::size_t row = 0; row < table.size(); ++row) {
        auto r = read_result(table, at, row, channel_of_dye);
        const auto [first, fresh] = seen.try_emplace(key(r), row);
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
    return {entry, file, std::move(table), at, std::move(results)};
}

}  // namespace microchim::biorad
