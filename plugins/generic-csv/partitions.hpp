// Tables with one line a partition: of one well, named by the file, or of many, named by a column. One pass, because a
// plate has millions of lines.
//
//   FAM,HEX,FAM call
//   5120.4,880.1,1
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "file_names.hpp"
#include "microchim/decimal.hpp"
#include "microchim/exports.hpp"

namespace microchim::described {

/// The partitions of one well.
struct WellPartitions {
    std::vector<std::vector<float>> fluorescence;  ///< of each channel
    std::vector<std::vector<std::uint8_t>> calls;  ///< likewise; empty: none
    std::int64_t excluded = -1;

    std::size_t size() const { return fluorescence.front().size(); }
};

struct PartitionFile {
    static constexpr const char* table = "[partitions]";
    std::string run;                 ///< as the file's name says, or empty
    std::vector<std::string> names;  ///< of the channels' columns
    std::map<std::string, WellPartitions> wells;
    bool open_end = false;
};

class PartitionReader {
public:
    PartitionReader(std::string_view file, std::string_view bytes, const Description& d)
        : file_(file), rules_(*d.partitions), description_(d.file), text_(reader::utf8(bytes)) {
        at_ = text_.data();
        end_ = at_ + text_.size();
    }

    PartitionFile read() {
        if (!reader::is_text(text_))
            throw FormatError(std::string(file_), "this should be a table of partitions, but is no text");
        PartitionFile out;
        const auto parts = match(rules_.file, file_).value_or(NameParts{});
        out.run = parts.run;
        out.open_end = !text_.ends_with('\n') && !text_.ends_with('\r');
        header(out);
        well_ = parts.well;
        into_ = rules_.well ? nullptr : &open(out);
        while (next_line()) line(out);
        return out;
    }

private:
    enum Role : std::uint8_t { none, fluorescence, call, well, excluded };
    struct Use {
        Role role = none;
        std::size_t channel = 0;
    };

    WellPartitions& open(PartitionFile& out) {
        auto& partitions = out.wells[well_];
        if (partitions.fluorescence.empty()) {
            partitions.fluorescence.resize(rules_.channels.size());
            partitions.calls.resize(rules_.channels.size());
            if (rules_.excluded) partitions.excluded = 0;
        }
        return partitions;
    }

    bool at_line_end() const { return at_ == end_ || *at_ == '\n' || *at_ == '\r'; }

    void end_line() {
        if (at_ != end_ && *at_ == '\r' && at_ + 1 != end_ && at_[1] == '\n') ++at_;
        if (at_ != end_) ++at_;
        ++number_;
    }

    /// Steps to the next line that is not blank.
    bool next_line() {
        while (at_ != end_ && at_line_end()) end_line();
        return at_ != end_;
    }

    /// The cell here, without quotes; stops behind it.
    std::string_view cell() {
        const char* begin = at_;
        if (at_ != end_ && *at_ == '"') {
            while (++at_ != end_ && *at_ != '"' && *at_ != '\n' && *at_ != '\r') {
            }
            const std::string_view inside(begin + 1, static_cast<std::size_t>(at_ - begin - 1));
            if (at_ != end_ && *at_ == '"') ++at_;
            if (at_line_end() || *at_ == delimiter_) return inside;
        }
        while (!at_line_end() && *at_ != delimiter_) ++at_;
        return trimmed({begin, static_cast<std::size_t>(at_ - begin)});
    }

    void header(PartitionFile& out) {
        for (auto skip = rules_.layout.skip_lines; skip > 0 && at_ != end_; --skip) {
            while (!at_line_end()) ++at_;
            end_line();
        }
        const bool any = next_line();
        const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
        const auto names = rest.substr(0, rest.find_first_of("\r\n"));
        delimiter_ = rules_.layout.delimiter.value_or(reader::delimiter(names));
        if (any)
            for (bool more = true; more;) {
                names_.emplace_back(cell());
                more = at_ != end_ && *at_ == delimiter_;
                if (more) ++at_;
            }
        end_line();
        uses_.resize(names_.size());
        for (std::size_t c = 0; c < rules_.channels.size(); ++c) {
            out.names.push_back(names_[use(rules_.channels[c].column, {fluorescence, c})]);
            if (rules_.channels[c].call) use(rules_.channels[c].call, {call, c});
        }
        if (rules_.well) use(rules_.well, {well, 0});
        if (rules_.excluded) use(rules_.excluded, {excluded, 0});
        while (!uses_.empty() && uses_.back().role == none) uses_.pop_back();
    }

    std::size_t use(const Source& source, Use how) {
        std::size_t column = source.number ? source.number - 1 : names_.size();
        const auto wanted = reader::detail::normalised(source.text);
        for (std::size_t c = 0; !source.number && c < names_.size(); ++c)
            if (reader::detail::normalised(names_[c]) == wanted) {
                if (column != names_.size())
                    throw FormatError(header_address(), "there are two columns " + quoted(source.text) +
                                                            "; say which by its number in " + description_);
                column = c;
            }
        if (column >= names_.size()) {
            std::string known;
            for (const auto& name : names_)
                if (known.size() < 600) known += (known.empty() ? "" : ", ") + quoted(name);
            throw FormatError(header_address(),
                              "there is no column " +
                                  (source.number ? std::to_string(source.number) : quoted(source.text)) +
                                  "; the columns are " + known + " (" + description_ + ", line " +
                                  std::to_string(source.line) + ", asks for it)");
        }
        if (uses_[column].role != none)
            throw FormatError(description_ + ":" + std::to_string(source.line),
                              "the column " + quoted(names_[column]) + " is described twice");
        uses_[column] = how;
        return column;
    }

    std::string header_address() const {
        return std::string(file_) + ":" + std::to_string(number_ > 1 ? number_ - 1 : 1);
    }

    void line(PartitionFile& out) {
        cells_.clear();
        for (std::size_t c = 0; c < uses_.size(); ++c) {
            if (c > 0) {
                if (at_line_end()) fail(c, "the line ends before this value; if the file was cut off, export it again");
                ++at_;
            }
            cells_.push_back(cell());
            if (uses_[c].role == well) take_well(out, c);
        }
        std::size_t more = uses_.size();
        while (!at_line_end()) {
            if (*at_ == delimiter_) ++more, ++at_;
            cell();
        }
        if (more > names_.size() + 1)
            throw FormatError(address(), "there are " + std::to_string(more) + " cells in this line, but only " +
                                             std::to_string(names_.size()) + " columns");
        if (is_excluded()) ++into_->excluded;
        else keep();
        end_line();
    }

    void take_well(PartitionFile& out, std::size_t c) {
        if (into_ && cells_[c] == last_well_) return;
        last_well_ = cells_[c];
        well_ = well_of(last_well_);
        if (well_.empty()) fail(c, quoted(last_well_) + " is no well such as A1 or H12");
        into_ = &open(out);
    }

    bool is_excluded() const {
        for (std::size_t c = 0; c < uses_.size(); ++c) {
            if (uses_[c].role != excluded) continue;
            if (!rules_.accepted_words.empty()) return !is_one_of(cells_[c], rules_.accepted_words);
            return is_one_of(cells_[c], rules_.excluded_words);
        }
        return false;
    }

    static bool is_one_of(std::string_view cell, const std::vector<std::string>& words) {
        return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
            return word.size() == cell.size() && std::equal(word.begin(), word.end(), cell.begin(), [](char a, char b) {
                       return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b | 0x20) : b);
                   });
        });
    }

    void keep() {
        for (std::size_t c = 0; c < uses_.size(); ++c) {
            const auto [role, channel] = uses_[c];
            if (role == fluorescence) into_->fluorescence[channel].push_back(number(c));
            if (role == call) into_->calls[channel].push_back(called(c, rules_.channels[channel]));
        }
    }

    float number(std::size_t c) {
        auto digits = cells_[c];
        if (rules_.layout.decimal == ',') {
            if (digits.find('.') != digits.npos)
                fail(c, quoted(digits) + " has a point, but " + description_ + " says decimal = \",\"");
            decimal_ = digits.substr(0, 100);
            std::replace(decimal_.begin(), decimal_.end(), ',', '.');
            digits = decimal_;
        }
        float value = 0;
        const char* at = digits.data();
        if (digits.empty() || !reader::read_float(at, digits.data() + digits.size(), value) ||
            at != digits.data() + digits.size())
            fail(c, quoted(cells_[c]) + " is not a number");
        return value;
    }

    std::uint8_t called(std::size_t c, const ChannelRule& rule) const {
        for (std::uint8_t i = 0; i < 3; ++i)
            if (is_one_of(cells_[c], rule.words[i])) return i;
        fail(c, quoted(cells_[c]) + " is neither a positive nor a negative nor an unclassified partition; say in " +
                    description_ + " which words are");
    }

    std::string address() const { return std::string(file_) + ":" + std::to_string(number_); }
    [[noreturn]] void fail(std::size_t c, const std::string& what) const {
        throw FormatError(address() + ", column " + quoted(names_[c]), what);
    }

    std::string_view file_;
    const PartitionRules& rules_;
    const std::string& description_;
    std::string text_, decimal_;
    const char *at_ = nullptr, *end_ = nullptr;
    char delimiter_ = ',';
    std::size_t number_ = 1;
    std::vector<std::string> names_;
    std::vector<Use> uses_;
    std::vector<std::string_view> cells_;
    std::string well_;
    std::string_view last_well_;
    WellPartitions* into_ = nullptr;
};

}  // namespace microchim::described
