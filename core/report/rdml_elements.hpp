// Elements of an RDML document, and what its schema takes for a number or a date.
#pragma once

#include <array>
#include <charconv>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace microchim::report {

using Element = pugi::xml_node;

/// A child with this text, made fit for XML.
Element add(Element parent, const char* name, std::string_view text);

/// A child with this id, or one that refers to it.
Element refer(Element parent, const char* name, const std::string& id);

/// The fewest digits that read back to the same number.
template <class T>
std::string number(T value) {
    std::array<char, 40> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

bool is_number(std::string_view text);

/// "2026-11-22T08:12:00", with a fraction and a zone or without: xs:dateTime, which is what runDate takes.
bool is_date_time(std::string_view text);

}  // namespace microchim::report
