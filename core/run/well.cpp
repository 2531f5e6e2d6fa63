#include "core/run/well.hpp"

#include <charconv>

namespace microchim {

std::optional<Well> Well::parse(std::string_view text) {
    std::size_t letters = 0;
    int row = 0;
    for (; letters < text.size() && letters < 2; ++letters) {
        const char upper = static_cast<char>(text[letters] & ~0x20);
        if (upper < 'A' || upper > 'Z') break;
        row = row * 26 + (upper - 'A' + 1);
    }
    int column = 0;
    const char* end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data() + letters, end, column);
    const bool short_enough = text.size() - letters <= 2;
    if (letters == 0 || !short_enough || fault != std::errc{} || stop != end) return std::nullopt;
    if (row > 32 || column < 1 || column > 48) return std::nullopt;
    return Well{row - 1, column - 1};
}

std::string Well::name() const {
    std::string text;
    if (row >= 26) text += static_cast<char>('A' + row / 26 - 1);
    text += static_cast<char>('A' + row % 26);
    if (column < 9) text += '0';
    return text + std::to_string(column + 1);
}

}  // namespace microchim
