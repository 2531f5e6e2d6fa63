// The partitions of one lane, up to 100,000 lines: one pass, and nothing is kept but the numbers of valid ones.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "layout.hpp"

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

/// \throws FormatError with line and column: a cell that is no number, a line that ends too early or too late, a flag
/// that is missing.
class LaneRows {
public:
    LaneRows(const reader::RawTable& table, const Layout& layout) : table_(table), layout_(layout), row_(table) {}

    Lane read() {
        Lane lane;
        lane.intensity.resize(layout_.channels);
        lane.used.resize(layout_.channels);
        for (auto& channel : lane.intensity) channel.reserve(table_.text.size() / (2 * layout_.names.size() + 8) + 1);
        for (std::size_t c = 0; c < layout_.names.size(); ++c)
            if (layout_.channel[c] == 0 && c != layout_.flag && !layout_.names[c].empty())
                lane.others += (lane.others.empty() ? "" : ", ") + layout_.names[c];
        while (row_.next()) add(lane);
        return lane;
    }

private:
    void add(Lane& lane) {
        const auto flag = this->flag();
        const bool valid = flag == "Valid" || lower(flag) == "valid";
        for (std::size_t c = 0; c < layout_.names.size(); ++c) {
            if (layout_.channel[c] == 0) continue;
            const auto channel = layout_.channel[c] - 1;
            const auto value = table_.number(row_[c], c);
            if (value != 0) lane.used[channel] = true;
            if (valid) lane.intensity[channel].push_back(value);
        }
        if (valid) return;
        if (last_ == nullptr || last_->first != flag) {
            last_ = &*lane.flagged.try_emplace(std::string(flag), 0).first;
            if (lane.flagged.size() > 100)
                throw FormatError(table_.file,
                                  "there are more than 100 different flags; expected Valid and a few "
                                  "others, as InvalidL3, in column " +
                                      quoted(layout_.names[layout_.flag]));
        }
        ++last_->second;
    }

    std::string_view flag() const {
        const auto word = trimmed(row_[layout_.flag]);
        if (word.empty())
            table_.fail(row_[layout_.flag], layout_.flag,
                        "this value is missing; the file may have been cut off, export it again");
        if (row_.ended()) return word;
        // A last line without its end may be cut: "Vali" must not count as an excluded partition.
        const auto low = lower(word);
        const bool part = std::string_view("valid").starts_with(low) || std::string_view("invalid").starts_with(low);
        if (part && low != "valid" && low != "invalid")
            table_.fail(word, layout_.flag, quoted(word) + " is part of a flag; the file was cut off, export it again");
        return word;
    }

    const reader::RawTable& table_;
    const Layout& layout_;
    reader::Rows row_;
    std::pair<const std::string, std::int64_t>* last_ = nullptr;
};

inline Lane read_lane(std::string_view file, std::string_view bytes) {
    const auto head = reader::head(bytes);
    const reader::RawTable table(file, bytes, reader::delimiter(reader::line(head, 0)));
    const auto l = layout(table.columns, reader::cells_of(reader::line(head, 1), table.delimiter));
    if (!l.ours) throw FormatError(table.file + ":1", "a quote is missing in the column names");
    return LaneRows(table, l).read();
}

}  // namespace microchim::lightcycler
