// The reactions of a real-time run, gathered from the tables of a file (set-up, results, curves), then reported once.
//
//   Reactions reactions;
//   reactions.at("A01", "SRY", "FAM").cq = 33.21;      from one table
//   reactions.at("A01", "SRY", "FAM").fluorescence ... from another
//   reactions.report(sink);
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "microchim/reader.hpp"

namespace microchim::reader {

/// One target in one well; what is not stated stays as it is here.
struct Reaction {
    std::string well, target, dye, position, sample, unit, status;
    std::int32_t type = MICROCHIM_UNKN, signal = MICROCHIM_RAW;
    double quantity = not_stated, cq = not_stated, threshold = not_stated, efficiency = not_stated;
    std::int64_t baseline_first = -1, baseline_last = -1;
    std::int32_t amplified = -1, excluded = 0;
    std::vector<float> fluorescence, baselined;  ///< cycle 1, 2, ...; of equal length where both are there

    /// The value of cycle `cycle` (from 1) in one of the two; gaps are NaN. \throws FormatError at `where` for a cycle
    /// beyond 1 to 1000, or one that stands twice.
    static void set(std::vector<float>& curve, std::int64_t cycle, float value, const std::string& where) {
        if (cycle < 1 || cycle > 1000) throw FormatError(where, "there is no cycle " + std::to_string(cycle));
        const auto index = static_cast<std::size_t>(cycle - 1);
        if (index >= curve.size()) curve.resize(index + 1, std::numeric_limits<float>::quiet_NaN());
        if (!std::isnan(curve[index]))
            throw FormatError(where, "cycle " + std::to_string(cycle) + " stands twice in one curve");
        curve[index] = value;
    }
};

class Reactions {
public:
    /// The reaction of a target in a well, new where there is none. Leave `dye` empty where targets tell them apart.
    Reaction& at(std::string_view well, std::string_view target, std::string_view dye = {},
                 std::string_view position = {}) {
        auto& index = known_[{std::string(well), std::string(target), std::string(dye), std::string(position)}];
        if (index == 0) {
            auto& reaction = all_.emplace_back();
            reaction.well = well;
            reaction.target = target;
            reaction.dye = dye;
            reaction.position = position;
            index = all_.size();
        }
        return all_[index - 1];
    }
    /// The same, but null where there is none.
    Reaction* find(std::string_view well, std::string_view target, std::string_view dye = {},
                   std::string_view position = {}) {
        const auto found =
            known_.find({std::string(well), std::string(target), std::string(dye), std::string(position)});
        return found == known_.end() ? nullptr : &all_[found->second - 1];
    }
    std::deque<Reaction>& all() { return all_; }
    const std::deque<Reaction>& all() const { return all_; }
    bool empty() const { return all_.empty(); }

    /// Reports every well (its type and quantity where all of its targets agree) and every reaction. A sample that
    /// stands in one table only is that of all targets of the well.
    void report(const Sink& sink) const {
        std::map<std::string, std::vector<const Reaction*>> wells;
        for (const auto& reaction : all_) wells[reaction.well].push_back(&reaction);
        for (const auto& [well, reactions] : wells) report_well(well, reactions, sink);
        for (const auto& reaction : all_) report_curve(reaction, sink);
    }

    /// What a well is where its targets differ: a standard of one is a standard, an internal control beside an unknown
    /// sample makes no control of the well.
    static std::int32_t type_of(const std::vector<std::int32_t>& types) {
        static constexpr std::array order{MICROCHIM_STD,  MICROCHIM_NTC, MICROCHIM_NRT, MICROCHIM_NTP,
                                          MICROCHIM_UNKN, MICROCHIM_NAC, MICROCHIM_POS, MICROCHIM_OPT};
        for (const std::int32_t type : order)
            if (std::find(types.begin(), types.end(), type) != types.end()) return type;
        return MICROCHIM_UNKN;
    }

    /// One reaction without its well, for readers that report wells themselves.
    static void report_curve(const Reaction& reaction, const Sink& sink) {
        auto fluorescence = reaction.fluorescence, baselined = reaction.baselined;
        auto signal = reaction.signal;
        if (fluorescence.empty() && !baselined.empty()) fluorescence.swap(baselined), signal = MICROCHIM_BASELINED;
        const auto cycles = std::max(fluorescence.size(), baselined.size());
        fluorescence.resize(cycles, std::numeric_limits<float>::quiet_NaN());
        if (!baselined.empty()) baselined.resize(cycles, std::numeric_limits<float>::quiet_NaN());
        auto fact = no_curve();
        fact.well = text(reaction.well);
        fact.target = text(reaction.target);
        fact.dye = text(reaction.dye);
        fact.position = text(reaction.position);
        fact.type = reaction.type;
        fact.signal = signal;
        fact.cycles = cycles;
        fact.fluorescence = fluorescence.data();
        fact.baselined = baselined.empty() ? nullptr : baselined.data();
        fact.cq = reaction.cq;
        fact.threshold = reaction.threshold;
        fact.amplified = reaction.amplified;
        fact.quantity = reaction.quantity;
        fact.unit = text(reaction.unit);
        fact.efficiency = reaction.efficiency;
        fact.baseline_first = reaction.baseline_first;
        fact.baseline_last = reaction.baseline_last;
        fact.excluded = reaction.excluded;
        fact.status = text(reaction.status);
        sink.curve(fact);
    }

private:
    static void report_well(const std::string& well, const std::vector<const Reaction*>& reactions, const Sink& sink) {
        std::string_view sample;
        double quantity = not_stated;
        bool same = true;
        std::vector<std::int32_t> types;
        for (const auto* reaction : reactions) {
            types.push_back(reaction->type);
            if (sample.empty()) sample = reaction->sample;
            else if (!reaction->sample.empty() && reaction->sample != sample)
                throw FormatError(well, "the targets of this well name two samples, '" + std::string(sample) +
                                            "' and '" + reaction->sample + "'");
            if (reaction->type != MICROCHIM_STD || std::isnan(reaction->quantity)) continue;
            same = same && (std::isnan(quantity) || quantity == reaction->quantity);
            quantity = reaction->quantity;
        }
        sink.react({text(well), text(sample), type_of(types), same ? quantity : not_stated, not_stated});
    }

    std::deque<Reaction> all_;  // references stay valid while it grows
    std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> known_;
};

/// "A01" of a number that counts wells along the rows, from 1, on a plate of `columns` columns; empty beyond 32 rows.
inline std::string numbered_well(std::int64_t number, std::int64_t columns) {
    if (number < 1 || columns < 1 || columns > 48) return {};
    const auto row = (number - 1) / columns, column = (number - 1) % columns + 1;
    if (row >= 32) return {};
    std::string name;
    if (row >= 26) name += 'A';
    name += static_cast<char>('A' + row % 26);
    if (column < 10) name += '0';
    return name + std::to_string(column);
}

}  // namespace microchim::reader
