// Walks over the cells of one amplitude file, in one pass; nothing is allocated unless something is wrong.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/decimal.hpp"
#include "microchim/reader.hpp"

namespace microchim::biorad {

class AmplitudeCells {
public:
    /// `names` are the columns, for addresses; `begin` is where the lines below them begin. Both must outlive this.
    AmplitudeCells(std::string_view file, std::string_view bytes, const std::vector<std::string>& names,
                   std::size_t begin)
        : file_(file), bytes_(bytes), names_(names), at_(bytes.data() + begin) {}

    /// Steps to the next line that is not empty; false at the end of the file.
    bool next_line() {
        while (at_ != end_ && (*at_ == '\n' || *at_ == '\r')) ++at_;
        return at_ != end_;
    }

    float amplitude(std::size_t column) {
        float value = 0;
        if (!reader::read_float(at_, end_, value)) fail(column, "is not a number");
        return value;
    }

    /// A cell of one character, which `value` turns into a number below 99. `what` completes "'7' is not ...".
    template <class Value>
    std::uint8_t code(std::size_t column, Value value, const char* what) {
        const unsigned found = at_ == end_ ? 99U : value(*at_);
        const bool alone = at_ != end_ && (at_ + 1 == end_ || at_[1] == ',' || at_[1] == '\r' || at_[1] == '\n');
        if (found >= 99U || !alone) fail(column, std::string("is not ") + what);
        ++at_;
        return static_cast<std::uint8_t>(found);
    }

    /// The comma before `column`.
    void comma(std::size_t column) {
        if (at_ == end_ || *at_ == '\n' || *at_ == '\r') fail(column, "");
        if (*at_ != ',') fail(column - 1, "is not a number", back());
        ++at_;
    }

    /// The end of the line; commas with nothing after them are let pass.
    void line_end(std::size_t column) {
        while (at_ != end_ && *at_ == ',') ++at_;
        if (at_ != end_ && *at_ != '\n' && *at_ != '\r') fail(column, "should be the end of the line", back());
    }

    /// The rest of this line, without its end.
    std::string_view rest_of_line() {
        const char* const begin = at_;
        at_ = std::find_if(at_, end_, [](char c) { return c == '\r' || c == '\n'; });
        return {begin, static_cast<std::size_t>(at_ - begin)};
    }

    /// Line of the file in which the next cell stands, from 1. Lines are counted only now.
    std::size_t line() const {
        std::size_t line = 1;
        for (const char* p = bytes_.data(); p != at_; ++p)
            line += *p == '\n' || (*p == '\r' && (p + 1 == end_ || p[1] != '\n'));
        return line;
    }

    [[noreturn]] void fail(std::size_t column, const std::string& what, const char* from = nullptr) const {
        const char* cell = from ? from : at_;
        const char* stop = std::find_if(at_, end_, [](char c) { return c == ',' || c == '\r' || c == '\n'; });
        throw reader::FormatError(
            std::string(file_) + ":" + std::to_string(line()) + ", column '" + names_[column] + "'",
            stop == cell ? "the line ends before this value; the file may have been cut off, export it again"
                         : "'" + std::string(cell, std::min(stop, cell + 40)) + "' " + what);
    }

private:
    const char* back() const {
        const char* p = at_;
        while (p != bytes_.data() && p[-1] != '\n' && p[-1] != '\r' && p[-1] != ',') --p;
        return p;
    }

    std::string_view file_, bytes_;
    const std::vector<std::string>& names_;
    const char* at_;
    const char* end_ = bytes_.data() + bytes_.size();
};

}  // namespace microchim::biorad
