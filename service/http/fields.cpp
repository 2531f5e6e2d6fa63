#include "service/http/fields.hpp"

#include <algorithm>
#include <charconv>

#include "service/accounts/password.hpp"

namespace microchim::http {
namespace {

using Json = nlohmann::json;
constexpr std::size_t deepest = 16;

/// Builds the document and gives up at the first thing that is not as agreed: nlohmann's own reader takes a name that
/// comes twice, and any depth.
class Builder : public nlohmann::json_sax<Json> {
public:
    Json document;
    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        key_ = std::move(name);
        return !open_.back()->contains(key_);
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    Json* place(Json value) {
        if (open_.empty()) return &(document = std::move(value));
        auto& parent = *open_.back();
        if (!parent.is_array()) return &(parent[key_] = std::move(value));
        parent.push_back(std::move(value));
        return &parent.back();
    }
    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json value) {
        if (open_.size() == deepest) return false;
        open_.push_back(place(std::move(value)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    std::vector<Json*> open_;
    std::string key_;
};

/// As of a password: UTF-8 without control characters, but a text may have lines.
std::optional<std::size_t> text_length(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return accounts::printable_length(text);
}

}  // namespace

Json parse_json(std::string_view text) {
    Builder builder;
    if (!Json::sax_parse(text, &builder))
        throw Problem(400, "json", "The body is no JSON, or goes too deep, or has a name twice in one object.");
    return std::move(builder.document);
}

Fields::Fields(const Request& request) : Fields(parse_json(request.body), {}) {}

Fields::Fields(Json object, std::string path) : object_(std::move(object)), path_(std::move(path)) {
    if (!object_.is_object())
        throw Problem(422, "field.type", path_.empty() ? "The body must be an object." : path_ + " must be an object.");
}

void Fields::refuse(const std::string& name, const std::string& what) const {
    throw Problem(422, "field.value", (path_.empty() ? name : path_ + '.' + name) + ' ' + what);
}

const Json* Fields::find(const std::string& name) {
    asked_.insert(name);
    const auto at = object_.find(name);
    return at == object_.end() ? nullptr : &*at;
}

const Json& Fields::need(const std::string& name) {
    if (const auto* value = find(name)) return *value;
    refuse(name, "is missing.");
}

std::string Fields::checked(const std::string& name, const Json& value, std::size_t shortest,
                            std::size_t longest) const {
    if (!value.is_string()) refuse(name, "must be text.");
    auto text = value.get<std::string>();
    const auto length = text_length(text);
    if (!length) refuse(name, "holds control characters.");
    if (*length < shortest || *length > longest)
        refuse(name, "must have " + std::to_string(shortest) + " to " + std::to_string(longest) + " characters.");
    return text;
}

std::string Fields::text(const std::string& name, std::size_t longest, std::size_t shortest) {
    return checked(name, need(name), shortest, longest);
}

std::optional<std::string> Fields::optional_text(const std::string& name, std::size_t longest, std::size_t shortest) {
    const auto* value = find(name);
    return value ? std::optional(checked(name, *value, shortest, longest)) : std::nullopt;
}

std::int64_t Fields::integer(const std::string& name, std::int64_t least, std::int64_t most) {
    const auto& value = need(name);
    // What does not fit in 64 bits is unsigned or a float here, and would wrap.
    const bool fits = value.is_number_integer() && !(value.is_number_unsigned() && value.get<std::uint64_t>() >> 63);
    if (!fits || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most)
        refuse(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most) + '.');
    return value.get<std::int64_t>();
}

std::optional<std::int64_t> Fields::optional_integer(const std::string& name, std::int64_t least, std::int64_t most) {
    return find(name) ? std::optional(integer(name, least, most)) : std::nullopt;
}

std::optional<bool> Fields::optional_boolean(const std::string& name) {
    const auto* value = find(name);
    if (value && !value->is_boolean()) refuse(name, "must be true or false.");
    return value ? std::optional(value->get<bool>()) : std::nullopt;
}

std::string Fields::choice(const std::string& name, const std::vector<std::string>& words) {
    const auto& value = need(name);
    if (value.is_string() && std::ranges::find(words, value.get_ref<const std::string&>()) != words.end())
        return value.get<std::string>();
    std::string list;
    for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
    refuse(name, "must be one of: " + list + '.');
}

std::optional<std::string> Fields::optional_choice(const std::string& name, const std::vector<std::string>& words) {
    return find(name) ? std::optional(choice(name, words)) : std::nullopt;
}

Fields Fields::object(const std::string& name) {
    return {need(name), path_.empty() ? name : path_ + '.' + name};
}

std::vector<Fields> Fields::objects(const std::string& name, std::size_t most) {
    const auto& value = need(name);
    if (!value.is_array() || value.size() > most)
        refuse(name, "must be a list of at most " + std::to_string(most) + " objects.");
    std::vector<Fields> list;
    for (std::size_t i = 0; i < value.size(); ++i)
        list.emplace_back(value[i], (path_.empty() ? name : path_ + '.' + name) + '[' + std::to_string(i) + ']');
    return list;
}

void Fields::done() const {
    for (const auto& [name, value] : object_.items())
        if (!asked_.contains(name)) {
            // A name is the client's text: only one that looks like a field is repeated.
            const bool plain = name.size() <= 64 && accounts::printable_length(name).value_or(0) > 0;
            throw Problem(422, "field.unknown",
                          (path_.empty() ? "" : path_ + ": ") + (plain ? '\'' + name + "' is" : "A field is") +
                              " not expected here.");
        }
}

std::int64_t query_integer(const Request& request, const std::string& name, std::int64_t otherwise, std::int64_t least,
                           std::int64_t most) {
    const auto at = request.query.find(name);
    if (at == request.query.end()) return otherwise;
    std::int64_t value = 0;
    const auto* end = at->second.data() + at->second.size();
    const auto [stop, error] = std::from_chars(at->second.data(), end, value);
    if (error != std::errc{} || stop != end || value < least || value > most)
        throw Problem(
            422, "query",
            name + " must be a whole number from " + std::to_string(least) + " to " + std::to_string(most) + '.');
    return value;
}

std::int64_t path_number(const Request& request, const std::string& name) {
    constexpr std::size_t longest = 18;
    const auto& text = request.parameter(name);
    if (text.size() > longest || text.find_first_not_of("0123456789") != text.npos)
        throw Problem(404, "not-found", "There is none of this number.");
    return std::stoll(text);
}

std::string query_text(const Request& request, const std::string& name, std::size_t longest) {
    const auto at = request.query.find(name);
    if (at == request.query.end()) return {};
    const auto length = accounts::printable_length(at->second);
    if (!length || *length > longest)
        throw Problem(422, "query", name + " must have at most " + std::to_string(longest) + " characters.");
    return at->second;
}

}  // namespace microchim::http
