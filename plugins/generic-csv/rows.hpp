// From the rows of one table to counts, as the description says.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "cells.hpp"

namespace microchim::described {

/// One target in one well, or in a row that pools wells; without a target where a row of a wide table has none.
struct Row {
    std::string run, well, sample, target, dye, channel, status, members;
    std::string pool;  ///< of a pooled row its sample: "Mean" may stand below every sample
    std::int32_t type = MICROCHIM_UNKN, pooled = MICROCHIM_WELL;
    std::int64_t accepted = -1, positive = -1, excluded = -1;
    double threshold = not_stated, concentration = not_stated, low = not_stated, high = not_stated;
    double volume_nl = not_stated;
    double cq = not_stated, quantity = not_stated;
    std::string unit, cq_text;  ///< the latter as written
    bool real_time = false;
    bool counted = true;
    std::size_t table = 0, row = 0;  ///< which table, which row of it

    auto key() const { return std::tie(pooled, well, members, pool, target, channel, dye); }
    auto content() const { return std::tie(sample, accepted, positive, counted, cq_text); }
};

class RowReader {
public:
    RowReader(Cells& cells, const Description& description) : cells_(cells), d_(description) {
        for (const auto& columns : d_.targets) targets_.push_back(bind(columns));
        volume_ = cells_.bind(d_.volume);
        run_ = cells_.bind(d_.run.id);
        // What the column of such a rule says of the other rows is kept.
        for (const auto& rule : d_.leave_out) left_out_.push_back(cells_.bind(rule.column, false));
        for (const auto& rule : d_.pooled) {
            pooled_.push_back(cells_.bind(rule.column));
            members_.push_back(cells_.bind(rule.members));
        }
    }

    bool leave_out(std::size_t row) const {
        for (std::size_t i = 0; i < left_out_.size(); ++i)
            if (says(row, left_out_[i], d_.leave_out[i].words)) return true;
        return false;
    }

    /// What row `row` says: one Row for each target.
    void read(std::size_t row, std::vector<Row>& out) const {
        const auto before = out.size();
        for (const auto& at : targets_)
            if (auto found = target(row, at); found.counted) out.push_back(std::move(found));
        if (out.size() > before) return;
        auto empty = common(row, targets_.front());  // a well in which no target was measured
        if (empty.pooled != MICROCHIM_WELL) return;
        empty.counted = false;
        out.push_back(std::move(empty));
    }

private:
    struct At {
        Bound well, sample, type, target, dye, channel;
        Bound accepted, positive, negative, excluded, threshold, concentration, low, high, status, cq, quantity, unit;
    };

    At bind(const Columns& c) {
        const auto at = [&](const Source& source) { return cells_.bind(source); };
        return {at(c.well),     at(c.sample),   at(c.type),     at(c.target),   at(c.dye),       at(c.channel),
                at(c.accepted), at(c.positive), at(c.negative), at(c.excluded), at(c.threshold), at(c.concentration),
                at(c.low),      at(c.high),     at(c.status),   at(c.cq),       at(c.quantity),  at(c.unit)};
    }

    bool says(std::size_t row, const Bound& cell, const std::vector<std::string>& words) const {
        const auto word = lower(cells_.text(row, cell).substr(0, 500));
        return std::find(words.begin(), words.end(), word) != words.end();
    }

    /// What the targets of a row share.
    Row common(std::size_t row, const At& at) const {
        Row out;
        out.row = row;
        out.run = cells_.text(row, run_);
        out.sample = cells_.text(row, at.sample);
        for (std::size_t i = 0; i < pooled_.size(); ++i)
            if (says(row, pooled_[i], d_.pooled[i].words)) {
                out.pooled = d_.pooled[i].kind;
                out.well = cells_.text(row, at.well);
                out.members = wells(row, members_[i]);
                out.pool = out.sample;
                return out;
            }
        out.well = well_of(cells_.text(row, at.well));
        if (out.well.empty())
            cells_.fail(
                row, at.well,
                quoted(cells_.text(row, at.well)) +
                    " is no well such as A1 or H12; rows that are none are told by [[leave_out]] or [[pooled]]");
        if (!on_plate(out.well))
            cells_.fail(row, at.well,
                        quoted(out.well) + " lies beyond the plate of " + std::to_string(d_.run.rows) + " x " +
                            std::to_string(d_.run.columns) + " wells that " + d_.file + " states");
        out.type = type(row, at.type);
        return out;
    }

    bool on_plate(std::string_view well) const {
        if (d_.run.rows == 0) return true;
        const int column = (well[well.size() - 2] - '0') * 10 + (well.back() - '0');
        const int row = well.size() == 3 ? well[0] - 'A' : (well[0] - 'A' + 1) * 26 + (well[1] - 'A');
        return row < d_.run.rows && column <= d_.run.columns;
    }

    std::string wells(std::size_t row, const Bound& from) const {
        std::string list;
        auto rest = cells_.text(row, from);
        while (!rest.empty()) {
            const auto end = std::min(rest.find_first_of(",;|+ \t\r\n"), rest.size());
            if (const auto name = rest.substr(0, end); !name.empty()) {
                const auto well = well_of(name);
                if (well.empty()) cells_.fail(row, from, quoted(name) + " is no well; expected a list such as A1, B1");
                list += (list.empty() ? "" : ",") + well;
            }
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return list;
    }

    std::int32_t type(std::size_t row, const Bound& from) const {
        if (!from) return MICROCHIM_UNKN;
        const auto word = cells_.text(row, from);
        if (const auto found = d_.types.find(lower(word)); found != d_.types.end()) return found->second;
        cells_.fail(row, from,
                    quoted(word) + " is no type of sample that " + d_.file + " knows; say in [types] what it is");
    }

    Row target(std::size_t row, const At& at) const {
        auto out = common(row, at);
        out.target = cells_.text(row, at.target);
        out.dye = cells_.text(row, at.dye);
        out.channel = cells_.text(row, at.channel);
        if (at.cq) return real_time(row, at, std::move(out));
        out.volume_nl = cells_.number(row, volume_);
        if (out.volume_nl <= 0) cells_.fail(row, volume_, "a partition volume must be above 0");
        if (out.pooled == MICROCHIM_MEAN) mean_counts(row, at, out);
        else if (!counts(row, at, out)) return out;
        out.excluded = out.pooled == MICROCHIM_MEAN ? -1 : cells_.count(row, at.excluded);
        out.threshold = cells_.number(row, at.threshold);
        out.status = cells_.text(row, at.status);
        out.concentration = cells_.number(row, at.concentration);
        // "No Call" instead of a number is a word worth keeping; "-" is not.
        if (const auto word = cells_.text(row, at.concentration); std::isnan(out.concentration) && word.size() > 4)
            out.status += (out.status.empty() ? "" : ", ") + std::string(word);
        out.low = cells_.number(row, at.low);
        out.high = cells_.number(row, at.high);
        return out;
    }

    /// What real-time PCR found. No Cq is a blank, a word for no value, or what the description says.
    Row real_time(std::size_t row, const At& at, Row out) const {
        out.real_time = true;
        out.cq_text = cells_.text(row, at.cq);
        if (!says(row, at.cq, d_.no_cq)) out.cq = cells_.number(row, at.cq);
        if (out.cq <= 0) out.cq = not_stated;  // nothing amplifies before the first cycle
        for (const auto& word : d_.no_cq) {    // "40" is "40.00" too
            double none = 0;
            const auto [stop, fault] = std::from_chars(word.data(), word.data() + word.size(), none);
            if (fault == std::errc{} && stop == word.data() + word.size() && none == out.cq) out.cq = not_stated;
        }
        out.quantity = cells_.number(row, at.quantity);
        out.unit = cells_.text(row, at.unit);
        out.threshold = cells_.number(row, at.threshold);
        out.status = cells_.text(row, at.status);
        return out;
    }

    /// Means are rarely whole: only those that are become counts.
    void mean_counts(std::size_t row, const At& at, Row& out) const {
        const double accepted = cells_.number(row, at.accepted), positive = cells_.number(row, at.positive);
        if (!(accepted >= 0 && positive >= 0 && accepted <= 9e15 && positive <= accepted)) return;
        if (accepted != std::floor(accepted) || positive != std::floor(positive)) return;
        out.accepted = static_cast<std::int64_t>(accepted);
        out.positive = static_cast<std::int64_t>(positive);
    }

    /// Two of three are enough, three must add up. False: a wide row without this target.
    bool counts(std::size_t row, const At& at, Row& out) const {
        const auto accepted = cells_.count(row, at.accepted), negative = cells_.count(row, at.negative);
        out.positive = cells_.count(row, at.positive);
        if (d_.wide && out.positive < 0 && negative < 0) return out.counted = false;
        for (const auto& [value, from] : {std::pair{accepted, &at.accepted}, std::pair{out.positive, &at.positive},
                                          std::pair{negative, &at.negative}})
            if (*from && value < 0)
                cells_.fail(row, *from, "the number of partitions is missing; rows without are told by [[leave_out]]");
        out.accepted = at.accepted ? accepted : out.positive + negative;
        if (!at.positive) out.positive = accepted - negative;
        if (out.positive > out.accepted || out.positive < 0)
            cells_.fail(row, at.positive ? at.positive : at.negative,
                        "there are more of these than the " + std::to_string(out.accepted) + " accepted partitions");
        if (at.accepted && at.positive && at.negative && out.positive + negative != accepted)
            cells_.fail(row, at.accepted,
                        std::to_string(out.positive) + " positive and " + std::to_string(negative) +
                            " negative do not make " + std::to_string(accepted) + " accepted partitions");
        return true;
    }

    Cells& cells_;
    const Description& d_;
    std::vector<At> targets_;
    Bound volume_, run_;
    std::vector<Bound> left_out_, pooled_, members_;
};

}  // namespace microchim::described
