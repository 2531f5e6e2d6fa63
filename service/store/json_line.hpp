// A JSON object that is written once, in the order of the calls: the documents that are stored and hashed with every
// message. A tree of values for each of them was half of what a message cost.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace microchim::store {

class JsonLine {
public:
    /// \param key a plain word of ours, written as it is
    JsonLine& add(std::string_view key, std::string_view text);
    JsonLine& add(std::string_view key, const char* text) { return add(key, std::string_view(text)); }
    JsonLine& add(std::string_view key, std::int64_t number);
    JsonLine& add(std::string_view key, const JsonLine& inner);
    std::string text() const { return text_ + '}'; }

private:
    void name(std::string_view key);

    std::string text_ = "{";
};

}  // namespace microchim::store
