// What both generations say, whatever its spelling: the plate, and the signals of the dyes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "container.hpp"
#include "microchim/reactions.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::eds {

struct Assay {
    std::string target, dye;
    std::int32_t type = MICROCHIM_UNKN;
    double quantity = reader::not_stated;  ///< of a standard
};

struct Well {
    std::string sample;
    std::vector<Assay> assays;
    bool omitted = false;
    std::vector<std::string> flags;
};

struct Plate {
    std::int64_t rows = 0, columns = 0;
    std::string passive;        ///< reference dye
    std::map<int, Well> wells;  ///< by index, from 0 along the rows
    std::string file;           ///< for messages
    std::string name(std::int64_t index, const std::string& where) const {
        if (index < 0 || index >= rows * columns)
            throw FormatError(where, "there is no well " + std::to_string(index) + " on a plate of " +
                                         std::to_string(rows) + " x " + std::to_string(columns) + " (counted from 0)");
        return reader::numbered_well(index + 1, columns);
    }
};

/// When a plate was read.
struct Point {
    std::int64_t stage = 0, cycle = 0, step = 0, point = 0;
};

struct Signal {
    std::string dye;
    std::vector<float> values;  ///< one a point
};

/// The signals of the dyes, as separated by the instrument software.
struct Dyes {
    std::vector<Point> points;
    std::map<int, std::vector<Signal>> wells;
    std::map<int, std::vector<float>> temperatures;
};

/// Which points are amplification: what the analysis was told to use, or else what was read most often.
struct Selection {
    std::int64_t stage = 0, step = 0, point = 0, melt_stage = 0;  ///< 0: not stated
};

/// What the instrument software calls the work of a target in a well. \throws FormatError for a word nobody knows.
inline std::int32_t task(std::string_view word, const std::string& where) {
    static constexpr std::array<std::pair<std::string_view, std::int32_t>, 19> words{
        {{"", MICROCHIM_UNKN},
         {"unknown", MICROCHIM_UNKN},
         {"target", MICROCHIM_UNKN},
         {"endogenouscontrol", MICROCHIM_UNKN},
         {"endogenous", MICROCHIM_UNKN},
         {"endo", MICROCHIM_UNKN},
         {"reference", MICROCHIM_UNKN},
         {"standard", MICROCHIM_STD},
         {"ntc", MICROCHIM_NTC},
         {"notemplatecontrol", MICROCHIM_NTC},
         {"negativecontrol", MICROCHIM_NTC},
         {"nac", MICROCHIM_NAC},
         {"blockedipc", MICROCHIM_NAC},
         {"ipcblocked", MICROCHIM_NAC},
         {"nrt", MICROCHIM_NRT},
         {"nort", MICROCHIM_NRT},
         {"ipc", MICROCHIM_POS},
         {"positivecontrol", MICROCHIM_POS},
         {"pc", MICROCHIM_POS}}};
    auto plain = reader::detail::normalised(word);
    std::erase(plain, '-');
    for (const auto& [known, type] : words)
        if (plain == known) return type;
    throw FormatError(where, reader::detail::quoted(word) + " is no task that we know");
}

/// Milliseconds since 1970 as "2007-11-10T01:46:54"; empty where nothing is stated. No zone: instruments count some of
/// them from 1970 in local time.
inline std::string moment(std::int64_t milliseconds) {
    if (milliseconds <= 0 || milliseconds > 4'102'444'800'000) return {};
    const auto seconds = milliseconds / 1000, days = seconds / 86400, rest = seconds % 86400;
    // Civil date of a count of days: eras of 400 years from 1 March, as the proleptic Gregorian calendar repeats.
    const auto shifted = days + 719468, era = shifted / 146097, day = shifted % 146097;
    const auto year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    const auto of_year = day - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(year + era * 400 + (month >= 10 ? 1 : 0)) + "-" + two(month < 10 ? month + 3 : month - 9) +
           "-" + two(of_year - (153 * month + 2) / 5 + 1) + "T" + two(rest / 3600) + ":" + two(rest / 60 % 60) + ":" +
           two(rest % 60);
}

/// An attribute, where there is something to say.
inline void keep(const Sink& sink, std::string_view well, std::string_view key, std::string_view value) {
    if (!value.empty()) sink.attribute(well, key, value);
}

/// A limit for what is a list of numbers in a file, cycles or points.
inline void check_length(std::size_t count, std::size_t most, const std::string& where) {
    if (count > most)
        throw FormatError(where, std::to_string(count) + " values; more than " + std::to_string(most) +
                                     " are no run of a real-time instrument");
}

}  // namespace microchim::eds
