// JSON as the second generation writes it: numbers that do not exist stand as NaN, which is no JSON.
#pragma once

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/numbers.hpp"
#include "model.hpp"

namespace microchim::eds {

using Json = nlohmann::json;

namespace detail {

/// Outside of strings, NaN and Infinity become null. Also counts how deep it goes.
inline std::string strict(std::string_view text, std::size_t& deepest) {
    std::string out;
    out.reserve(text.size());
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\') {
            out += c;
            if (i + 1 < text.size()) out += text[++i];
            continue;
        }
        if (c == '"') quoted = !quoted;
        const auto rest = quoted ? std::string_view{} : text.substr(i, 9);
        if (rest.starts_with("NaN")) {
            out += "null", i += 2;
            continue;
        }
        if (rest.starts_with("-Infinity") || rest.starts_with("Infinity")) {
            out += "null", i += rest[0] == '-' ? 8 : 7;
            continue;
        }
        if (!quoted && (c == '{' || c == '[')) deepest = std::max(deepest, ++depth);
        if (!quoted && (c == '}' || c == ']') && depth > 0) --depth;
        out += c;
    }
    return out;
}

}  // namespace detail

/// A value and where it stands in its file, for messages: "setup/plate_setup.json, wells[3].index".
struct At {
    const Json* json;
    std::string where;

    /// A member; null where there is none.
    At operator[](const char* key) const {
        static const Json null;
        const auto found = json->is_object() ? json->find(key) : json->end();
        return {json->is_object() && found != json->end() ? &*found : &null,
                where + (where.ends_with(", ") ? "" : ".") + key};
    }
    bool stated() const { return !json->is_null(); }

    std::string text() const {
        if (json->is_string()) return json->get<std::string>();
        return json->is_number() || json->is_boolean() ? json->dump() : "";
    }
    double number() const {
        if (json->is_number()) return json->get<double>();
        if (json->is_null()) return reader::not_stated;
        if (json->is_string() && reader::says_no_cq(text())) return reader::not_stated;  // "Undetermined"
        throw FormatError(where, reader::detail::quoted(text()) + " is not a number");
    }
    std::int64_t whole() const {
        const auto value = number();
        if (std::isnan(value)) return -1;
        if (std::abs(value) > 1e15 || value != std::floor(value))
            throw FormatError(where, text() + " is not a whole number");
        return static_cast<std::int64_t>(value);
    }
    bool yes() const { return json->is_boolean() && json->get<bool>(); }

    template <class Use>
    void each(Use use) const {
        if (!json->is_array()) return;
        for (std::size_t i = 0; i < json->size(); ++i) use(At{&(*json)[i], where + "[" + std::to_string(i) + "]"});
    }
    std::vector<float> numbers() const {
        check_length(json->is_array() ? json->size() : 0, 100'000, where);
        std::vector<float> values;
        each([&](const At& value) { values.push_back(static_cast<float>(value.number())); });
        return values;
    }
};

/// \throws FormatError with the line of what is no JSON.
inline Json parse_json(const std::string& file, std::string_view bytes) {
    std::size_t deepest = 0;
    const auto text = detail::strict(reader::utf8(bytes), deepest);
    if (deepest > 64) throw FormatError(file, "the JSON is nested " + std::to_string(deepest) + " levels deep");
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& e) {
        const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(e.byte, text.size()));
        throw FormatError(file + ":" + std::to_string(1 + std::count(text.begin(), end, '\n')),
                          "the JSON is not well-formed or was cut off here; copy the file again");
    }
}

}  // namespace microchim::eds
