// Lines of a delimited text as cells, one after the other: a detailed table has 37,000 rows, and none is kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::biomark {

using reader::FormatError;
using reader::detail::normalised;
using reader::detail::quoted;
using reader::detail::trimmed;

/// A cell may be quoted and then hold delimiters and doubled quotes, but no line end. Cells are views into the text,
/// which is unquoted in place, and stay valid as long as this lives and stays where it is.
class Lines {
public:
    Lines(std::string name, std::string text, char delimiter)
        : name_(std::move(name)), text_(std::move(text)), delimiter_(delimiter) {}
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    /// The next line, trimmed cell by cell; a blank line gives one empty cell. False at the end of the text.
    bool next(std::vector<std::string_view>& cells) {
        if (at_ >= text_.size()) return false;
        cells.clear();
        ++line_;
        while (true) {
            cells.push_back(trimmed(text_[at_] == '"' ? quoted_cell() : plain_cell()));
            if (at_ >= text_.size() || text_[at_] != delimiter_) break;
            if (++at_ == text_.size()) {  // a delimiter as the last character: one more, empty cell
                cells.emplace_back();
                break;
            }
        }
        ended_ = at_ < text_.size();
        if (ended_) at_ += text_.compare(at_, 2, "\r\n") == 0 ? 2 : 1;
        return true;
    }

    /// Number of the line that next() gave, from 1.
    std::size_t line() const { return line_; }
    /// Whether that line had a line end: a file that was cut off has none at its last.
    bool ended() const { return ended_; }
    /// "run.csv:17"
    std::string where() const { return name_ + ":" + std::to_string(line_); }

private:
    std::string_view plain_cell() {
        const auto begin = at_;
        while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
        return std::string_view(text_).substr(begin, at_ - begin);
    }

    std::string_view quoted_cell() {
        const auto begin = ++at_;
        auto out = begin;
        for (;; ++at_) {
            if (at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r')
                throw FormatError(where(), "the quote that opens in this line is not closed in it");
            if (text_[at_] == '"' && (++at_ >= text_.size() || text_[at_] != '"')) break;
            text_[out++] = text_[at_];
        }
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
        if (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n' && text_[at_] != '\r')
            throw FormatError(where(), "there is text after a closing quote");
        return std::string_view(text_).substr(begin, out - begin);
    }

    std::string name_, text_;
    char delimiter_;
    std::size_t at_ = 0, line_ = 0;
    bool ended_ = false;
};

}  // namespace microchim::biomark
