// Curve tables: a row is a cycle or a temperature, a column is a well.
//
//   ,Cycle,A1,A2,B1         ,Temperature,A1,A2
//   ,1,-3.1,0.4,2.2         ,65,3964.4,3323.7
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "../biorad-shared/realtime_rows.hpp"

namespace microchim::cfx {

using biorad::Sheet;

struct WellCurve {
    std::string well;
    std::vector<float> values;  ///< of a cycle that was not read: NaN
    bool operator==(const WellCurve& other) const {
        const auto same = [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); };
        return well == other.well &&
               std::equal(values.begin(), values.end(), other.values.begin(), other.values.end(), same);
    }
};

struct Wide {
    std::vector<float> at;  ///< of a melting curve: degrees C
    std::vector<WellCurve> curves;
    bool negative = false;  ///< a value below zero
    bool operator==(const Wide&) const = default;
};

namespace detail {

inline float value(const Sheet& sheet, std::size_t row, std::size_t column) {
    if (reader::detail::trimmed(sheet.table.cell(row, column)).empty())
        throw FormatError(sheet.table.where(row, column),
                          "this value is missing; the file may have been cut off, export it again");
    const auto number = sheet.number(row, column);
    if (std::abs(number) > std::numeric_limits<float>::max())
        throw FormatError(sheet.table.where(row, column), "this value is beyond the range of numbers");
    return static_cast<float>(number);
}

/// Where in a curve each row belongs: its cycle, less one.
inline std::vector<std::size_t> places(const Sheet& sheet, std::size_t column) {
    std::vector<std::size_t> places;
    std::set<double> seen;
    for (std::size_t row = 0; row < sheet.table.size(); ++row) {
        const auto cycle = sheet.number(row, column);
        const auto said = reader::detail::quoted(sheet.table.cell(row, column));
        if (!(cycle >= 1 && cycle <= 1000) || cycle != std::floor(cycle))
            throw FormatError(sheet.table.where(row, column), said + " is not a cycle, 1 to 1000");
        if (!seen.insert(cycle).second) throw FormatError(sheet.table.where(row, column), said + " stands twice");
        places.push_back(static_cast<std::size_t>(cycle) - 1);
    }
    return places;
}

}  // namespace detail

/// \throws FormatError with line and column.
inline Wide read_wide(const Sheet& sheet, bool melt) {
    const auto& table = sheet.table;
    const auto first = table.require({melt ? "Temperature" : "Cycle"});
    Wide wide;
    for (std::size_t row = 0; melt && row < table.size(); ++row) {
        wide.at.push_back(detail::value(sheet, row, first));
        if (std::isnan(wide.at.back())) throw FormatError(table.where(row, first), "a temperature is missing");
    }
    const auto places = melt ? std::vector<std::size_t>{} : detail::places(sheet, first);
    const auto length = melt ? table.size() : 1 + *std::max_element(places.begin(), places.end());
    std::set<std::string> seen;
    for (std::size_t c = first + 1; c < table.header().size(); ++c) {
        if (reader::detail::trimmed(table.header()[c]).empty()) continue;
        WellCurve curve{biorad::realtime_well(table.header()[c]),
                        std::vector<float>(length, std::numeric_limits<float>::quiet_NaN())};
        if (!seen.insert(curve.well).second)
            throw FormatError(table.where(0, c), "the table has two columns of well " + curve.well);
        for (std::size_t row = 0; row < table.size(); ++row) {
            const auto value = detail::value(sheet, row, c);
            wide.negative = wide.negative || value < 0;
            curve.values[melt ? row : places[row]] = value;
        }
        wide.curves.push_back(std::move(curve));
    }
    return wide;
}

/// Whether the curves of a file were exported as they were measured, with the program's baseline subtraction switched
/// off: none comes near zero. The file does not say it, and the program subtracts unless it is told not to.
inline bool looks_raw(const Wide& wide) {
    if (wide.negative) return false;
    return std::all_of(wide.curves.begin(), wide.curves.end(), [](const WellCurve& curve) {
        float low = INFINITY, high = 0;
        for (const float value : curve.values)
            if (!std::isnan(value)) low = std::min(low, value), high = std::max(high, value);
        return curve.values.size() > 5 && low > 0.02F * high && low > 20;
    });
}

}  // namespace microchim::cfx
