// A delimited table whose every cell knows its address: lenient about headers, strict about cells.
//
// Columns are found by name, and what changes between releases of a program does not count: case,
// blanks, brackets, punctuation, and how a micro sign survived. Cells are views into one text that the
// table owns; quoted cells are unquoted in place. Line numbers are those of the file.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "microchim/reader.hpp"

namespace microchim::reader {

namespace detail {

inline std::string_view trimmed(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
    return s;
}

/// What a column name comes down to. Signs and '%' stay, because Ch1+Ch2- is not Ch1-Ch2+ and
/// a percentage is not a count; a character outside ASCII is a 'u', because the micro sign comes as
/// U+00B5, as U+03BC or destroyed, and "cp/uL" must find it while "cp/L" must not.
inline std::string normalised(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size();) {
        const char c = name[i];
        if (static_cast<unsigned char>(c) >= 0x80) {
            i += std::max<std::size_t>(1, character(name.substr(i, 4)));
            out += 'u';
            continue;
        }
        ++i;
        if (c >= 'A' && c <= 'Z') out += static_cast<char>(c | 0x20);
        else if (std::string_view(" \t\r\n_./\\()[]{},:;'\"|*").find(c) == std::string_view::npos) out += c;
    }
    return out;
}

/// 'text', shortened for a sentence and never cut inside a character.
inline std::string quoted(std::string_view s) {
    std::size_t end = 0;
    while (end < s.size() && end < 40) end += std::max<std::size_t>(1, character(s.substr(end, 4)));
    return "'" + std::string(s.substr(0, end)) + (end < s.size() ? "...'" : "'");
}

}  // namespace detail

class Table {
public:
    /// Takes the text of the file (see utf8()). `name` is the file's, for addresses. The header is the first
    /// line that is not blank after `skip_lines` lines. Line ends are LF, CRLF or CR; cells may be quoted with '"', and
    /// then hold delimiters, line ends and doubled quotes. Blank lines do not count. A row may lack cells at its
    /// end (not stated) and may have one empty cell too many (a trailing delimiter).
    /// Throws FormatError: no header, a quote left open, more cells than columns.
    Table(std::string name, std::string text, char delimiter, std::size_t skip_lines = 0)
        : name_(std::move(name)), text_(std::make_unique<std::string>(std::move(text))), delimiter_(delimiter) {
        at_ = text_->data();
        end_ = at_ + text_->size();
        for (; skip_lines > 0; --skip_lines) {
            while (at_ != end_ && *at_ != '\n' && *at_ != '\r') ++at_;
            line_end();
        }
        if (!next_row(header_))
            throw FormatError(name_ + ":" + std::to_string(line_),
                              "expected a line with column names, found the end of the file");
        header_line_ = row_line_;
        for (const auto column : header_) normalised_.push_back(detail::normalised(column));
        std::vector<std::string_view> row;
        while (next_row(row)) add(row);
    }

    /// Column names as written.
    const std::vector<std::string_view>& header() const { return header_; }
    /// Rows below the header.
    std::size_t size() const { return lines_.size(); }

    /// The column of the first of these names that the header has; nothing if it has none of them.
    /// Throws FormatError where two columns have that name.
    std::optional<std::size_t> find(std::initializer_list<std::string_view> names) const {
        for (const auto name : names) {
            const auto wanted = detail::normalised(name);
            const auto first = std::find(normalised_.begin(), normalised_.end(), wanted);
            if (first == normalised_.end()) continue;
            if (std::find(first + 1, normalised_.end(), wanted) != normalised_.end())
                throw FormatError(header_address(), "there are two columns " + detail::quoted(name) + "; expected one");
            return static_cast<std::size_t>(first - normalised_.begin());
        }
        return std::nullopt;
    }

    /// As find(), but a missing column is a FormatError that lists the columns there are.
    std::size_t require(std::initializer_list<std::string_view> names) const {
        if (const auto column = find(names)) return *column;
        std::string wanted, found;
        for (const auto name : names) wanted += (wanted.empty() ? "" : " or ") + detail::quoted(name);
        for (const auto column : header_) {
            if (found.size() > 600) break;
            found += (found.empty() ? "" : ", ") + detail::quoted(column);
        }
        throw FormatError(header_address(), "there is no column " + wanted + "; the columns are " + found);
    }

    /// The cell as written, without its quotes; empty where the row is short.
    std::string_view cell(std::size_t row, std::size_t column) const { return cells_[row * header_.size() + column]; }

    /// The number in a cell; nothing where the cell is empty or blank. Decimal point only, the whole cell, no
    /// thousands separator, no "inf" or "nan". Whole-number types take "12.0" too, as spreadsheets write it, but not
    /// "12.000", which may be thousands.
    /// Throws FormatError with the cell's address.
    template <class T>
    std::optional<T> number(std::size_t row, std::size_t column) const {
        const auto digits = detail::trimmed(cell(row, column));
        if (digits.empty()) return std::nullopt;
        T value{};
        const char* end = digits.data() + digits.size();
        auto [stop, fault] = std::from_chars(digits.data(), end, value);
        if constexpr (std::is_integral_v<T>) {
            if (thousands_or_decimals(digits))
                throw FormatError(where(row, column), detail::quoted(cell(row, column)) +
                                                          " may be thousands or decimals; expected a whole number");
            if (stop != end && *stop == '.') stop = std::find_if(stop + 1, end, [](char c) { return c != '0'; });
        } else if (!std::isfinite(value)) {
            fault = std::errc::invalid_argument;
        }
        if (stop == end && fault == std::errc{}) return value;
        throw FormatError(where(row, column), detail::quoted(cell(row, column)) + complaint<T>(digits, fault));
    }

    /// "run.csv:3, column 'Positives'"
    std::string where(std::size_t row, std::size_t column) const {
        const auto name = header_[column];
        return name_ + ":" + std::to_string(lines_[row]) + ", column " +
               (name.empty() ? std::to_string(column + 1) : detail::quoted(name));
    }

    /// Line of the file in which a row begins, from 1.
    std::size_t line(std::size_t row) const { return lines_[row]; }

private:
    /// "20.000" is twenty thousand to half of Europe; "20.0" and "0.000" are what they are.
    static bool thousands_or_decimals(std::string_view digits) {
        const auto point = digits.find('.');
        return point >= 1 && point <= 3 && digits[0] >= '1' && digits[0] <= '9' && digits.substr(point) == ".000";
    }

    template <class T>
    static const char* complaint(std::string_view digits, std::errc fault) {
        if (fault == std::errc::result_out_of_range) return " is beyond the range of numbers";
        double any = 0;
        const char* end = digits.data() + digits.size();
        const auto [stop, bad] = std::from_chars(digits.data(), end, any);
        const bool fraction = std::is_integral_v<T> && bad == std::errc{} && stop == end && std::isfinite(any);
        return fraction ? " is not a whole number" : " is not a number";
    }

    std::string header_address() const { return name_ + ":" + std::to_string(header_line_); }

    void line_end() {
        if (at_ == end_) return;
        if (*at_ == '\r' && at_ + 1 != end_ && at_[1] == '\n') ++at_;
        ++at_;
        ++line_;
    }

    std::string_view quoted_field() {
        const auto opened = line_;
        char* const begin = ++at_;
        char* out = begin;
        for (;; ++at_) {
            if (at_ == end_)
                throw FormatError(name_ + ":" + std::to_string(opened), "the quote that opens here is never closed");
            const bool last = at_ + 1 == end_;
            if (*at_ == '"') {
                ++at_;
                if (last || *at_ != '"') break;  // a doubled quote is one quote, a single one closes
            } else if (*at_ == '\n' || (*at_ == '\r' && (last || at_[1] != '\n'))) {
                ++line_;
            }
            *out++ = *at_;
        }
        while (at_ != end_ && *at_ == ' ' && delimiter_ != ' ') ++at_;
        if (at_ != end_ && *at_ != delimiter_ && *at_ != '\n' && *at_ != '\r')
            throw FormatError(name_ + ":" + std::to_string(line_), "there is text after a closing quote");
        return {begin, static_cast<std::size_t>(out - begin)};
    }

    std::string_view field() {
        if (at_ != end_ && *at_ == '"') return quoted_field();
        char* const begin = at_;
        while (at_ != end_ && *at_ != delimiter_ && *at_ != '\n' && *at_ != '\r') ++at_;
        return {begin, static_cast<std::size_t>(at_ - begin)};
    }

    /// The next row that says anything; false at the end.
    bool next_row(std::vector<std::string_view>& row) {
        while (at_ != end_) {
            row.clear();
            row_line_ = line_;
            row.push_back(field());
            while (at_ != end_ && *at_ == delimiter_) {
                ++at_;
                row.push_back(field());
            }
            line_end();
            for (const auto cell : row)
                if (!detail::trimmed(cell).empty()) return true;
        }
        return false;
    }

    void add(std::vector<std::string_view>& row) {
        const auto width = header_.size();
        if (row.size() == width + 1 && detail::trimmed(row.back()).empty()) row.pop_back();
        if (row.size() > width)
            throw FormatError(name_ + ":" + std::to_string(row_line_), "there are " + std::to_string(row.size()) +
                                                                           " cells in this line, but only " +
                                                                           std::to_string(width) + " columns");
        row.resize(width);
        cells_.insert(cells_.end(), row.begin(), row.end());
        lines_.push_back(row_line_);
    }

    std::string name_;
    std::unique_ptr<std::string> text_;  // on the heap: views stay valid when the table is moved
    char delimiter_;
    char *at_ = nullptr, *end_ = nullptr;
    std::size_t line_ = 1, row_line_ = 1, header_line_ = 1;
    std::vector<std::string_view> header_, cells_;
    std::vector<std::string> normalised_;
    std::vector<std::size_t> lines_;
};

}  // namespace microchim::reader
