// The RFU export: every partition of every well, one file for each channel.
//
//   Plate name,Plate ID,Plate type,Well,Sample,Channel,Cycled volume,Threshold,Partition,Is invalid,Is positive,RFU,REF
//   P1,0815,Nanoplate 26K 24-well,A1,Day 7,G,19.89,40.8,1,0,0,18.33,Std-Ref
//   ,,,A1,Day 7,G,19.89,40.8,2,1,0,101.5,Std-Ref             <- invalid partitions are listed, too
//
// The file of the reference dye has two thresholds, and neither a channel nor calls:
//   Plate name,Plate ID,Plate type,Well,Sample,REF,Cycled volume,Threshold high,Threshold low,Partition,Is invalid,RFU
#pragma once

#include <charconv>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "microchim/decimal.hpp"
#include "rfu_lines.hpp"
#include "series.hpp"

namespace microchim::qiacuity {
namespace detail {

/// Columns as they are bound; what stands from `partition` on changes with every line.
struct RfuColumns {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::size_t plate, plate_id, plate_type, well, sample, channel, threshold, partition, invalid, positive, rfu;
    std::vector<std::size_t> of_well;  ///< the columns that rarely change
    std::vector<std::size_t> others;   ///< of those, the ones kept as attributes
    bool reference = false;

    explicit RfuColumns(const Table& table) {
        const auto find = [&](std::initializer_list<std::string_view> names) {
            return table.find(names).value_or(none);
        };
        plate = find({"Plate name"}), plate_id = find({"Plate ID"}), plate_type = find({"Plate type"});
        well = table.require({"Well"});
        sample = find({"Sample", "Sample name", "Sample/NTC/Control"});
        channel = find({"Channel"});
        positive = find({"Is positive"});
        reference = channel == none && positive == none;
        if (!reference) channel = table.require({"Channel"});
        threshold = reference ? none : find({"Threshold"});
        partition = table.require({"Partition"}), invalid = table.require({"Is invalid"}), rfu = table.require({"RFU"});
        for (std::size_t c = 0; c < table.header().size(); ++c) {
            if (c == partition || c == invalid || c == positive || c == rfu) continue;
            of_well.push_back(c);
            const bool used = c == plate || c == plate_id || c == plate_type || c == well || c == sample ||
                              c == channel || c == threshold;
            if (!used && !table.header()[c].empty()) others.push_back(c);
        }
    }
};

class RfuReader {
public:
    RfuReader(std::string_view file, std::string_view text, const Dialect& dialect)
        : lines_(file, text, dialect), at_(lines_.columns()), last_(lines_.size()) {}

    RfuFile read() {
        std::size_t current = RfuColumns::none;
        while (lines_.next()) {
            if (changed() || current == RfuColumns::none) current = series();
            add(result_.series[current]);
        }
        if (result_.series.empty())
            throw FormatError(
                std::string(lines_.file()),
                "there is no partition below the column names; the file may have been cut off, export it again");
        for (auto& s : result_.series) sort_partitions(s, lines_.file());
        result_.plates = plates_.plates();
        result_.reference = at_.reference;
        return std::move(result_);
    }

private:
    /// Whether the line is about another well than the one before. Empty cells mean what stands above them.
    bool changed() {
        bool other = false;
        if (at_.plate != RfuColumns::none && !lines_.cell(at_.plate).empty() &&
            lines_.cell(at_.plate) != last_[at_.plate])
            for (const auto c : {at_.plate_id, at_.plate_type})  // those of the plate before
                if (c != RfuColumns::none) last_[c] = {};
        for (const auto c : at_.of_well) {
            const auto cell = lines_.cell(c);
            if (cell == last_[c]) continue;
            const bool fill =
                c == at_.plate || c == at_.plate_id || c == at_.plate_type || c == at_.well || c == at_.channel;
            if (fill && cell.empty()) continue;
            if (c + 1 == lines_.size() && !lines_.ended() && !cell.empty() && last_[c].starts_with(cell))
                lines_.fail(c, "looks cut off; export the file again");
            last_[c] = cell;
            other = true;
        }
        return other;
    }

    std::string last(std::size_t column) const {
        return column == RfuColumns::none ? std::string{} : reader::utf8(trimmed(last_[column]));
    }

    /// The series of this line: a new one, or one that was begun before.
    std::size_t series() {
        const auto plate = plates_.next(last(at_.plate), last(at_.plate_id), last(at_.plate_type));
        const auto wells = wells_in(last(at_.well));
        if (wells.size() != 1) lines_.fail(at_.well, "is not a well, A1 to H12");
        const auto channel = at_.reference ? "REF" : last(at_.channel);
        if (channel.empty()) lines_.fail(at_.channel, "is not a channel");
        if (channels_.insert(channel).second && channels_.size() > 32)
            lines_.fail("there are more than 32 channels in one file");
        const auto [found, fresh] = index_.try_emplace({plate, wells[0], channel}, result_.series.size());
        if (fresh) {
            auto& s = result_.series.emplace_back();
            s.plate = plate;
            s.well = wells[0];
            s.channel = channel;
            s.sample = last(at_.sample);
            if (at_.threshold != RfuColumns::none && !says_nothing(last_[at_.threshold]))
                s.threshold = real(at_.threshold);
            for (const auto c : at_.others)
                if (const auto cell = last(c); !cell.empty())
                    s.said[std::string(trimmed(lines_.columns().header()[c]))] = cell;
        } else if (result_.series[found->second].sample != last(at_.sample)) {
            lines_.fail(at_.sample,
                        "is a second sample in this well, which holds '" + result_.series[found->second].sample + "'");
        }
        return found->second;
    }

    double real(std::size_t column) const {
        std::string digits(trimmed(lines_.cell(column)));
        if (const auto comma = digits.find(','); lines_.delimiter() != ',' && comma != digits.npos) digits[comma] = '.';
        double value = 0;
        const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (fault != std::errc{} || stop != digits.data() + digits.size() || !std::isfinite(value))
            lines_.fail(column, "is not a number");
        return value;
    }

    float fluorescence() const {
        const auto cell = lines_.cell(at_.rfu);
        const char* at = cell.data();
        float value = 0;
        if (reader::read_float(at, cell.data() + cell.size(), value) && at == cell.data() + cell.size()) return value;
        if (says_nothing(cell)) return std::numeric_limits<float>::quiet_NaN();
        const auto exact = static_cast<float>(real(at_.rfu));
        if (!std::isfinite(exact)) lines_.fail(at_.rfu, "is beyond the range of fluorescence");
        return exact;
    }

    bool flag(std::size_t column) const {
        const auto cell = trimmed(lines_.cell(column));
        if (cell == "0" || same_text(cell, "false")) return false;
        if (cell != "1" && !same_text(cell, "true")) lines_.fail(column, "is neither 0 nor 1");
        return true;
    }

    void add(Series& s) {
        const auto cell = trimmed(lines_.cell(at_.partition));
        std::uint32_t number = 0;
        const auto [stop, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
        if (cell.empty() || fault != std::errc{} || stop != cell.data() + cell.size())
            lines_.fail(at_.partition, "is not the number of a partition");
        const bool invalid = flag(at_.invalid);
        const auto value = fluorescence();
        if (!invalid && std::isnan(value)) lines_.fail(at_.rfu, "is no fluorescence, yet the partition is valid");
        const bool called = at_.positive != RfuColumns::none && !(invalid && says_nothing(lines_.cell(at_.positive)));
        const bool positive = called && flag(at_.positive);
        s.partition.push_back(number);
        s.rfu.push_back(value);
        s.invalid.push_back(invalid);
        s.call.push_back(invalid || !called ? std::uint8_t{2} : std::uint8_t{positive});
    }

    Lines lines_;
    RfuColumns at_;
    std::vector<std::string_view> last_;
    PlateColumn plates_;
    std::set<std::string> channels_;
    std::map<std::tuple<std::size_t, std::string, std::string>, std::size_t> index_;
    RfuFile result_;
};

}  // namespace detail

/// All partitions of one file; `text` is UTF-8 or any encoding that contains ASCII. \throws FormatError with line and
/// column.
inline RfuFile read_rfu(std::string_view file, std::string_view text, const Dialect& dialect) {
    return detail::RfuReader(file, text, dialect).read();
}

}  // namespace microchim::qiacuity
