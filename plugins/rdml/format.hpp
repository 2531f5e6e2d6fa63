// Where a reaction lies: pcrFormat, and the id of a react.
//
//   <pcrFormat><rows>8</rows><columns>12</columns>...</pcrFormat>   <react id="13">      B01: ids count along the rows
//   <pcrFormat>96-well plate; A1-H12</pcrFormat>                    <react id="B1">      RDML 1.0
//   <pcrFormat><rows>-1</rows><columns>1</columns>...</pcrFormat>   <react id="13">      a list; rotors are one too
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "microchim/reader.hpp"
#include "microchim/xml.hpp"

namespace microchim::rdml {

using reader::FormatError;
using reader::xml::Document;
using reader::xml::Node;
namespace xml = reader::xml;

inline constexpr std::int64_t most_rows = 32, most_columns = 48;

/// Rows and columns of a plate; none for a list of positions.
struct Format {
    std::int64_t rows = 0, columns = 0;
    bool plate() const { return rows > 0; }
};

namespace detail {

inline std::string times(std::int64_t rows, std::int64_t columns) {
    return std::to_string(rows) + " x " + std::to_string(columns);
}

/// The text that RDML 1.0 knows: "96-well plate; A1-H12", "72-well rotor; 1-72", "single-well", "free format".
inline Format of_text(std::string_view text) {
    if (text.starts_with("single-well")) return {1, 1};
    std::int64_t wells = 0;
    const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), wells);
    const auto rest = text.substr(static_cast<std::size_t>(stop - text.data()));
    if (fault != std::errc{}) return {};
    if (rest.starts_with("-well rotor")) return {wells, 1};
    if (!rest.starts_with("-well plate")) return {};
    switch (wells) {
        case 48:
            return {6, 8};
        case 96:
            return {8, 12};
        case 384:
            return {16, 24};
        case 1536:
            return {32, 48};
        case 3072:
            return {32, 96};
        default:
            return {};
    }
}

}  // namespace detail

/// \throws FormatError for a plate that is larger than any we can name the wells of.
inline Format read_format(const Document& document, Node run) {
    const auto node = xml::child(run, "pcrFormat");
    const auto rows = xml::child(node, "rows"), columns = xml::child(node, "columns");
    Format format = detail::of_text(xml::text(node));
    if (rows || columns)
        format = {document.number<std::int64_t>(rows).value_or(0), document.number<std::int64_t>(columns).value_or(0)};
    if (format.rows < 1 || format.columns < 1) return {};
    if (format.columns == 1 && format.rows > most_rows) return {};  // a rotor is a list bent to a circle
    if (format.rows > most_rows || format.columns > most_columns)
        throw FormatError(document.where(node), "a plate of " + detail::times(format.rows, format.columns) +
                                                    " wells; plates of up to " +
                                                    detail::times(most_rows, most_columns) + " wells can be read");
    return format;
}

/// The name of a well from its row and column, from 0: "A01", "AF48".
inline std::string well_name(std::int64_t row, std::int64_t column) {
    std::string name;
    if (row >= 26) name += static_cast<char>('A' + row / 26 - 1);
    name += static_cast<char>('A' + row % 26);
    return name + (column < 9 ? "0" : "") + std::to_string(column + 1);
}

/// What the id of a react says: a position from 1, or row and column by name.
struct Place {
    std::int64_t position = 0;         ///< 0: by name
    std::int64_t row = 0, column = 0;  ///< from 0
};

/// \throws FormatError for an id that is neither.
inline Place read_place(const Document& document, Node react) {
    const auto id = xml::attribute(react, "id");
    const char* end = id.data() + id.size();
    const auto number = [&](const char* begin) {
        std::int64_t value = 0;
        const auto [stop, fault] = std::from_chars(begin, end, value);
        return fault == std::errc{} && stop == end && begin != end ? value : std::int64_t{-1};
    };
    Place place;
    std::size_t letters = 0;
    for (; letters < id.size() && letters < 3; ++letters) {
        const char upper = static_cast<char>(id[letters] & ~0x20);
        if (upper < 'A' || upper > 'Z') break;
        place.row = place.row * 26 + (upper - 'A' + 1);
    }
    const auto value = number(id.data() + letters);
    if (value < 1)
        throw FormatError(document.where(react), "the react has the id " + reader::detail::quoted(id) +
                                                     "; expected a position from 1, or a well like A1");
    if (letters == 0) return {value, 0, 0};
    --place.row;
    place.column = value - 1;
    return place;
}

}  // namespace microchim::rdml
