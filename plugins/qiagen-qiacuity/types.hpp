// Sample types: "Sample", "Non Template Control", "CONTROL" of the well, "Positive" of a target in a control well.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "row.hpp"

namespace microchim::qiacuity {

using reader::Sink;

/// What a word means: one of RDML's types; `generic` is a control that does not say which; -1 is no word we know.
struct Meaning {
    std::int32_t type = MICROCHIM_UNKN;
    bool stated = false, generic = false, known = true;
};

inline Meaning meaning(std::string_view cell) {
    if (says_nothing(cell)) return {};
    std::string word;
    for (const char c : reader::detail::normalised(cell))
        if (c != '-') word += c;
    const auto has = [&](std::string_view part) { return word.find(part) != word.npos; };
    if (word == "ntc" || has("nontemplate") || has("notemplate")) return {MICROCHIM_NTC, true};
    if (has("positive") || word == "pc" || word == "pos") return {MICROCHIM_POS, true};
    if (has("negative") || word == "nc" || word == "neg") return {MICROCHIM_NTP, true};
    if (has("standard")) return {MICROCHIM_STD, true};
    if (has("control")) return {MICROCHIM_POS, true, true};
    if (word == "sample" || word == "unknown") return {MICROCHIM_UNKN, true};
    return {MICROCHIM_UNKN, true, false, false};
}

/// The well's own type goes first; the target's says which control it is, and stands in where the well has none.
inline Meaning meaning(const Row& r) {
    const auto well = meaning(std::string_view(r.type)), target = meaning(std::string_view(r.control));
    const bool more = target.stated && target.known && !target.generic && (!well.stated || well.generic);
    if (more) return target;
    return well.stated || !target.known ? well : target;
}

/// The type of a well. Targets that contradict each other make a positive control where all are controls, and a
/// sample elsewhere; a note says so.
inline std::int32_t well_type(const std::vector<const Row*>& rows, bool& generic, const Sink& sink) {
    std::set<std::int32_t> types;
    std::set<std::string> unknown;
    bool control = false;
    for (const auto* r : rows) {
        const auto found = meaning(*r);
        types.insert(found.type);
        generic = generic || found.generic;
        control = control || meaning(std::string_view(r->type)).generic;
        if (!found.known && unknown.insert(r->type).second)
            sink.note(MICROCHIM_WARNING, r->place.name,
                      "The sample type '" + r->type + "' is not known to this reader; the well counts as a sample.");
    }
    if (types.size() == 1) return *types.begin();
    control = types.erase(MICROCHIM_UNKN) == 0 || control;
    if (types.size() == 1) return *types.begin();
    sink.note(MICROCHIM_WARNING, rows.front()->place.name,
              std::string("The targets of this well have different sample types; it counts as a ") +
                  (control ? "positive control." : "sample."));
    return control ? MICROCHIM_POS : MICROCHIM_UNKN;
}

}  // namespace microchim::qiacuity
