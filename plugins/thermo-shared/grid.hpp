// The cells of a delimited text, row by row, whatever tables stand in it: the exports of Applied Biosystems put several
// of them, and lines without columns, into one file.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"

namespace microchim::thermo {

using reader::FormatError;
using reader::detail::trimmed;

class Grid {
public:
    /// \throws FormatError where a quote is never closed (comma or semicolon; in TAB files quotes end with their line).
    Grid(std::string name, std::string text, char delimiter)
        : name_(std::move(name)), text_(std::make_unique<std::string>(std::move(text))), delimiter_(delimiter) {
        at_ = text_->data();
        end_ = at_ + text_->size();
        while (at_ != end_) {
            const auto line = line_, first = cells_.size();
            row();
            while (cells_.size() > first && trimmed(cells_.back()).empty()) cells_.pop_back();
            if (cells_.size() == first) continue;  // a blank line
            lines_.push_back(line);
            ends_.push_back(cells_.size());
        }
    }

    /// Rows that are not blank.
    std::size_t size() const { return lines_.size(); }
    /// Cells of a row, without blank ones at its end.
    std::size_t width(std::size_t row) const { return ends_[row] - begin(row); }
    /// A cell without blanks around it; empty where the row is short.
    std::string_view cell(std::size_t row, std::size_t column) const {
        return column < width(row) ? trimmed(cells_[begin(row) + column]) : std::string_view{};
    }
    /// A row that is no table's: its cells as they are, with the delimiter between them again.
    std::string joined(std::size_t row) const {
        std::string out;
        for (std::size_t i = begin(row); i < ends_[row]; ++i)
            out += (i == begin(row) ? "" : std::string(1, delimiter_)) + std::string(cells_[i]);
        return std::string(trimmed(out));
    }
    std::size_t line(std::size_t row) const { return lines_[row]; }
    std::string address(std::size_t row) const { return name_ + ":" + std::to_string(lines_[row]); }
    const std::string& name() const { return name_; }
    char delimiter() const { return delimiter_; }

private:
    std::size_t begin(std::size_t row) const { return row == 0 ? 0 : ends_[row - 1]; }

    bool at_line_end() const { return at_ == end_ || *at_ == '\n' || *at_ == '\r'; }

    void row() {
        while (true) {
            cells_.push_back(field());
            if (at_line_end()) break;
            ++at_;
        }
        if (at_ == end_) return;
        if (*at_ == '\r' && at_ + 1 != end_ && at_[1] == '\n') ++at_;
        ++at_;
        ++line_;
    }

    std::string_view plain_field() {
        char* const from = at_;
        while (!at_line_end() && *at_ != delimiter_) ++at_;
        return {from, static_cast<std::size_t>(at_ - from)};
    }

    std::string_view field() {
        if (at_ == end_ || *at_ != '"') return plain_field();
        const auto opened = line_;
        char* from = at_ + 1;
        char* close = from;
        std::size_t lines = 0;
        for (;; ++close) {
            const bool line_end = close != end_ && (*close == '\n' || *close == '\r');
            if (close == end_ || (line_end && delimiter_ == '\t')) {
                if (delimiter_ == '\t') return plain_field();  // a name that begins with a quote
                throw FormatError(name_ + ":" + std::to_string(opened), "the quote that opens here is never closed");
            }
            if (line_end && !(*close == '\r' && close + 1 != end_ && close[1] == '\n')) ++lines;
            if (*close != '"') continue;
            if (close + 1 == end_ || close[1] != '"') break;
            ++close;
        }
        char* after = close + 1;
        if (after != end_ && *after != delimiter_ && *after != '\n' && *after != '\r') {
            if (delimiter_ == '\t') return plain_field();
            throw FormatError(name_ + ":" + std::to_string(opened), "there is text after a closing quote");
        }
        char* out = from;
        for (char* c = from; c != close; ++c) {
            *out++ = *c;
            if (*c == '"') ++c;  // a doubled quote is one
        }
        at_ = after;
        line_ += lines;
        return {from, static_cast<std::size_t>(out - from)};
    }

    std::string name_;
    std::unique_ptr<std::string> text_;  // on the heap: views stay valid when the grid is moved
    char delimiter_;
    char *at_ = nullptr, *end_ = nullptr;
    std::size_t line_ = 1;
    std::vector<std::string_view> cells_;
    std::vector<std::size_t> ends_, lines_;
};

}  // namespace microchim::thermo
