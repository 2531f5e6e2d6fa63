// What RDML says and a run has no field for, as attributes: readable, and of sensible size.
//
//   <experimenter id="at"><firstName>A.</firstName><lastName>Tech</lastName></experimenter>
//   experimenter [at] = firstName=A., lastName=Tech
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/reader.hpp"
#include "microchim/xml.hpp"

namespace microchim::rdml {

using reader::Sink;
using reader::xml::Node;
namespace xml = reader::xml;

inline constexpr std::size_t most_characters = 2000;  ///< of one attribute's value
inline constexpr std::size_t most_names = 200;        ///< kinds of children of one element

/// Cut to the most that an attribute holds, never inside a character.
inline std::string shortened(const std::string& text) {
    if (text.size() <= most_characters) return text;
    auto end = most_characters;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "...";
}

/// The fewest digits that read back to the same number.
inline std::string shortest(double value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// An element in one line: its text, or "name=value" of its attributes and children, nested ones in braces.
inline std::string flat(Node node, int depth = 0) {
    std::string out = xml::text(node);
    const auto append = [&](std::string_view name, const std::string& value) {
        if (value.empty() || out.size() > most_characters) return;
        out += (out.empty() ? "" : ", ") + std::string(name) + "=" + value;
    };
    for (const auto& attribute : node.attributes()) {
        const bool id = xml::local_name(attribute) == "id";
        if (id && !node.first_child()) out = attribute.value();  // a reference
        else if (!id || depth > 0) append(xml::local_name(attribute), attribute.value());
    }
    if (depth < 6)
        for (auto child = node.first_child(); child && out.size() <= most_characters; child = child.next_sibling()) {
            if (child.type() != pugi::node_element) continue;
            const bool nested = child.first_child() && child.first_child().type() == pugi::node_element;
            const auto value = flat(child, depth + 1);
            append(xml::local_name(child), nested && !value.empty() ? "{" + value + "}" : value);
        }
    return shortened(out);
}

using Kept = std::vector<std::pair<std::string, std::string>>;

/// The children of `node` that `used` does not name, by name. Several of one name make one value.
inline Kept kept(Node node, std::initializer_list<std::string_view> used) {
    Kept all;
    std::map<std::string_view, std::size_t> place;
    xml::each(node, {}, [&](Node child) {
        const auto name = xml::local_name(child);
        if (std::find(used.begin(), used.end(), name) != used.end()) return;
        const auto found = place.find(name);
        const bool known = found != place.end();
        if (known ? all[found->second].second.size() > most_characters : all.size() >= most_names) return;
        const auto value = flat(child);
        if (value.empty()) return;
        if (known) {
            all[found->second].second += "; " + value;
        } else {
            place.emplace(name, all.size());
            all.emplace_back(name, value);
        }
    });
    for (auto& [name, value] : all) value = shortened(value);
    return all;
}

/// Reports them as attributes "<prefix><name> [label]".
inline void keep(const Kept& all, std::string_view prefix, const std::string& label, std::string_view well,
                 const Sink& sink) {
    for (const auto& [name, value] : all)
        sink.attribute(well, std::string(prefix) + name + (label.empty() ? "" : " [" + label + "]"), value);
}

/// An exclusion counts by being there, with a reason or without.
inline void keep_exclusion(Node reason, const std::string& target, std::string_view well, const Sink& sink) {
    if (!reason) return;
    const auto text = shortened(xml::text(reason));
    sink.attribute(well, std::string(xml::local_name(reason)) + " [" + target + "]",
                   text.empty() ? "no reason given" : text);
}

}  // namespace microchim::rdml
