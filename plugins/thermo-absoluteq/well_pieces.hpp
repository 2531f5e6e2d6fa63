// The fluorescence file, piece by piece: which columns belong to which dye, and the chambers of each well in one piece.
#pragma once

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "cells.hpp"
#include "lines.hpp"

namespace microchim::absoluteq::detail {

struct DyeColumns {
    std::string name;
    std::size_t value;
    std::optional<std::size_t> positive, target, threshold;
};

struct FluorescenceColumns {
    std::size_t well;
    std::optional<std::size_t> run, date, instrument, plate, sample, index, reject;
    std::vector<DyeColumns> dyes;
    std::vector<std::size_t> others;

    FluorescenceColumns(const RawTable& table, const Table& head)
        : well(head.require({"Well ID", "Well"})),
          run(head.find({"Run", "Run name"})),
          date(head.find({"Date"})),
          instrument(head.find({"Instrument"})),
          plate(head.find({"Plate"})),
          sample(head.find({"Sample", "Name"})),
          index(head.find({"Index"})),
          reject(head.find({"Reject", "Rejected"})) {
        for (std::size_t c = 0; c < table.columns.size(); ++c) add_dye(table, head, c);
        if (dyes.empty()) head.require({"FAM_pos"});
        for (std::size_t c = 0; c < table.columns.size(); ++c) add_other(table, c);
        // Passive dyes last: the first channel is the first that has calls.
        std::ranges::sort(dyes, {}, [](const DyeColumns& dye) { return std::pair(!dye.positive, dye.value); });
    }

private:
    void add_dye(const RawTable& table, const Table& head, std::size_t c) {
        for (const auto* suffix : {"_pos", "_target", "_threshold"}) {
            const auto dye = std::string(before(table.columns[c], suffix));
            const auto known = std::ranges::find(dyes, dye, &DyeColumns::name);
            if (dye.empty() || known != dyes.end()) continue;
            dyes.push_back({dye, head.require({dye}), head.find({dye + "_pos"}), head.find({dye + "_target"}),
                            head.find({dye + "_threshold"})});
            if (dyes.size() > 16) throw FormatError(table.file, "more than 16 dyes");
        }
    }

    void add_other(const RawTable& table, std::size_t c) {
        for (const auto& column : {std::optional(well), run, date, instrument, plate, sample, index, reject})
            if (column == c) return;
        for (const auto& dye : dyes)
            if (c == dye.value || dye.positive == c || dye.target == c || dye.threshold == c) return;
        const auto& name = table.columns[c];
        const auto of_a_dye = [](char x) { return (x >= 'A' && x <= 'Z') || (x >= '0' && x <= '9'); };
        const bool passive = name.size() >= 2 && name.size() <= 8 && std::ranges::all_of(name, of_a_dye);
        if (passive) dyes.push_back({name, c, {}, {}, {}});
        else if (!name.empty()) others.push_back(c);
    }
};

/// The chambers of one well in one piece of the file. Views are into the file.
struct WellPiece {
    struct Dye {
        std::string_view target, threshold, missing;  ///< missing: the first cell without a value
        std::size_t missing_count = 0;
        std::vector<float> fluorescence;
        std::vector<std::uint8_t> positive;
    };
    std::string_view run, plate, well, sample, date, instrument;
    std::vector<Dye> dyes;
    std::vector<std::int64_t> index;
    std::vector<std::string_view> others;
    std::vector<bool> varies;  ///< whether a column says something else in every chamber
    std::int64_t excluded = 0;
};

class FluorescencePiece {
public:
    FluorescencePiece(const RawTable& table, const FluorescenceColumns& at, std::string_view piece)
        : table_(table), at_(at), row_(table, piece), room_(piece.size() / 120) {}

    std::vector<WellPiece> read() {
        while (row_.next()) {
            auto& well = this->well();
            if (at_.reject && truth(table_, row_[*at_.reject], *at_.reject) == 1) ++well.excluded;
            else chamber(well);
        }
        return std::move(wells_);
    }

private:
    std::string_view cell(std::optional<std::size_t> column) const {
        return column ? row_[*column] : std::string_view{};
    }

    WellPiece& well() {
        const auto run = cell(at_.run), plate = cell(at_.plate), name = row_[at_.well];
        const auto same = [&](const WellPiece& w) { return w.well == name && w.run == run && w.plate == plate; };
        if (wells_.empty() || !same(wells_[current_])) {
            const auto [known, fresh] = numbers_.try_emplace({run, plate, name}, wells_.size());
            current_ = known->second;
            if (fresh) {
                if (wells_.size() == 16'000) table_.fail(name, at_.well, "this file has more than 16000 wells");
                auto& well = wells_.emplace_back();
                well.run = run, well.plate = plate, well.well = name, well.sample = cell(at_.sample);
                well.date = cell(at_.date), well.instrument = cell(at_.instrument);
                well.dyes.resize(at_.dyes.size());
                for (std::size_t d = 0; d < at_.dyes.size(); ++d) {
                    well.dyes[d].target = cell(at_.dyes[d].target);
                    well.dyes[d].threshold = cell(at_.dyes[d].threshold);
                }
                for (const auto c : at_.others) well.others.push_back(row_[c]);
                well.varies.resize(at_.others.size());
            }
        }
        auto& well = wells_[current_];
        if (cell(at_.sample) != well.sample)
            table_.fail(cell(at_.sample), *at_.sample,
                        "well " + cell_text(name) + " holds two samples, " + reader::detail::quoted(well.sample) +
                            " and " + reader::detail::quoted(cell(at_.sample)));
        for (std::size_t i = 0; i < at_.others.size(); ++i)
            if (row_[at_.others[i]] != well.others[i]) well.varies[i] = true;
        return well;
    }

    void chamber(WellPiece& well) {
        const bool first = well.index.empty();
        well.index.push_back(index());
        for (std::size_t d = 0; d < at_.dyes.size(); ++d) {
            const auto& columns = at_.dyes[d];
            auto& dye = well.dyes[d];
            if (first) {
                dye.target = cell(columns.target), dye.threshold = cell(columns.threshold);  // of a chamber that counts
                const auto room = wells_.size() > 16 ? 0 : std::min(room_, std::size_t{32768});
                dye.fluorescence.reserve(room);
                if (columns.positive) dye.positive.reserve(room);
            } else {
                unchanged(columns.target, dye.target, well);
                unchanged(columns.threshold, dye.threshold, well);
            }
            const auto number = table_.value(row_[columns.value], columns.value);
            if (!number && dye.missing_count++ == 0) dye.missing = row_[columns.value];
            dye.fluorescence.push_back(number.value_or(0));
            if (!columns.positive) continue;
            dye.positive.push_back(truth(table_, row_[*columns.positive], *columns.positive));
        }
    }

    /// Targets and thresholds are those of the well. Thresholds also are the end of the line: one that was cut off
    /// differs from those above.
    void unchanged(std::optional<std::size_t> column, std::string_view known, const WellPiece& well) const {
        if (column && row_[*column] != known)
            table_.fail(row_[*column], *column,
                        "well " + cell_text(well.well) + " has both " + reader::detail::quoted(known) + " and " +
                            reader::detail::quoted(row_[*column]) +
                            "; if this is the last line, the file was cut off: export it again");
    }

    std::int64_t index() const {
        if (!at_.index) return -1;
        const auto digits = trimmed(row_[*at_.index]);
        std::int64_t number = 0;
        const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (fault != std::errc{} || stop != digits.data() + digits.size() || number < 0)
            table_.fail(row_[*at_.index], *at_.index, reader::detail::quoted(digits) + " is not a whole number");
        return number;
    }

    const RawTable& table_;
    const FluorescenceColumns& at_;
    Rows row_;
    const std::size_t room_;
    std::vector<WellPiece> wells_;
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> numbers_;
    std::size_t current_ = 0;
};

}  // namespace microchim::absoluteq::detail
