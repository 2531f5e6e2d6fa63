#include "service/accounts/password.hpp"

#include <argon2.h>

#include <array>
#include <semaphore>
#include <stdexcept>

#include "service/accounts/secret.hpp"

namespace microchim::accounts {
namespace {

constexpr unsigned passes = 3, kibibytes = 64 * 1024, lanes = 1;
constexpr std::size_t salt_bytes = 16, hash_bytes = 32;

// So many logins at once cannot take all the memory.
std::counting_semaphore<2> at_once{2};

class Turn {
public:
    Turn() { at_once.acquire(); }
    ~Turn() { at_once.release(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
};

}  // namespace

std::string hash_password(std::string_view password) {
    const Turn turn;
    const auto salt = fingerprint(random_secret()).substr(0, salt_bytes);
    std::string encoded(argon2_encodedlen(passes, kibibytes, lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
    const int code = argon2id_hash_encoded(passes, kibibytes, lanes, password.data(), password.size(), salt.data(),
                                           salt.size(), hash_bytes, encoded.data(), encoded.size());
    if (code != ARGON2_OK) throw std::runtime_error(std::string("accounts: ") + argon2_error_message(code));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

bool password_matches(const std::string& encoded, std::string_view password) {
    const Turn turn;
    const int code = argon2id_verify(encoded.c_str(), password.data(), password.size());
    if (code == ARGON2_MEMORY_ALLOCATION_ERROR) throw std::runtime_error("accounts: no memory for Argon2");
    return code == ARGON2_OK;
}

void match_nothing(std::string_view password) {
    static const std::string dummy = hash_password(random_secret());
    password_matches(dummy, password);
}

}  // namespace microchim::accounts
