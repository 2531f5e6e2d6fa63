#include "service/accounts/secret.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <stdexcept>
#include <vector>

namespace microchim::accounts {

std::string random_secret(std::size_t bytes) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::vector<unsigned char> random(bytes);
    if (RAND_bytes(random.data(), static_cast<int>(bytes)) != 1)
        throw std::runtime_error("accounts: the system gives no random bytes");
    std::string text;
    unsigned held = 0;
    int bits = 0;
    for (const auto byte : random) {
        held = ((held << 8) | byte) & 0xffff;
        for (bits += 8; bits >= 6; bits -= 6) text += letters[(held >> (bits - 6)) & 63];
    }
    if (bits > 0) text += letters[(held << (6 - bits)) & 63];
    return text;
}

std::string fingerprint(std::string_view secret) {
    std::string hash(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
           reinterpret_cast<unsigned char*>(hash.data()));
    return hash;
}

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace microchim::accounts
