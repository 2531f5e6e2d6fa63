// The people, in the store. Nobody is ever deleted and no id is given twice; every change leaves its row in the audit,
// in the same transaction. Every function may be called from any thread and waits for the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "service/accounts/authorise.hpp"
#include "service/store/store.hpp"

namespace microchim::accounts {

/// What cannot be done as asked. `what()` is a sentence for the one who asked.
class AccountError : public std::runtime_error {
public:
    AccountError(const char* error_code, const std::string& sentence)
        : std::runtime_error(sentence), code(error_code) {}
    const char* code;  ///< "user.exists", "user.unknown", "user.last-admin", "field.value", "password", "setup.code"
};

/// Who changes something: a principal's id and role, or {"console", "admin"}.
struct Actor {
    std::string id, role;
};
inline Actor actor(const Principal& who) {
    return {who.id, to_string(who.role)};
}

struct User {
    std::string id, name;
    Role role = Role::technician;
    std::int64_t created_at = 0;            ///< ms since 1970
    std::optional<std::int64_t> closed_at;  ///< no login since then
};

struct NewUser {
    std::string id;    ///< 1 to 32 of a-z 0-9 . _ -, first a letter
    std::string name;  ///< 1 to 100 printable characters
    Role role = Role::technician;
    std::string password;
};

class Users {
public:
    explicit Users(store::Store& store) : store_(store) {}

    bool none();
    std::vector<User> list();
    std::optional<User> find(const std::string& id);

    /// \throws AccountError, for all of these
    /// \param also done in the same transaction
    void add(const Actor& by, const NewUser& user, const std::function<void(store::Database&, const User&)>& also = {});
    /// Only where there is no user at all, closed or not.
    void add_first(const Actor& by, const NewUser& user);
    void close(const Actor& by, const std::string& id);
    void set_role(const Actor& by, const std::string& id, Role role);
    void set_name(const Actor& by, const std::string& id, const std::string& name);
    void set_password(const Actor& by, const std::string& id, const std::string& password);

    /// Takes as long for a user that is unknown or closed.
    std::optional<User> verify(const std::string& id, std::string_view password);

private:
    store::Store& store_;
};

}  // namespace microchim::accounts
