// Positions on a rotor, and what the run file and the table of an analysis share.
#pragma once

#include <charconv>
#include <map>
#include <string>
#include <string_view>

#include "microchim/exports.hpp"
#include "microchim/numbers.hpp"
#include "microchim/parts.hpp"
#include "microchim/raw_table.hpp"
#include "microchim/reader.hpp"

namespace microchim::rotorgene {

using reader::FormatError;
using reader::not_stated;
using reader::Numbers;
using reader::Part;
using reader::Reaction;
using reader::Table;
using reader::detail::normalised;
using reader::detail::quoted;
using reader::detail::trimmed;

/// Most tubes that a rotor takes.
inline constexpr int most_tubes = 100;

/// The well of a tube. Tubes are counted around the rotor; where the program names them, it does so in rows of eight:
/// tube 9 is B1, tube 72 is I8. Both names are the same well. \throws FormatError for what is neither.
inline std::string tube(std::string_view cell, const std::string& where) {
    cell = trimmed(cell);
    int number = 0;
    const auto [stop, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    auto name = fault == std::errc{} && stop == cell.data() + cell.size() && number <= most_tubes
                    ? reader::numbered_well(number, 8)
                    : reader::well_name(cell, 13, 8);
    if (name.empty()) throw FormatError(where, quoted(cell) + " is no tube of a rotor, as 12 or B4");
    return name;
}

/// "Green" of "Cycling A.Green": what a channel sees.
inline std::string_view colour(std::string_view channel) {
    return trimmed(channel.substr(channel.rfind('.') + 1));
}

/// Reactions are told apart by the whole name of their channel; a colour alone says it where a well has it once.
inline void name_dyes(Part& part) {
    std::map<std::pair<std::string, std::string>, int> times;
    for (const auto& reaction : part.reactions.all()) ++times[{reaction.well, std::string(colour(reaction.dye))}];
    bool twice = false;
    for (const auto& [key, n] : times) twice = twice || n > 1;
    for (auto& reaction : part.reactions.all()) {
        part.attribute(reaction.well, "channel", reaction.dye);
        if (!twice) reaction.dye = std::string(colour(reaction.dye));
    }
}

/// The name of a file without folder and extension.
inline std::string stem(std::string_view name) {
    name = name.substr(name.find_last_of("\\/") + 1);
    return std::string(name.substr(0, name.rfind('.')));
}

}  // namespace microchim::rotorgene
