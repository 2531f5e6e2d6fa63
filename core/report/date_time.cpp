// Dates as files and people write them, checked and written as RFC 3339.
#include <algorithm>
#include <array>

#include "core/report/asm.hpp"

namespace microchim::report {
namespace {

/// Walks over "2026-11-22T08:12:00.5+01:00".
struct Clock {
    std::string_view text;
    std::size_t at = 0;

    bool sign(std::string_view signs) {
        const bool here = at < text.size() && signs.find(text[at]) != signs.npos;
        at += here;
        return here;
    }
    /// A number of so many digits from 0 to `most`; -1 where there is none.
    int digits(std::size_t count, int most) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i, ++at) {
            if (at >= text.size() || text[at] < '0' || text[at] > '9') return -1;
            value = value * 10 + (text[at] - '0');
        }
        return value <= most ? value : -1;
    }
};

std::string padded(int value, std::size_t width) {
    auto text = std::to_string(value);
    return std::string(width - std::min(width, text.size()), '0') + text;
}

int days_of(int year, int month) {
    constexpr std::array days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[static_cast<std::size_t>(month - 1)] + (leap && month == 2);
}

}  // namespace

std::optional<std::string> date_time(std::string_view text) {
    Clock clock{text};
    const int year = clock.digits(4, 9999);
    if (year < 1 || !clock.sign("-")) return std::nullopt;
    const int month = clock.digits(2, 12);
    if (month < 1 || !clock.sign("-")) return std::nullopt;
    const int day = clock.digits(2, days_of(year, month));
    if (day < 1 || !clock.sign("Tt ")) return std::nullopt;
    const int hour = clock.digits(2, 23);
    if (hour < 0 || !clock.sign(":")) return std::nullopt;
    const int minute = clock.digits(2, 59);
    const int second = clock.sign(":") ? clock.digits(2, 59) : 0;
    if (minute < 0 || second < 0) return std::nullopt;
    std::string fraction;
    if (clock.sign(".")) {
        const auto from = clock.at;
        while (clock.sign("0123456789")) {
        }
        if (clock.at == from || clock.at - from > 9) return std::nullopt;
        fraction = "." + std::string(text.substr(from, clock.at - from));
    }
    const auto stem = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" + padded(hour, 2) + ":" +
                      padded(minute, 2) + ":" + padded(second, 2) + fraction;
    if (clock.sign("Zz")) return clock.at == text.size() ? std::optional(stem + "+00:00") : std::nullopt;
    if (clock.sign(" ") || !clock.sign("+-")) return std::nullopt;
    const char sign = text[clock.at - 1];
    const int hours = clock.digits(2, 23);
    clock.sign(":");
    const int minutes = clock.digits(2, 59);
    if (hours < 0 || minutes < 0 || clock.at != text.size()) return std::nullopt;
    return stem + sign + padded(hours, 2) + ":" + padded(minutes, 2);
}

}  // namespace microchim::report
