// "2022-08-12 16:28:28 PM EDT": a time of 24 hours with AM or PM behind it, or one of 12; never both at once.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace microchim::thermo {

/// "2022-08-12T16:28:28 EDT" of a time as the RT-PCR software writes it; empty for anything else. Hour 0 and hours from
/// 13 on are of 24 and the token says nothing; 1 to 12 are of 12.
inline std::string plain_time(std::string_view text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
    char half[3] = {};
    const std::string copy(text);
    if (std::sscanf(copy.c_str(), "%4d-%2d-%2d %2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &used) !=
        6)
        return {};
    std::string rest = copy.substr(static_cast<std::size_t>(used));
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute > 59 || second > 59)
        return {};
    int more = 0;
    if (std::sscanf(rest.c_str(), " %2[APM]%n", half, &more) == 1) {
        const std::string_view token(half);
        if (token != "AM" && token != "PM") return {};
        if (hour >= 1 && hour <= 12) hour = hour % 12 + (token == "PM" ? 12 : 0);
        rest.erase(0, static_cast<std::size_t>(more));
    }
    char out[32];
    std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, hour, minute, second);
    return out + rest;
}

}  // namespace microchim::thermo
