// The partitions of one lane, up to 100,000 lines: one pass, and nothing is kept but the numbers of valid ones.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "layout.hpp"
#include "microchim/decimal.hpp"

namespace microchim::lightcycler {

struct Lane {
    std::vector<std::vector<float>> intensity;    ///< of each channel, of the valid partitions
    std::vector<bool> used;                       ///< a channel that is 0 in every line was not measured
    std::map<std::string, std::int64_t> flagged;  ///< the others, by their flag as written
    std::string others;                           ///< names of columns that are neither channel nor flag

    std::size_t valid() const { return intensity.empty() ? 0 : intensity.front().size(); }
    std::int64_t excluded() const {
        std::int64_t sum = 0;
        for (const auto& [flag, count] : flagged) sum += count;
        return sum;
    }
};

class LaneLines {
public:
    LaneLines(std::string_view file, std::string_view text, const Layout& layout)
        : file_(file),
          text_(text),
          layout_(layout),
          at_(text.data() + std::min(text.find_first_of("\r\n"), text.size())),
          end_(text.data() + text.size()),
          row_(layout.channels) {}

    Lane read() {
        Lane lane;
        lane.intensity.resize(layout_.channels);
        lane.used.resize(layout_.channels);
        for (auto& channel : lane.intensity) channel.reserve(text_.size() / (2 * layout_.names.size() + 8) + 1);
        for (std::size_t c = 0; c < layout_.names.size(); ++c)
            if (layout_.channel[c] == 0 && c != layout_.flag && !layout_.names[c].empty())
                lane.others += (lane.others.empty() ? "" : ", ") + layout_.names[c];
        while (next_line()) {
            line();
            add(lane);
        }
        return lane;
    }

private:
    bool at_line_end() const { return at_ == end_ || *at_ == '\n' || *at_ == '\r'; }

    bool next_line() {
        while (at_ != end_ && (*at_ == '\n' || *at_ == '\r' || *at_ == ' ')) ++at_;
        return at_ != end_;
    }

    void blanks() {
        while (at_ != end_ && (*at_ == ' ' || (*at_ == '\t' && layout_.delimiter != '\t'))) ++at_;
    }

    void line() {
        for (std::size_t c = 0; c < layout_.names.size(); ++c) {
            if (c > 0) {
                if (at_line_end()) fail(c, at_);
                ++at_;  // the delimiter: every cell ends at one, or at the end of the line
            }
            if (const auto channel = layout_.channel[c]) row_[channel - 1] = number(c);
            else {
                const char* const begin = at_;
                while (!at_line_end() && *at_ != layout_.delimiter) ++at_;
                if (c == layout_.flag) flag(c, bare({begin, static_cast<std::size_t>(at_ - begin)}));
            }
        }
        if (!at_line_end() && *at_ == layout_.delimiter) ++at_;  // one too many is let pass
        blanks();
        if (!at_line_end()) fail(layout_.names.size() - 1, at_, " stands behind the last column");
    }

    float number(std::size_t column) {
        blanks();
        const char* const begin = at_;
        const bool quoted = at_ != end_ && *at_ == '"';
        if (quoted) ++at_;
        float value = 0;
        if (!reader::read_float(at_, end_, value)) fail(column, begin);
        if (quoted && (at_ == end_ || *at_++ != '"')) fail(column, begin);
        blanks();
        if (!at_line_end() && *at_ != layout_.delimiter) fail(column, begin);
        return value;
    }

    void flag(std::size_t column, std::string_view word) {
        if (word.empty()) fail(column, at_);
        // A last line without its end may be cut: "Vali" must not count as an excluded partition.
        const auto low = lower(word);
        const bool part = std::string_view("valid").starts_with(low) || std::string_view("invalid").starts_with(low);
        if (at_ == end_ && part && low != "valid" && low != "invalid")
            fail(column, word.data(), " is part of a flag; the file was cut off, export it again");
        flag_ = word;
        valid_ = low == "valid";
    }

    void add(Lane& lane) {
        for (std::size_t c = 0; c < row_.size(); ++c) {
            if (row_[c] != 0) lane.used[c] = true;
            if (valid_) lane.intensity[c].push_back(row_[c]);
        }
        if (valid_) return;
        if (last_ == nullptr || last_->first != flag_) {
            last_ = &*lane.flagged.try_emplace(std::string(flag_), 0).first;
            if (lane.flagged.size() > 100)
                throw FormatError(std::string(file_),
                                  "there are more than 100 different flags; expected Valid and a few "
                                  "others, as InvalidL3, in column " +
                                      quoted(layout_.names[layout_.flag]));
        }
        ++last_->second;
    }

    /// `what` of the cell; without it the cell is no number, or missing.
    [[noreturn]] void fail(std::size_t column, const char* cell, const char* what = nullptr) const {
        std::size_t line = 1;  // lines are counted only now
        for (const char* p = text_.data(); p < cell; ++p)
            line += *p == '\n' || (*p == '\r' && (p + 1 == end_ || p[1] != '\n'));
        const auto stop =
            std::find_if(cell, end_, [&](char c) { return c == '\n' || c == '\r' || c == layout_.delimiter; });
        const auto said = quoted({cell, static_cast<std::size_t>(stop - cell)});
        throw FormatError(std::string(file_) + ":" + std::to_string(line) + ", column " + quoted(layout_.names[column]),
                          what           ? said + what
                          : stop == cell ? "this value is missing; the file may have been cut off, export it again"
                                         : said + " is not a number");
    }

    std::string_view file_, text_;
    const Layout& layout_;
    const char *at_, *end_;
    std::vector<float> row_;
    std::string_view flag_;
    bool valid_ = false;
    std::pair<const std::string, std::int64_t>* last_ = nullptr;
};

/// \throws FormatError with line and column: a cell that is no number, a line that ends too early or too late, a flag
/// that is missing.
inline Lane read_lane(std::string_view file, std::string_view bytes) {
    std::string own;
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) bytes = own = reader::utf8(bytes);
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const auto l = layout(reader::line(bytes, 0), reader::line(bytes, 1));
    if (l.delimiter != ',' && bytes.find(',') != bytes.npos) {  // a decimal comma: it separates no cells
        own = std::string(bytes);
        std::replace(own.begin(), own.end(), ',', '.');
        bytes = own;
    }
    return LaneLines(file, bytes, l).read();
}

}  // namespace microchim::lightcycler
