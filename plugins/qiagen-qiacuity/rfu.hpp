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

#include "microchim/raw_table.hpp"
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

    explicit RfuColumns(const reader::RawTable& all) {
        const auto& table = all.head;
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
        for (std::size_t c = 0; c < all.columns.size(); ++c) {
            if (c == partition || c == invalid || c == positive || c == rfu) continue;
            of_well.push_back(c);
            const bool used = c == plate || c == plate_id || c == plate_type || c == well || c == sample ||
                              c == channel || c == threshold;
            if (!used && !all.columns[c].empty()) others.push_back(c);
        }
    }
};

class RfuReader {
public:
    RfuReader(std::string_view file, std::string_view bytes, const Dialect& dialect)
        : table_(file, bytes, dialect.delimiter, dialect.lines_above),
          at_(table_),
          row_(table_),
          last_(table_.columns.size()) {}

    RfuFile read() {
        std::size_t current = RfuColumns::none;
        while (row_.next()) {
            if (changed() || current == RfuColumns::none) current = series();
            add(result_.series[current]);
        }
        if (result_.series.empty())
            throw FormatError(
                table_.file,
                "there is no partition below the column names; the file may have been cut off, export it again");
        for (auto& s : result_.series) sort_partitions(s, table_.file);
        result_.plates = plates_.plates();
        result_.reference = at_.reference;
        return std::move(result_);
    }

private:
    /// Whether the line is about another well than the one before. Empty cells mean what stands above them.
    bool changed() {
        bool other = false;
        if (at_.plate != RfuColumns::none && !row_[at_.plate].empty() && row_[at_.plate] != last_[at_.plate])
            for (const auto c : {at_.plate_id, at_.plate_type})  // those of the plate before
                if (c != RfuColumns::none) last_[c] = {};
        for (const auto c : at_.of_well) {
            const auto cell = row_[c];
            if (cell == last_[c]) continue;
            const bool fill =
                c == at_.plate || c == at_.plate_id || c == at_.plate_type || c == at_.well || c == at_.channel;
            if (fill && cell.empty()) continue;
            if (c + 1 == last_.size() && !row_.ended() && !cell.empty() && last_[c].starts_with(cell))
                fail(c, "looks cut off; export the file again");
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
        if (wells.size() != 1) fail(at_.well, "is not a well, A1 to H12");
        const auto channel = at_.reference ? "REF" : last(at_.channel);
        if (channel.empty()) fail(at_.channel, "is not a channel");
        if (channels_.insert(channel).second && channels_.size() > 32)
            table_.fail(row_[at_.well], last_.size(), "there are more than 32 channels in one file");
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
                if (const auto cell = last(c); !cell.empty()) s.said[table_.columns[c]] = cell;
        } else if (result_.series[found->second].sample != last(at_.sample)) {
            fail(at_.sample,
                 "is a second sample in this well, which holds '" + result_.series[found->second].sample + "'");
        }
        return found->second;
    }

    /// "'x' is not a number", with the address of the cell.
    [[noreturn]] void fail(std::size_t column, const std::string& trouble) const {
        const auto cell = trimmed(row_[column]);
        table_.fail(row_[column], column,
                    (cell.empty() ? "an empty cell" : reader::detail::quoted(reader::utf8(cell))) + " " + trouble);
    }

    double real(std::size_t column) const {
        std::string digits(trimmed(row_[column]));
        if (const auto comma = digits.find(','); table_.delimiter != ',' && comma != digits.npos) digits[comma] = '.';
        double value = 0;
        const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (fault != std::errc{} || stop != digits.data() + digits.size() || !std::isfinite(value))
            fail(column, "is not a number");
        return value;
    }

    bool flag(std::size_t column) const {
        const auto cell = trimmed(row_[column]);
        if (cell == "0" || same_text(cell, "false")) return false;
        if (cell != "1" && !same_text(cell, "true")) fail(column, "is neither 0 nor 1");
        return true;
    }

    void add(Series& s) {
        const auto cell = trimmed(row_[at_.partition]);
        std::uint32_t number = 0;
        const auto [stop, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
        if (cell.empty() || fault != std::errc{} || stop != cell.data() + cell.size())
            fail(at_.partition, "is not the number of a partition");
        const bool invalid = flag(at_.invalid);
        const auto value = table_.value(row_[at_.rfu], at_.rfu).value_or(std::numeric_limits<float>::quiet_NaN());
        if (!invalid && std::isnan(value)) fail(at_.rfu, "is no fluorescence, yet the partition is valid");
        const bool called = at_.positive != RfuColumns::none && !(invalid && says_nothing(row_[at_.positive]));
        const bool positive = called && flag(at_.positive);
        s.partition.push_back(number);
        s.rfu.push_back(value);
        s.invalid.push_back(invalid);
        s.call.push_back(invalid || !called ? std::uint8_t{2} : std::uint8_t{positive});
    }

    const reader::RawTable table_;
    RfuColumns at_;
    reader::Rows row_;
    std::vector<std::string_view> last_;
    PlateColumn plates_;
    std::set<std::string> channels_;
    std::map<std::tuple<std::size_t, std::string, std::string>, std::size_t> index_;
    RfuFile result_;
};

}  // namespace detail

/// All partitions of one file. \throws FormatError with line and column.
inline RfuFile read_rfu(std::string_view file, std::string_view bytes, const Dialect& dialect) {
    return detail::RfuReader(file, bytes, dialect).read();
}

}  // namespace microchim::qiacuity
