// What a well holds, as Bio-Rad's real-time programs write it: "Unkn-07", "Std", "NTC-1", "Pos Ctrl".
//
// The number is the replicate group: wells of one group are averaged. Without a number a well stands alone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::biorad {

struct Content {
    std::int32_t type = MICROCHIM_UNKN;
    std::string group;  ///< "7" of "Unkn-07"; empty: none

    bool operator==(const Content&) const = default;
};

/// Nothing for a word that these programs do not have. A blank cell is an unknown sample: the layout does not say.
inline std::optional<Content> content(std::string_view cell) {
    struct Word {
        std::string_view normalised;
        std::int32_t type;
    };
    // "Neg Ctrl" stands beside "NTC" in these programs: a sample that lacks the target, not a well without a template.
    static constexpr std::array words{Word{"unkn", MICROCHIM_UNKN},
                                      Word{"unknown", MICROCHIM_UNKN},
                                      Word{"sample", MICROCHIM_UNKN},
                                      Word{"", MICROCHIM_UNKN},
                                      Word{"std", MICROCHIM_STD},
                                      Word{"standard", MICROCHIM_STD},
                                      Word{"ntc", MICROCHIM_NTC},
                                      Word{"notemplatecontrol", MICROCHIM_NTC},
                                      Word{"blank", MICROCHIM_NTC},
                                      Word{"nrt", MICROCHIM_NRT},
                                      Word{"nac", MICROCHIM_NAC},
                                      Word{"pos", MICROCHIM_POS},
                                      Word{"posctrl", MICROCHIM_POS},
                                      Word{"positivecontrol", MICROCHIM_POS},
                                      Word{"neg", MICROCHIM_NTP},
                                      Word{"negctrl", MICROCHIM_NTP},
                                      Word{"negativecontrol", MICROCHIM_NTP}};
    cell = reader::detail::trimmed(cell);
    const auto last = cell.find_last_not_of("0123456789");
    auto word = cell;
    std::string group;
    if (last != cell.npos && last + 1 < cell.size() && cell[last] == '-') {
        word = cell.substr(0, last);
        auto digits = cell.substr(last + 1);
        while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
        group = digits;
    }
    const auto wanted = reader::detail::normalised(word);
    for (const auto& known : words)
        if (known.normalised == wanted) return Content{known.type, std::move(group)};
    return std::nullopt;
}

}  // namespace microchim::biorad
