// Reads a JSON body field by field. Whatever is missing, of another type, too long or not expected is a Problem 422
// that names the field; what is no JSON is a 400.
//     Fields body(request);
//     const auto id = body.text("id", 32);
//     const auto reason = body.optional_text("reason", 500);
//     body.done();
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "service/http/message.hpp"

namespace microchim::http {

/// Depth at most 16, no name twice in one object, nothing after the end, UTF-8.
/// \throws Problem 400 "json"
nlohmann::json parse_json(std::string_view text);

class Fields {
public:
    /// The body of a request, which must be an object.
    explicit Fields(const Request& request);
    /// Of an object inside another one. \param path for messages: "specimen"
    Fields(nlohmann::json object, std::string path);

    /// \param longest in Unicode code points. Control characters other than tab and line feed are refused.
    std::string text(const std::string& name, std::size_t longest, std::size_t shortest = 1);
    std::optional<std::string> optional_text(const std::string& name, std::size_t longest, std::size_t shortest = 0);
    std::int64_t integer(const std::string& name, std::int64_t least, std::int64_t most);
    std::optional<std::int64_t> optional_integer(const std::string& name, std::int64_t least, std::int64_t most);
    std::optional<bool> optional_boolean(const std::string& name);
    /// One of these words.
    std::string choice(const std::string& name, const std::vector<std::string>& words);
    std::optional<std::string> optional_choice(const std::string& name, const std::vector<std::string>& words);
    Fields object(const std::string& name);
    std::vector<Fields> objects(const std::string& name, std::size_t most);
    bool has(const std::string& name) const { return object_.contains(name); }

    /// Refuses fields that nobody asked for. To call before anything is done.
    void done() const;

private:
    const nlohmann::json* find(const std::string& name);
    const nlohmann::json& need(const std::string& name);
    std::string checked(const std::string& name, const nlohmann::json& value, std::size_t shortest,
                        std::size_t longest) const;
    [[noreturn]] void refuse(const std::string& name, const std::string& what) const;

    nlohmann::json object_;
    std::string path_;
    std::set<std::string> asked_;
};

/// A query parameter that is a whole number. \throws Problem 422
std::int64_t query_integer(const Request& request, const std::string& name, std::int64_t otherwise, std::int64_t least,
                           std::int64_t most);
/// A parameter of the path that is the number of a row. \throws Problem 404 where no row can have it
std::int64_t path_number(const Request& request, const std::string& name);
/// A query parameter that is text, empty where it did not come. \throws Problem 422 where it is longer
std::string query_text(const Request& request, const std::string& name, std::size_t longest);

}  // namespace microchim::http
