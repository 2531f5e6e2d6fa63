// Single values as they cross the plugin boundary, checked: text, numbers that may be missing, wells.
#pragma once

#include <cmath>
#include <optional>
#include <string>

#include "core/read/boundary.hpp"
#include "core/read/collect.hpp"
#include "core/run/well.hpp"

namespace microchim::read {

/// A copy. Throws BadFact where it is not UTF-8: reports and LIMS messages could not carry it.
inline std::string string(microchim_text text) {
    if (text.size && !text.data) throw BadFact("a text has a length but no characters");
    if (!reader::detail::valid_utf8(view(text))) throw BadFact("the text '" + note_text(text) + "' is not UTF-8");
    return std::string(view(text));
}

/// NaN is "not stated". Throws BadFact for infinities.
inline std::optional<double> number(double value, const char* what) {
    if (std::isnan(value)) return std::nullopt;
    if (std::isinf(value)) throw BadFact(std::string(what) + " is infinite");
    return value;
}

/// -1 is "not stated".
inline std::optional<std::int64_t> count(std::int64_t value, const char* what) {
    if (value == -1) return std::nullopt;
    if (value < 0) throw BadFact(std::string(what) + " is " + std::to_string(value));
    return value;
}

/// The volume that the file states, nL.
inline std::optional<Volume> volume(double nl) {
    const auto stated = number(nl, "the partition volume");
    if (!stated) return std::nullopt;
    if (*stated <= 0) throw BadFact("the partition volume is " + std::to_string(*stated) + " nL");
    return Volume{*stated, "file"};
}

inline Well well(std::string_view name) {
    if (const auto parsed = Well::parse(name)) return *parsed;
    throw BadFact("'" + reader::utf8(name) + "' is not a well; expected A01 to AF48");
}

inline Well well(microchim_text name) {
    return well(view(name));
}

}  // namespace microchim::read
