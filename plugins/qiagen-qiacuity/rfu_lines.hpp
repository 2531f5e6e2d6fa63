// Lines and cells of a table of many million cells: one pass, views only, nothing allocated per line.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cells.hpp"

namespace microchim::qiacuity {

class Lines {
public:
    Lines(std::string_view file, std::string_view text, const Dialect& dialect)
        : file_(file), at_(text.data()), end_(text.data() + text.size()), delimiter_(dialect.delimiter) {
        for (std::size_t i = 0; i < dialect.lines_above; ++i) skip();
        const auto header = reader::line({at_, static_cast<std::size_t>(end_ - at_)}, 0);
        columns_ = std::make_unique<Table>(std::string(file), reader::utf8(header), delimiter_);
        skip();
        cells_.resize(columns_->header().size());
    }

    const Table& columns() const { return *columns_; }
    std::string_view cell(std::size_t column) const { return cells_[column]; }
    std::size_t size() const { return cells_.size(); }
    std::string_view file() const { return file_; }
    char delimiter() const { return delimiter_; }
    /// Whether the line just read has an end: if not, its last cell may be cut off.
    bool ended() const { return ended_; }

    /// Reads the next line that is not empty; false at the end of the file.
    bool next() {
        while (at_ != end_ && (*at_ == '\n' || *at_ == '\r')) skip();
        if (at_ == end_) return false;
        std::size_t c = 0;
        for (bool more = true; more; ++c) {
            const auto cell = next_cell(more);
            if (c < cells_.size()) cells_[c] = cell;
            else if (!trimmed(cell).empty()) fail("there are more cells in this line than columns");
        }
        if (c < cells_.size())
            fail("this line has " + std::to_string(c) + " cells, not " + std::to_string(cells_.size()) +
                 "; the file may have been cut off, export it again");
        return true;
    }

    [[noreturn]] void fail(const std::string& trouble) const {
        throw FormatError(std::string(file_) + ":" + std::to_string(line_), trouble);
    }
    /// "'x' is not a number", with the address of the cell.
    [[noreturn]] void fail(std::size_t column, const std::string& trouble) const {
        const auto cell = trimmed(cells_[column]);
        throw FormatError(
            std::string(file_) + ":" + std::to_string(line_) + ", column " +
                reader::detail::quoted(columns_->header()[column]),
            (cell.empty() ? "an empty cell" : reader::detail::quoted(reader::utf8(cell))) + " " + trouble);
    }

private:
    /// To the beginning of the next line.
    void skip() {
        while (at_ != end_ && *at_ != '\n' && *at_ != '\r') ++at_;
        const bool pair = end_ - at_ > 1 && at_[0] == '\r' && at_[1] == '\n';
        if (at_ != end_) at_ += pair ? 2 : 1;
        ++line_;
    }

    std::string_view next_cell(bool& more) {
        const bool quoted = at_ != end_ && *at_ == '"';
        const char* begin = quoted ? ++at_ : at_;
        if (quoted) {
            while (at_ != end_ && *at_ != '"' && *at_ != '\n') ++at_;
            if (at_ == end_ || *at_ != '"')
                fail("the quote that opens here is never closed; the file may have been cut off");
        } else {
            while (at_ != end_ && *at_ != delimiter_ && *at_ != '\n' && *at_ != '\r') ++at_;
        }
        const std::string_view cell(begin, static_cast<std::size_t>(at_ - begin));
        if (quoted) ++at_;
        more = at_ != end_ && *at_ == delimiter_;
        ended_ = at_ != end_;
        if (more) ++at_;
        else if (ended_ && *at_ != '\n' && *at_ != '\r') fail("there is text after a closing quote");
        return cell;
    }

    std::string_view file_;
    const char *at_, *end_;
    char delimiter_;
    bool ended_ = true;
    std::size_t line_ = 1;
    std::unique_ptr<Table> columns_;
    std::vector<std::string_view> cells_;
};

}  // namespace microchim::qiacuity
