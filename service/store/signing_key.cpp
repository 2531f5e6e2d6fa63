#include "service/store/signing_key.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>

#include "core/run/errors.hpp"

namespace microchim::store {
namespace fs = std::filesystem;
namespace {

EVP_PKEY* pkey(const std::shared_ptr<void>& key) {
    return static_cast<EVP_PKEY*>(key.get());
}

std::shared_ptr<void> owned(EVP_PKEY* key) {
    return {key, [](void* gone) { EVP_PKEY_free(static_cast<EVP_PKEY*>(gone)); }};
}

void check(bool good, const char* what) {
    if (!good) throw std::runtime_error(std::string("OpenSSL: ") + what + " failed");
}

std::shared_ptr<void> make(const fs::path& file) {
    auto key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    check(key != nullptr, "making a key");
    const int fd = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE* out = fd < 0 ? nullptr : ::fdopen(fd, "w");
    if (!out) throw ConfigError("The signing key '" + file.string() + "' cannot be written.", file.string());
    const bool written = PEM_write_PrivateKey(out, pkey(key), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
                         std::fflush(out) == 0 && ::fsync(fd) == 0;
    std::fclose(out);
    if (!written) {
        fs::remove(file);
        throw ConfigError("The signing key '" + file.string() + "' cannot be written.", file.string());
    }
    return key;
}

std::shared_ptr<void> load(const fs::path& file) {
    if ((fs::status(file).permissions() & (fs::perms::group_all | fs::perms::others_all)) != fs::perms::none)
        throw ConfigError("The signing key '" + file.string() + "' may be read by others.", file.string(), {},
                          "Make it private: chmod 600 " + file.string());
    FILE* in = std::fopen(file.c_str(), "re");
    if (!in) throw ConfigError("The signing key '" + file.string() + "' cannot be read.", file.string());
    auto key = owned(PEM_read_PrivateKey(in, nullptr, nullptr, nullptr));
    std::fclose(in);
    if (!key || EVP_PKEY_get_id(pkey(key)) != EVP_PKEY_ED25519)
        throw ConfigError("'" + file.string() + "' is no Ed25519 key (PEM).", file.string());
    return key;
}

struct DigestContext {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~DigestContext() { EVP_MD_CTX_free(context); }
};

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

std::string sha256_bytes(std::string_view bytes) {
    // Fetched once: to look an algorithm up by its name costs more than to hash a message with it.
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    check(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, algorithm,
                     nullptr) == 1,
          "hashing");
    return digest;
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(bytes.size() * 2, '0');
    auto at = text.begin();
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        *at++ = digits[value >> 4];
        *at++ = digits[value & 15];
    }
    return text;
}

std::string from_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        unsigned char byte = 0;
        if (std::from_chars(text.data() + i, text.data() + i + 2, byte, 16).ptr != text.data() + i + 2) return {};
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

SigningKey SigningKey::load_or_make(const fs::path& file) {
    return SigningKey(fs::exists(file) ? load(file) : make(file));
}

std::string SigningKey::sign(std::string_view text) const {
    const DigestContext digest;
    std::string signature(64, '\0');
    std::size_t length = signature.size();
    check(EVP_DigestSignInit(digest.context, nullptr, nullptr, nullptr, pkey(key_)) == 1, "signing");
    check(EVP_DigestSign(digest.context, reinterpret_cast<unsigned char*>(signature.data()), &length, raw(text),
                         text.size()) == 1,
          "signing");
    return signature;
}

bool SigningKey::verify(std::string_view text, std::string_view signature) const {
    const DigestContext digest;
    check(EVP_DigestVerifyInit(digest.context, nullptr, nullptr, nullptr, pkey(key_)) == 1, "verifying");
    return EVP_DigestVerify(digest.context, raw(signature), signature.size(), raw(text), text.size()) == 1;
}

std::string SigningKey::id() const {
    std::string bytes(32, '\0');
    std::size_t length = bytes.size();
    check(EVP_PKEY_get_raw_public_key(pkey(key_), reinterpret_cast<unsigned char*>(bytes.data()), &length) == 1,
          "reading a key");
    return hex(sha256_bytes(bytes)).substr(0, 16);
}

}  // namespace microchim::store
