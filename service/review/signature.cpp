#include "service/review/signature.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/run/sha256.hpp"

namespace microchim::review {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::array<const char*, 3> meanings{"performed", "reviewed", "authorised"};

bool is_hash(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// "2026-07-23T10:15:00Z", by its form.
bool is_time(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
    return std::ranges::equal(text, form, [](char c, char f) { return f == 'd' ? c >= '0' && c <= '9' : c == f; });
}

}  // namespace

const char* to_string(Meaning meaning) {
    return meanings.at(static_cast<std::size_t>(meaning));
}

std::optional<Meaning> meaning_from(std::string_view text) {
    const auto found = std::ranges::find(meanings, text);
    if (found == meanings.end()) return {};
    return static_cast<Meaning>(found - meanings.begin());
}

std::string canonical(const Json& document) {
    return document.dump();
}

std::string document_hash(const Json& document) {
    return sha256(canonical(document));
}

std::string signature_text(const Signature& signature) {
    if (!is_hash(signature.document_sha256)) throw std::invalid_argument("the hash of a signature is no SHA-256");
    if (!is_time(signature.time)) throw std::invalid_argument("the time of a signature is not UTC");
    if (signature.result.empty() || signature.user.empty() || signature.name.empty())
        throw std::invalid_argument("a signature lacks its result, user or name");
    return canonical({{"schema", "microchim/signature/1"},
                      {"result", signature.result},
                      {"version", signature.version},
                      {"sha256", signature.document_sha256},
                      {"user", signature.user},
                      {"name", signature.name},
                      {"meaning", to_string(signature.meaning)},
                      {"time", signature.time}});
}

}  // namespace microchim::review
