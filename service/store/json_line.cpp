#include "service/store/json_line.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace microchim::store {
namespace {

void quote(std::string& out, std::string_view text) {
    const bool plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
    if (plain) out.append("\"").append(text).append("\"");
    else out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void JsonLine::name(std::string_view key) {
    text_.append(text_.size() > 1 ? ",\"" : "\"").append(key).append("\":");
}

JsonLine& JsonLine::add(std::string_view key, std::string_view text) {
    name(key);
    quote(text_, text);
    return *this;
}

JsonLine& JsonLine::add(std::string_view key, std::int64_t number) {
    name(key);
    text_ += std::to_string(number);
    return *this;
}

JsonLine& JsonLine::add(std::string_view key, const JsonLine& inner) {
    name(key);
    text_.append(inner.text_).append("}");
    return *this;
}

}  // namespace microchim::store
