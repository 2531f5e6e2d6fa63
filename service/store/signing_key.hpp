// The key that the service signs with: results that people have signed, and checkpoints of the audit. Ed25519, in a
// file of its own (0600) beside the database: whoever only has the database cannot sign.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace microchim::store {

/// 32 bytes, not hex.
std::string sha256_bytes(std::string_view bytes);
std::string hex(std::string_view bytes);
/// Empty where it is no hex.
std::string from_hex(std::string_view text);

class SigningKey {
public:
    /// Reads `file` (PEM, PKCS#8), or makes it where there is none.
    /// \throws ConfigError where it is no Ed25519 key, or others may read it
    static SigningKey load_or_make(const std::filesystem::path& file);

    std::string sign(std::string_view text) const;  ///< 64 bytes
    bool verify(std::string_view text, std::string_view signature) const;
    std::string id() const;  ///< of the public key: the first 16 hex digits of its SHA-256

private:
    explicit SigningKey(std::shared_ptr<void> key) : key_(std::move(key)) {}
    std::shared_ptr<void> key_;  // EVP_PKEY
};

}  // namespace microchim::store
