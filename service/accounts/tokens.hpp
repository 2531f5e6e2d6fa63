// Bearer tokens of machines. The store keeps the SHA-256 of a token, so that it is shown only once; a copy of the table
// in memory answers every request. One service holds a store, so nobody else changes it meanwhile.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "service/accounts/users.hpp"

namespace microchim::accounts {

struct Token {
    std::int64_t id = 0;
    std::string name, destination;
    std::int64_t created_at = 0, expires_at = 0;  ///< ms since 1970
    std::optional<std::int64_t> revoked_at;
};

class Tokens {
public:
    explicit Tokens(store::Store& store);

    struct Made {
        Token token;
        std::string secret;  ///< "mc_" and 43 characters; shown this once
    };
    /// \param days 1 to 365
    /// \param also done in the same transaction
    /// \throws AccountError
    Made make(const Actor& by, const std::string& name, const std::string& destination, int days,
              const std::function<void(store::Database&, const Made&)>& also = {});
    /// At once. \throws AccountError "token.unknown"
    void revoke(const Actor& by, std::int64_t id);
    std::vector<Token> list();

    /// Role lims of its destination; nothing where it is unknown, revoked or over. Does not wait for the disk.
    std::optional<Principal> find(std::string_view secret, std::int64_t now_ms = store::now_ms());

private:
    void load();

    store::Store& store_;
    std::mutex mutex_;
    std::map<std::string, Token> by_secret_;  // SHA-256 of it
};

}  // namespace microchim::accounts
