#include "service/accounts/tokens.hpp"

#include <algorithm>

#include "service/accounts/password.hpp"
#include "service/accounts/secret.hpp"
#include "service/store/audit.hpp"

namespace microchim::accounts {
namespace {

using store::Database;
constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

void check_text(std::string_view text, const char* what) {
    const auto length = printable_length(text);
    if (!length || *length == 0 || *length > 64)
        throw AccountError("field.value", std::string("A token's ") + what + " is 1 to 64 printable characters.");
}

}  // namespace

Tokens::Tokens(store::Store& store) : store_(store) {
    load();
}

void Tokens::load() {
    // Read under the lock: of two who load at once the later one has the newer rows.
    const std::scoped_lock lock(mutex_);
    by_secret_ = store_.read([](Database& db) {
        std::map<std::string, Token> tokens;
        auto rows =
            db.query("SELECT sha256, id, name, destination, created_at, expires_at, revoked_at FROM token ORDER BY id");
        while (rows.next()) {
            auto& token = tokens[rows.text(0)];
            token = {rows.integer(1), rows.text(2), rows.text(3), rows.integer(4), rows.integer(5), {}};
            if (!rows.null(6)) token.revoked_at = rows.integer(6);
        }
        return tokens;
    });
}

Tokens::Made Tokens::make(const Actor& by, const std::string& name, const std::string& destination, int days,
                          const std::function<void(Database&, const Made&)>& also) {
    check_text(name, "name");
    check_text(destination, "destination");
    if (days < 1 || days > 365) throw AccountError("field.value", "A token is good for 1 to 365 days.");
    const auto now = store::now_ms();
    Made made{{0, name, destination, now, now + days * day_ms, {}}, "mc_" + random_secret()};
    const auto sha256 = fingerprint(made.secret);
    store_.write([&](Database& db) {
        db.run("INSERT INTO token(sha256, name, destination, created_at, expires_at) VALUES(?, ?, ?, ?, ?)",
               store::Blob{sha256}, name, destination, made.token.created_at, made.token.expires_at);
        made.token.id = db.last_id();
        store::append(db, {.actor = by.id,
                           .role = by.role,
                           .action = "token.make",
                           .object = std::to_string(made.token.id),
                           .new_sha256 = sha256,
                           .reason = destination});
        if (also) also(db, made);
    });
    load();
    return made;
}

void Tokens::revoke(const Actor& by, std::int64_t id) {
    store_.write([&](Database& db) {
        if (db.run("UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", store::now_ms(), id) == 0)
            throw AccountError("token.unknown", "There is no token of this number that is not revoked.");
        store::append(db, {.actor = by.id, .role = by.role, .action = "token.revoke", .object = std::to_string(id)});
    });
    load();
}

std::vector<Token> Tokens::list() {
    std::vector<Token> tokens;
    const std::scoped_lock lock(mutex_);
    for (const auto& [secret, token] : by_secret_) tokens.push_back(token);
    std::ranges::sort(tokens, {}, &Token::id);
    return tokens;
}

std::optional<Principal> Tokens::find(std::string_view secret, std::int64_t now_ms) {
    const auto key = fingerprint(secret);
    const std::scoped_lock lock(mutex_);
    const auto at = by_secret_.find(key);
    if (at == by_secret_.end() || at->second.revoked_at || at->second.expires_at <= now_ms) return std::nullopt;
    return Principal{.kind = Principal::Kind::machine,
                     .id = "token:" + std::to_string(at->second.id),
                     .name = at->second.name,
                     .role = Role::lims,
                     .destination = at->second.destination,
                     .session = {}};
}

}  // namespace microchim::accounts
