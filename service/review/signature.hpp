// What a signature is made over. Source: 21 CFR 11.50 (name, time and meaning), 11.70 (bound to its record).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace microchim::review {

enum class Meaning { performed, reviewed, authorised };
/// "performed", "reviewed", "authorised"
const char* to_string(Meaning meaning);
std::optional<Meaning> meaning_from(std::string_view text);

/// A document as it is hashed: its keys in their order, no blanks. \throws nlohmann::json::type_error where a text is
/// not UTF-8: then it cannot be signed
std::string canonical(const nlohmann::ordered_json& document);
/// SHA-256 of canonical(), 64 lower-case hexadecimal digits.
std::string document_hash(const nlohmann::ordered_json& document);

struct Signature {
    std::string result;  ///< id
    std::int64_t version = 1;
    std::string document_sha256;
    std::string user, name;  ///< of the signer: id, and name as printed
    Meaning meaning = Meaning::authorised;
    std::string time;  ///< UTC, "2026-07-23T10:15:00Z"
};

/// The bytes that are signed: one JSON object, always in the same order. No two signatures have the same.
/// \throws std::invalid_argument where the hash or the time is not of its form, or the result, user or name is empty
std::string signature_text(const Signature& signature);

}  // namespace microchim::review
