// Small helpers that the sources of this folder share; includes the heavy JSON header.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/report/json.hpp"

namespace microchim::report {

inline Json maybe(const std::optional<double>& value) {
    return value ? number(*value) : Json(nullptr);
}
inline Json maybe(const std::optional<std::int64_t>& value) {
    return value ? Json(*value) : Json(nullptr);
}

inline Json note_json(const Note& note) {
    return {{"severity", to_string(note.severity)}, {"where", note.where}, {"what", note.what}};
}

inline Json notes_json(const std::vector<Note>& notes) {
    auto list = Json::array();
    for (const auto& note : notes) list.push_back(note_json(note));
    return list;
}

}  // namespace microchim::report
