// The raw data: one row per well, program, segment and reading; one column per channel.
//
//   SamplePos⇥SampleName⇥Prog#⇥Seg#⇥Cycle#⇥Time⇥Temp⇥465-510⇥533-580⇥
//   A1⇥Sample 1⇥2⇥2⇥1⇥232366⇥59.92⇥0.60⇥0.31
//
// Amplification is the program and segment with the most cycles. A segment that is read many times in one cycle while
// the temperature rises is a melting curve.
#pragma once

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dialect.hpp"

namespace microchim::lightcycler480 {

namespace detail {

using Segment = std::pair<std::int64_t, std::int64_t>;  ///< program, segment

/// One line.
struct Reading {
    std::int64_t cycle;
    double temperature;
    std::size_t row;
};

/// The lines of one segment.
struct Read {
    std::map<std::string, std::vector<Reading>> wells;
    std::int64_t cycles = 0;
    std::size_t most = 0;  ///< readings of a well
};

inline std::string in(const Segment& segment) {
    return "program " + std::to_string(segment.first) + " segment " + std::to_string(segment.second);
}

/// "59.81 to 59.92"
inline std::string range(double low, double high) {
    return reader::detail::shortest(low) + (low == high ? "" : " to " + reader::detail::shortest(high));
}

class Raw {
public:
    Raw(const Table& table, std::size_t header, Part& part) : table_(table), part_(part) {
        for (std::size_t c = 0; c < table.header().size(); ++c)
            if (const auto found = filters(table.header()[c]); found.size() == 1) channels_.emplace_back(c, found[0]);
        if (channels_.empty())
            throw FormatError(part.name + ":" + std::to_string(header + 1),
                              "there is no channel, as '465-510', among the columns; export the raw data with at least "
                              "one");
        columns_ = {table.require({"SamplePos"}), table.require({"Prog#"}), table.require({"Seg#"}),
                    table.require({"Cycle#"}), table.require({"Temp"})};
        auto numeric = std::vector<std::size_t>{columns_[4]};
        for (const auto& [column, filter] : channels_) numeric.push_back(column);
        numbers_ = numbers(table, numeric);
    }

    void read() {
        const auto sample = table_.find({"SampleName"});
        for (std::size_t row = 0; row < table_.size(); ++row) {
            const auto name = well(table_, row, columns_[0]);
            if (sample) {
                const auto said = trimmed(table_.cell(row, *sample));
                const auto [known, fresh] = samples_.emplace(name, said);
                if (!fresh && known->second != said)
                    throw FormatError(table_.where(row, *sample), quoted(said) + " is not the sample of " + name +
                                                                      " above, which is " + quoted(known->second));
            }
            auto& segment = segments_[{whole(row, 1), whole(row, 2)}];
            auto& readings = segment.wells[name];
            readings.push_back({whole(row, 3), number(row, columns_[4]), row});
            segment.cycles = std::max(segment.cycles, readings.back().cycle);
            segment.most = std::max(segment.most, readings.size());
        }
        if (segments_.empty())
            throw FormatError(part_.name, "there is no reading below the column names; export the raw data again");
        for (const auto& [well, said] : samples_)
            for (const auto& [column, filter] : channels_) part_.reactions.at(well, "", filter).sample = said;
        const auto amplification = amplified();
        bool melted = false;
        for (const auto& [segment, read] : segments_) {
            check_length(segment, read);
            if (segment == amplification) curves(read);
            else if (read.most > static_cast<std::size_t>(read.cycles) + 1)
                series(segment, read, true, std::exchange(melted, true));
            else series(segment, read, false, true);
            ranges(segment, read);
        }
        std::vector<reader::RowName> names(table_.size());
        for (std::size_t row = 0; row < table_.size(); ++row) names[row].well = "x";
        reader::keep_unused(
            table_, names, [&](std::size_t c) { return used(c) || !same(c); }, part_);
    }

private:
    std::int64_t whole(std::size_t row, std::size_t which) const {
        const auto value = table_.number<std::int64_t>(row, columns_[which]);
        if (!value || *value < 0 || *value > 1000)
            throw FormatError(table_.where(row, columns_[which]),
                              value ? "there is no number " + std::to_string(*value) + " of this kind"
                                    : std::string("this number is missing; the file may have been cut off"));
        return *value;
    }

    double number(std::size_t row, std::size_t column) const {
        if (const auto value = numbers_.read(table_.cell(row, column), table_.where(row, column))) return *value;
        throw FormatError(table_.where(row, column), "this value is missing; the file may have been cut off");
    }

    /// Where several segments were read in as many cycles, the first.
    Segment amplified() {
        Segment best{-1, -1};
        std::int64_t most = 1;
        for (const auto& [segment, read] : segments_)
            if (read.cycles > most) most = read.cycles, best = segment;
        for (const auto& [segment, read] : segments_)
            if (segment != best && read.cycles > 1)
                part_.note(MICROCHIM_WARNING, part_.name,
                           "Two segments have cycles: the curves are of " + in(best) + "; what was read in " +
                               in(segment) + " is kept as a series.");
        return best;
    }

    /// All wells go through the same programs at once.
    void check_length(const Segment& segment, const Read& read) const {
        for (const auto& [well, readings] : read.wells)
            if (readings.size() != read.most)
                throw FormatError(table_.where(readings.back().row, columns_[3]),
                                  "well " + well + " has " + std::to_string(readings.size()) + " readings of " +
                                      in(segment) + ", others have " + std::to_string(read.most) +
                                      "; the file may have been cut off, export it again");
    }

    void curves(const Read& read) {
        for (const auto& [well, readings] : read.wells)
            for (const auto& [column, filter] : channels_) {
                auto& reaction = part_.reactions.at(well, "", filter);
                for (const auto& reading : readings)
                    Reaction::set(reaction.fluorescence, reading.cycle, static_cast<float>(number(reading.row, column)),
                                  table_.where(reading.row, columns_[3]));
            }
    }

    /// The first melting curve is known by its channel alone.
    void series(const Segment& segment, const Read& read, bool melting, bool named) {
        for (const auto& [well, readings] : read.wells)
            for (const auto& [column, filter] : channels_) {
                Part::Series fact{well, "", filter, melting ? MICROCHIM_MELT : MICROCHIM_FILTER, {}, {}};
                if (named) fact.name += ", " + in(segment);
                for (const auto& reading : readings) {
                    fact.at.push_back(melting ? static_cast<float>(reading.temperature)
                                              : static_cast<float>(reading.cycle));
                    fact.fluorescence.push_back(static_cast<float>(number(reading.row, column)));
                }
                part_.series.push_back(std::move(fact));
            }
    }

    /// Time and temperature, as far as a series does not say them.
    void ranges(const Segment& segment, const Read& read) {
        const auto time = table_.find({"Time"});
        for (const auto& [well, readings] : read.wells) {
            double low = readings.front().temperature, high = low;
            for (const auto& reading : readings) {
                low = std::min(low, reading.temperature);
                high = std::max(high, reading.temperature);
            }
            part_.attribute(well, "Temp [" + in(segment) + "]", range(low, high));
            if (!time) continue;
            const auto first = trimmed(table_.cell(readings.front().row, *time)),
                       last = trimmed(table_.cell(readings.back().row, *time));
            part_.attribute(well, "Time [" + in(segment) + "]",
                            std::string(first) + (first == last ? "" : " to " + std::string(last)));
        }
    }

    bool used(std::size_t column) const {
        for (const auto& [channel, filter] : channels_)
            if (channel == column) return true;
        return std::find(columns_.begin(), columns_.end(), column) != columns_.end() ||
               column == table_.find({"SampleName"}) || column == table_.find({"Time"});
    }
    bool same(std::size_t column) {
        for (std::size_t row = 1; row < table_.size(); ++row)
            if (table_.cell(row, column) != table_.cell(0, column)) {
                part_.note(MICROCHIM_WARNING, part_.name,
                           "The column " + quoted(table_.header()[column]) + " was left out.");
                return false;
            }
        return true;
    }

    const Table& table_;
    Part& part_;
    std::vector<std::pair<std::size_t, std::string>> channels_;  ///< column, filter
    std::vector<std::size_t> columns_;
    Numbers numbers_;
    std::map<std::string, std::string> samples_;
    std::map<Segment, Read> segments_;
};

}  // namespace detail

inline void read_raw(const Table& table, const Dialect& dialect, Part& part) {
    part.id = between(dialect.above, "Experiment - ", "(Run on");
    const auto program = between(dialect.above, "(Run on ", ")");
    const auto blank = program.rfind(' ');
    part.software = program.substr(0, blank);
    if (blank != program.npos) part.software_version = program.substr(blank + 1);
    detail::Raw(table, dialect.header, part).read();
}

}  // namespace microchim::lightcycler480
