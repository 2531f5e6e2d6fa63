// The raw data of the Mx3005P: a row per well, dye and reading. Wells are numbers along the rows.
//
//   C:\runs\Monday.mxp
//   Segment⇥Ramp/Plateau⇥Ramp/Plateau #⇥Well⇥Dye⇥Cycle #⇥Fluorescence⇥Temperature
//         2⇥     Plateau⇥             2⇥   1⇥FAM⇥      1⇥       12034⇥      60.0
//
// Amplification is the plateau with the most cycles; other readings are kept as series.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "dialect.hpp"

namespace microchim::mx {

namespace detail {

using Segment = std::tuple<std::string, std::string, std::string>;  ///< segment, ramp or plateau, its number

struct Reading {
    std::string well, assay;
    std::int64_t cycle;
    float fluorescence, temperature;
    std::size_t row;
};

struct RawColumns {
    std::size_t segment, kind, number, well, dye, cycle, fluorescence;
    std::optional<std::size_t> temperature;
};

inline std::int64_t whole(const Table& table, std::size_t row, std::size_t column, std::int64_t most) {
    const auto value = table.number<std::int64_t>(row, column);
    if (!value || *value < 1 || *value > most)
        throw FormatError(table.where(row, column),
                          "expected a number from 1 to " + std::to_string(most) + "; the file may have been cut off");
    return *value;
}

inline Reading reading(const Table& table, std::size_t row, const RawColumns& at, const Numbers& numbers) {
    const auto number = [&](std::size_t column) {
        const auto value = numbers.read(table.cell(row, column), table.where(row, column));
        if (!value)
            throw FormatError(table.where(row, column), "this value is missing; the file may have been cut off");
        return static_cast<float>(*value);
    };
    return {reader::numbered_well(whole(table, row, at.well, 96), 12),
            std::string(trimmed(table.cell(row, at.dye))),
            whole(table, row, at.cycle, 1000),
            number(at.fluorescence),
            at.temperature ? number(*at.temperature) : std::numeric_limits<float>::quiet_NaN(),
            row};
}

inline std::string name_of(const Segment& segment) {
    return "segment " + std::get<0>(segment) + " " + std::get<1>(segment) + " " + std::get<2>(segment);
}

/// A segment that is read many times in one cycle is a melting curve.
inline void keep_series(const Segment& segment, const std::vector<Reading>& readings, std::int64_t cycles, Part& part) {
    std::map<std::pair<std::string, std::string>, Part::Series> series;
    std::size_t most = 0;
    for (const auto& r : readings) {
        auto& one = series[{r.well, r.assay}];
        one.well = r.well;
        one.name = r.assay + ", " + name_of(segment);
        one.at.push_back(r.temperature);
        one.fluorescence.push_back(r.fluorescence);
        most = std::max(most, one.at.size());
    }
    const bool melting = most > static_cast<std::size_t>(cycles) + 1 && !std::isnan(readings.front().temperature);
    if (!melting) {
        std::map<std::pair<std::string, std::string>, std::size_t> next;
        for (const auto& r : readings)
            series[{r.well, r.assay}].at[next[{r.well, r.assay}]++] = static_cast<float>(r.cycle);
    }
    for (auto& [key, one] : series) {
        one.kind = melting ? MICROCHIM_MELT : MICROCHIM_DYE;
        part.series.push_back(std::move(one));
    }
}

}  // namespace detail

inline void read_raw(const Table& table, std::string_view path, Part& part) {
    const detail::RawColumns at{
        table.require({"Segment"}),      table.require({"Ramp/Plateau"}), table.require({"Ramp/Plateau #"}),
        table.require({"Well"}),         table.require({"Dye"}),          table.require({"Cycle #"}),
        table.require({"Fluorescence"}), table.find({"Temperature"})};
    Numbers numbers;
    for (std::size_t row = 0; row < table.size(); ++row) {
        numbers.learn(table.cell(row, at.fluorescence));
        if (at.temperature) numbers.learn(table.cell(row, *at.temperature));
    }
    std::map<detail::Segment, std::vector<detail::Reading>> segments;
    std::map<detail::Segment, std::int64_t> cycles;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto cell = [&](std::size_t c) { return std::string(trimmed(table.cell(row, c))); };
        const detail::Segment segment{cell(at.segment), cell(at.kind), cell(at.number)};
        auto& readings = segments[segment];
        readings.push_back(detail::reading(table, row, at, numbers));
        cycles[segment] = std::max(cycles[segment], readings.back().cycle);
    }
    const auto longest = std::max_element(cycles.begin(), cycles.end(),
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& [segment, readings] : segments) {
        if (longest->second < 2 || segment != longest->first) {
            detail::keep_series(segment, readings, cycles[segment], part);
            continue;
        }
        for (const auto& r : readings)
            Reaction::set(mx::at(part, r.well, r.assay).fluorescence, r.cycle, r.fluorescence,
                          table.where(r.row, at.cycle));
        part.attribute("", "amplification", detail::name_of(segment));
    }
    path = trimmed(path);
    if (path.empty()) return;
    part.attribute("", "file", path);
    path = path.substr(path.find_last_of("\\/") + 1);
    part.id = path.substr(0, path.rfind('.'));
}

}  // namespace microchim::mx
