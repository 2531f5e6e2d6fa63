// The table of a reaction's partitions: two columns a target, end point and score, one partition a line.
//
//   SRY⇥SRY⇥RPP30⇥RPP30
//   2019.9⇥n⇥1308.9⇥p        p positive, n negative, u not scored, e excluded
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/decimal.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::rdml {

using reader::FormatError;

/// How often each score stands in a column.
struct Scores {
    std::int64_t positive = 0, negative = 0, unscored = 0, excluded = 0;
};

struct Column {
    std::string target;
    std::vector<float> fluorescence;     ///< of the partitions that are not excluded
    std::vector<std::uint8_t> positive;  ///< 0, 1, or 2 for unscored
    Scores scores;                       ///< of all partitions

    bool scored() const { return scores.positive + scores.negative > 0; }
};

struct PartitionTable {
    std::vector<Column> columns;
    std::int64_t excluded = 0;  ///< partitions that are excluded for every target
};

/// The targets of the columns; empty for what is no such table. TABs are the rule, commas the schema's slip of the pen.
inline std::vector<std::string> partition_header(std::string_view line) {
    const char delimiter = line.find('\t') != line.npos ? '\t' : ',';
    std::vector<std::string> cells, targets;
    for (std::size_t begin = 0; begin <= line.size();) {
        const auto end = std::min(line.find(delimiter, begin), line.size());
        cells.emplace_back(reader::detail::trimmed(line.substr(begin, end - begin)));
        begin = end + 1;
    }
    if (cells.size() % 2 != 0) return {};
    for (std::size_t i = 0; i < cells.size(); i += 2) {
        if (cells[i].empty() || cells[i] != cells[i + 1]) return {};
        targets.push_back(cells[i]);
    }
    return targets;
}

/// For probes: a header of pairs, and below it a number and a score, or nothing in the folder partitions.
inline bool is_partition_table(std::string_view name, std::string_view bytes) {
    const auto head = reader::head(bytes, 4096);
    if (head.empty() || partition_header(reader::line(head, 0)).empty()) return false;
    const auto second = reader::line(head, 1);
    if (second.empty()) return name.find("partitions/") != name.npos;
    const char *at = second.data(), *end = at + second.size();
    float value = 0;
    return reader::read_float(at, end, value) && end - at >= 2 && (*at == '\t' || *at == ',') &&
           std::string_view("upne").find(at[1]) != std::string_view::npos;
}

namespace detail {

/// Reads the lines below the header.
class Rows {
public:
    Rows(std::string file, std::string_view text, char delimiter, PartitionTable& table)
        : file_(std::move(file)), at_(text.data()), end_(at_ + text.size()), delimiter_(delimiter), table_(table) {
        values_.resize(table.columns.size());
        scores_.resize(table.columns.size());
    }

    void read() {
        while (line_end(), at_ != end_) row();
    }

private:
    [[noreturn]] void fail(std::size_t column, const std::string& what) const {
        throw FormatError(file_ + ":" + std::to_string(line_) + ", column '" + table_.columns[column].target + "'",
                          what);
    }

    void line_end() {
        while (at_ != end_ && (*at_ == '\n' || *at_ == '\r')) {
            if (*at_ == '\r' && at_ + 1 != end_ && at_[1] == '\n') ++at_;
            ++at_, ++line_;
        }
    }

    bool at_line_end() const { return at_ == end_ || *at_ == '\n' || *at_ == '\r'; }

    void row() {
        bool all_excluded = true;
        std::size_t without_number = values_.size();
        for (std::size_t c = 0; c < values_.size(); ++c) {
            if (c > 0) delimiter(c);
            if (!reader::read_float(at_, end_, values_[c])) {
                without_number = c;
                while (!at_line_end() && *at_ != delimiter_) ++at_;
            }
            delimiter(c);
            scores_[c] = at_line_end() ? '\0' : static_cast<char>(*at_++ | 0x20);
            if (std::string_view("upne").find(scores_[c]) == std::string_view::npos ||
                !(at_line_end() || *at_ == delimiter_))
                fail(c, "expected a score: u, p, n or e; the table may have been cut off");
            all_excluded = all_excluded && scores_[c] == 'e';
        }
        if (!at_line_end() && *at_ == delimiter_) ++at_;  // a trailing one
        if (!at_line_end()) fail(values_.size() - 1, "there are more cells in this line than columns");
        if (without_number < values_.size() && !all_excluded)
            fail(without_number, "a partition without a number for its fluorescence");
        table_.excluded += all_excluded;
        for (std::size_t c = 0; c < values_.size(); ++c) add(table_.columns[c], values_[c], scores_[c], all_excluded);
    }

    void delimiter(std::size_t column) {
        if (at_line_end()) fail(column, "the line ends here, in the middle; the table may have been cut off");
        if (*at_ != delimiter_) fail(column, "expected a number and a score, separated by TABs");
        ++at_;
    }

    static void add(Column& column, float value, char score, bool left_out) {
        column.scores.positive += score == 'p';
        column.scores.negative += score == 'n';
        column.scores.unscored += score == 'u';
        column.scores.excluded += score == 'e';
        if (left_out) return;
        column.fluorescence.push_back(value);
        column.positive.push_back(score == 'p' ? 1 : score == 'n' ? 0 : 2);
    }

    std::string file_;
    const char *at_, *end_;
    char delimiter_;
    std::size_t line_ = 1;
    PartitionTable& table_;
    std::vector<float> values_;
    std::vector<char> scores_;
};

}  // namespace detail

/// \throws FormatError with file, line and column for anything that is not as above.
inline PartitionTable read_partition_table(std::string_view name, std::string_view bytes) {
    const std::string file(name);
    std::string converted;
    const bool marked =
        bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xEF\xBB\xBF");
    if (marked) bytes = converted = reader::utf8(bytes);
    const auto header_end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    if (header_end == 0) throw FormatError(file + ":1", "the table of partitions is empty");
    const auto header = reader::utf8(bytes.substr(0, header_end));
    const auto targets = partition_header(header);
    if (targets.empty() || targets.size() > 64)
        throw FormatError(file + ":1", "expected every target's id twice, separated by TABs, and at most 64 targets");
    PartitionTable table;
    const auto lines = std::min(static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n')),
                                bytes.size() / (4 * targets.size()));  // a cell pair takes four bytes at least
    for (const auto& target : targets) {
        for (const auto& column : table.columns)
            if (column.target == target)
                throw FormatError(file + ":1",
                                  "target " + reader::detail::quoted(target) + " has more than two columns");
        table.columns.push_back({target, {}, {}, {}});
        table.columns.back().fluorescence.reserve(lines);
        table.columns.back().positive.reserve(lines);
    }
    const char delimiter = header.find('\t') != header.npos ? '\t' : ',';
    detail::Rows(file, bytes.substr(header_end), delimiter, table).read();
    return table;
}

}  // namespace microchim::rdml
