#include "core/report/rdml_elements.hpp"

#include <cmath>

#include "core/report/rdml_names.hpp"

namespace microchim::report {

Element add(Element parent, const char* name, std::string_view text) {
    auto child = parent.append_child(name);
    child.text().set(xml_text(text).c_str());
    return child;
}

Element refer(Element parent, const char* name, const std::string& id) {
    auto child = parent.append_child(name);
    child.append_attribute("id").set_value(id.c_str());
    return child;
}

bool is_number(std::string_view text) {
    double value = 0;
    const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    return fault == std::errc{} && stop == text.data() + text.size() && std::isfinite(value);
}

bool is_date_time(std::string_view text) {
    constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:dd";
    const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    const auto pair = [&](std::size_t i) { return (text[i] - '0') * 10 + (text[i + 1] - '0'); };
    if (text.size() < pattern.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i)
        if (pattern[i] == 'd' ? !digit(i) : text[i] != pattern[i]) return false;
    const int month = pair(5), day = pair(8), year = pair(0) * 100 + pair(2);
    constexpr std::array days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year == 0 || month < 1 || month > 12 || pair(11) > 23 || pair(14) > 59 || pair(17) > 59) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day < 1 || day > days[static_cast<std::size_t>(month - 1)] + (leap && month == 2)) return false;
    auto i = pattern.size();
    if (i < text.size() && text[i] == '.') {
        if (!digit(++i)) return false;
        while (digit(i)) ++i;
    }
    if (i == text.size() || text.substr(i) == "Z") return true;
    const auto zone = text.substr(i);
    return zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && digit(i + 1) && digit(i + 2) && zone[3] == ':' &&
           digit(i + 4) && digit(i + 5) && pair(i + 1) < 14 && pair(i + 4) < 60;
}

}  // namespace microchim::report
