#include "cli/columns.hpp"

#include <algorithm>

namespace microchim::cli {
namespace {

/// Characters of a UTF-8 text, as a terminal counts them (no wide scripts in our tables).
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Nothing from a file may move the cursor or colour the screen.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    return text;
}

}  // namespace

void print_columns(std::ostream& out, const std::vector<Column>& columns,
                   const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& column : columns) widths.push_back(width(column.title));
    for (const auto& row : rows)
        for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));

    const auto line = [&](auto cell) {
        std::string text = " ";
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const std::string value = printable(cell(c));
            const std::string space(widths[c] - width(value), ' ');
            text += " " + (columns[c].align == Align::right ? space + value : value + space) + " ";
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out << text << "\n";
    };
    line([&](std::size_t c) { return columns[c].title; });
    std::size_t total = 0;
    for (const auto w : widths) total += w + 2;
    out << "  ";
    for (std::size_t i = 2; i < total; ++i) out << "─";
    out << "\n";
    for (const auto& row : rows) line([&](std::size_t c) { return c < row.size() ? row[c] : std::string(); });
}

}  // namespace microchim::cli
