#include "service/accounts/accounts.hpp"

#include <algorithm>

#include "service/accounts/secret.hpp"
#include "service/store/audit.hpp"

namespace microchim::accounts {
namespace {

constexpr std::chrono::minutes setup_time{30};
constexpr std::size_t setup_bytes = 24;

Principal person(const User& user) {
    return {.kind = Principal::Kind::person,
            .id = user.id,
            .name = user.name,
            .role = user.role,
            .destination = {},
            .session = {}};
}

}  // namespace

Accounts::Accounts(store::Store& store, std::vector<Machine> machines)
    : users(store), tokens(store), store_(store), machines_(std::move(machines)) {}

void Accounts::record(std::string_view actor, std::string_view role, std::string_view action, std::string_view object) {
    store_.write([&](store::Database& db) {
        store::append(db, {.actor = actor, .role = role, .action = action, .object = object});
    });
}

std::variant<User, Accounts::Wrong, Accounts::Wait> Accounts::confirm(const std::string& id, std::string_view password,
                                                                      const std::string& address,
                                                                      Clock::time_point now) {
    // By fingerprint: a name of any length takes the same room.
    const auto account = fingerprint(id);
    if (const auto wait = delay_.begin(account, address, now)) return Wait{*wait};
    if (const auto user = users.verify(id, password)) {
        delay_.succeeded(account, address);
        return *user;
    }
    // What was typed as a name may be a password: only a name that is one goes into the audit.
    const bool known = users.find(id).has_value();
    record("service", "service", "password.wrong", known ? id : "unknown user");
    return Wrong{};
}

std::variant<Sessions::Opened, Accounts::Wrong, Accounts::Wait> Accounts::log_in(const std::string& id,
                                                                                 std::string_view password,
                                                                                 const std::string& address,
                                                                                 Clock::time_point now) {
    auto confirmed = confirm(id, password, address, now);
    if (const auto* wait = std::get_if<Wait>(&confirmed)) return *wait;
    const auto* user = std::get_if<User>(&confirmed);
    if (!user) return Wrong{};
    record(user->id, to_string(user->role), "session.login", user->id);
    auto opened = sessions.open(person(*user), address, now);
    // Closed, or given another role, between the look at the password and here: then there must be no session.
    const auto still = users.find(user->id);
    if (still && !still->closed_at && still->role == user->role) return opened;
    sessions.end(user->id, opened.name);
    return Wrong{};
}

std::optional<std::string> Accounts::offer_setup(Clock::time_point now) {
    if (!users.none()) return std::nullopt;
    const auto code = random_secret(setup_bytes);
    const std::scoped_lock lock(setup_mutex_);
    setup_sha256_ = fingerprint(code);
    setup_ends_ = now + setup_time;
    return code;
}

std::variant<User, Accounts::Wrong, Accounts::Wait> Accounts::set_up(std::string_view code, const std::string& id,
                                                                     const std::string& name,
                                                                     const std::string& password,
                                                                     const std::string& address,
                                                                     Clock::time_point now) {
    // By address only: nobody can keep the installer away, and 24 random bytes are not guessed.
    const auto account = "setup\n" + address;
    if (const auto wait = delay_.begin(account, address, now)) return Wait{*wait};
    {
        const std::scoped_lock lock(setup_mutex_);
        if (setup_sha256_.empty() || now >= setup_ends_ || !same_secret(fingerprint(code), setup_sha256_))
            return Wrong{};
    }
    delay_.succeeded(account, address);
    // A password that is not taken must not use the code up: add_first is what lets only one through.
    users.add_first({"setup", "admin"}, {id, name, Role::admin, password});
    const std::scoped_lock lock(setup_mutex_);
    setup_sha256_.clear();
    return *users.find(id);
}

std::optional<Principal> Accounts::machine(const std::vector<std::string>& sans) const {
    for (const auto& machine : machines_)
        if (std::ranges::find(sans, machine.san) != sans.end())
            return Principal{.kind = Principal::Kind::machine,
                             .id = "certificate:" + machine.san,
                             .name = machine.san,
                             .role = Role::lims,
                             .destination = machine.destination,
                             .session = {}};
    return std::nullopt;
}

}  // namespace microchim::accounts
