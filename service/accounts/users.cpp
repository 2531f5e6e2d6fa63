#include "service/accounts/users.hpp"

#include "service/accounts/password.hpp"
#include "service/accounts/secret.hpp"
#include "service/store/audit.hpp"

namespace microchim::accounts {
namespace {

using store::Database;

void check_id(std::string_view id) {
    const auto allowed = id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == id.npos;
    if (id.empty() || id.size() > 32 || !allowed || id[0] < 'a')
        throw AccountError("field.value", "A user's id is 1 to 32 of a-z 0-9 . _ - and begins with a letter.");
}

void check_name(std::string_view name) {
    const auto length = printable_length(name);
    if (!length || *length == 0 || *length > 100)
        throw AccountError("field.value", "A user's name is 1 to 100 printable characters.");
}

void check_password(std::string_view password, std::string_view id, std::string_view name) {
    if (const auto fault = password_fault(password, id, name)) throw AccountError("password", *fault);
}

User user_of(const store::Rows& rows) {
    User user{rows.text(0), rows.text(1), person_role(rows.view(2)).value_or(Role::technician), rows.integer(3), {}};
    if (!rows.null(4)) user.closed_at = rows.integer(4);
    return user;
}

std::optional<User> find_in(Database& db, const std::string& id) {
    auto rows = db.query("SELECT id, name, role, created_at, closed_at FROM user WHERE id = ?", id);
    return rows.next() ? std::optional(user_of(rows)) : std::nullopt;
}

User open_user(Database& db, const std::string& id) {
    auto user = find_in(db, id);
    if (!user) throw AccountError("user.unknown", "There is no user '" + id + "'.");
    if (user->closed_at) throw AccountError("user.closed", "The user '" + id + "' is closed.");
    return *user;
}

void keep_an_admin(Database& db, const User& user) {
    if (user.role != Role::admin) return;
    auto rows = db.query("SELECT 1 FROM user WHERE role = 'admin' AND closed_at IS NULL AND id <> ?", user.id);
    if (!rows.next())
        throw AccountError("user.last-admin", "'" + user.id + "' is the only admin: make another one first.");
}

// The audit holds what a user was and is as hashes; the values are in the table.
std::string state_of(const User& user, std::string_view password) {
    return fingerprint(user.id + '\n' + user.name + '\n' + to_string(user.role) + '\n' +
                       (user.closed_at ? "closed" : "open") + '\n' + std::string(password));
}

std::string password_of(Database& db, const std::string& id) {
    auto rows = db.query("SELECT password FROM user WHERE id = ?", id);
    return rows.next() ? rows.text(0) : std::string{};
}

void insert(Database& db, const Actor& by, const NewUser& user, const std::string& encoded) {
    if (find_in(db, user.id))
        throw AccountError("user.exists", "There is, or was, a user '" + user.id + "': an id is never given twice.");
    db.run("INSERT INTO user(id, name, role, password, created_at) VALUES(?, ?, ?, ?, ?)", user.id, user.name,
           to_string(user.role), encoded, store::now_ms());
    store::append(db, {.actor = by.id,
                       .role = by.role,
                       .action = "user.add",
                       .object = user.id,
                       .new_sha256 = state_of(*find_in(db, user.id), encoded),
                       .reason = to_string(user.role)});
}

template <class Change>
void change(store::Store& store, const Actor& by, const std::string& id, const char* action, Change change_row) {
    store.write([&](Database& db) {
        const auto before = open_user(db, id);
        const auto old = state_of(before, password_of(db, id));
        change_row(db, before);
        const auto now = state_of(*find_in(db, id), password_of(db, id));
        store::append(
            db,
            {.actor = by.id, .role = by.role, .action = action, .object = id, .old_sha256 = old, .new_sha256 = now});
    });
}

std::string checked_and_hashed(const NewUser& user) {
    check_id(user.id);
    check_name(user.name);
    if (user.role == Role::lims) throw AccountError("field.value", "A person is no LIMS: make a token.");
    check_password(user.password, user.id, user.name);
    return hash_password(user.password);
}

}  // namespace

bool Users::none() {
    return store_.read([](Database& db) { return !db.query("SELECT 1 FROM user LIMIT 1").next(); });
}

std::vector<User> Users::list() {
    return store_.read([](Database& db) {
        std::vector<User> users;
        auto rows = db.query("SELECT id, name, role, created_at, closed_at FROM user ORDER BY id");
        while (rows.next()) users.push_back(user_of(rows));
        return users;
    });
}

std::optional<User> Users::find(const std::string& id) {
    return store_.read([&](Database& db) { return find_in(db, id); });
}

void Users::add(const Actor& by, const NewUser& user, const std::function<void(Database&, const User&)>& also) {
    const auto encoded = checked_and_hashed(user);
    store_.write([&](Database& db) {
        insert(db, by, user, encoded);
        if (also) also(db, *find_in(db, user.id));
    });
}

void Users::add_first(const Actor& by, const NewUser& user) {
    const auto encoded = checked_and_hashed(user);
    store_.write([&](Database& db) {
        if (db.query("SELECT 1 FROM user LIMIT 1").next())
            throw AccountError("setup.code", "The service is set up already.");
        insert(db, by, user, encoded);
    });
}

void Users::close(const Actor& by, const std::string& id) {
    change(store_, by, id, "user.close", [](Database& db, const User& user) {
        keep_an_admin(db, user);
        db.run("UPDATE user SET closed_at = ? WHERE id = ?", store::now_ms(), user.id);
    });
}

void Users::set_role(const Actor& by, const std::string& id, Role role) {
    if (role == Role::lims) throw AccountError("field.value", "A person is no LIMS: make a token.");
    change(store_, by, id, "user.role", [&](Database& db, const User& user) {
        if (role != Role::admin) keep_an_admin(db, user);
        db.run("UPDATE user SET role = ? WHERE id = ?", to_string(role), user.id);
    });
}

void Users::set_name(const Actor& by, const std::string& id, const std::string& name) {
    check_name(name);
    change(store_, by, id, "user.name",
           [&](Database& db, const User& user) { db.run("UPDATE user SET name = ? WHERE id = ?", name, user.id); });
}

void Users::set_password(const Actor& by, const std::string& id, const std::string& password) {
    const auto user = store_.read([&](Database& db) { return open_user(db, id); });
    check_password(password, id, user.name);
    const auto encoded = hash_password(password);
    change(store_, by, id, "user.password",
           [&](Database& db, const User&) { db.run("UPDATE user SET password = ? WHERE id = ?", encoded, id); });
}

std::optional<User> Users::verify(const std::string& id, std::string_view password) {
    const auto [user, encoded] =
        store_.read([&](Database& db) { return std::pair(find_in(db, id), password_of(db, id)); });
    if (!user) {
        match_nothing(password);
        return std::nullopt;
    }
    const bool matches = password_matches(encoded, password);
    return matches && !user->closed_at ? user : std::nullopt;
}

}  // namespace microchim::accounts
