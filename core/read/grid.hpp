// A sheet as comma-separated text, cell by cell: line n is row n.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace microchim::read {

class Grid {
public:
    static constexpr std::size_t most_rows = 1'048'576, most_columns = 16'384;  // Excel's own

    /// \throws std::runtime_error, as the others: when the text comes to more than `most` bytes
    explicit Grid(std::uint64_t most) : most_(most) {}

    /// Begins a row, counted from 1; further down than the last.
    void row(std::size_t line) {
        if (line > most_rows || line <= line_) throw std::runtime_error("its rows are out of order");
        if (line_) out_ += '\n';
        if (line > line_ + 1) out_.append(line - line_ - 1, '\n');
        check_size();
        line_ = line;
        column_ = written_ = 0;
    }

    /// A cell of that row, its column counted from 0; further right than the last.
    void cell(std::size_t column, std::string_view text) {
        if (column < column_) throw std::runtime_error("its cells are out of order");
        if (column >= most_columns) throw std::runtime_error("a row has too many cells");
        out_.append(column - written_, ',');
        written_ = column;
        add_quoted(text);
        column_ = column + 1;
        check_size();
    }

    /// Where the next row and cell are, where the file does not say.
    std::size_t next_row() const { return line_ + 1; }
    std::size_t next_column() const { return column_; }

    /// The text; empty where no cell says anything.
    std::string csv() {
        if (out_.find_first_not_of(",\n") == out_.npos) return {};
        out_ += '\n';
        return std::move(out_);
    }

private:
    void check_size() const {
        if (out_.size() >= most_) throw std::runtime_error("it unpacks to more than is allowed");
    }

    void add_quoted(std::string_view text) {
        if (text.find_first_of(",\"\r\n") == text.npos) {
            out_ += text;
            return;
        }
        out_ += '"';
        for (const char c : text) out_.append(c == '"' ? 2 : 1, c);
        out_ += '"';
    }

    const std::uint64_t most_;
    std::string out_;
    std::size_t line_ = 0, column_ = 0, written_ = 0;
};

/// The shortest digits that mean this number. Plain ones where that is readable: a sample may be called 100000.
inline std::string digits_of(double number) {
    const auto size = std::abs(number);
    const bool plain = size == 0 || (size >= 1e-5 && size < 1e17);
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, number,
                                   plain ? std::chars_format::fixed : std::chars_format::scientific);
    return {text, end.ptr};
}

}  // namespace microchim::read
