// Everybody who may use the service: people with passwords and sessions, machines with tokens or certificates, and the
// code with which the first admin is made. Every function may be called from any thread; those with a password take
// about a tenth of a second.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "service/accounts/delay.hpp"
#include "service/accounts/sessions.hpp"
#include "service/accounts/tokens.hpp"
#include "service/accounts/users.hpp"

namespace microchim::accounts {

/// A machine that shows a client certificate.
struct Machine {
    std::string san;  ///< the DNS name in its certificate
    std::string destination;
};

class Accounts {
public:
    using Clock = std::chrono::steady_clock;

    Accounts(store::Store& store, std::vector<Machine> machines);

    struct Wrong {};
    struct Wait {
        std::chrono::seconds time;
    };
    /// Counts failures by account and address, and writes them and the login into the audit.
    std::variant<Sessions::Opened, Wrong, Wait> log_in(const std::string& id, std::string_view password,
                                                       const std::string& address,
                                                       Clock::time_point now = Clock::now());
    /// The password again, as at signing; counts like a login. \returns the user, who may be closed meanwhile: Wrong
    std::variant<User, Wrong, Wait> confirm(const std::string& id, std::string_view password,
                                            const std::string& address, Clock::time_point now = Clock::now());

    /// Where there is no user yet: a code for the console, good for 30 min and for one use. Each call makes a new one.
    std::optional<std::string> offer_setup(Clock::time_point now = Clock::now());
    /// Makes the first admin. \throws AccountError
    std::variant<User, Wrong, Wait> set_up(std::string_view code, const std::string& id, const std::string& name,
                                           const std::string& password, const std::string& address,
                                           Clock::time_point now = Clock::now());

    /// \param sans what a verified client certificate names
    std::optional<Principal> machine(const std::vector<std::string>& sans) const;

    Users users;
    Tokens tokens;
    Sessions sessions;

private:
    void record(std::string_view actor, std::string_view role, std::string_view action, std::string_view object);

    store::Store& store_;
    std::vector<Machine> machines_;
    LoginDelay delay_;
    std::mutex setup_mutex_;
    std::string setup_sha256_;  // empty: no code is out
    Clock::time_point setup_ends_{};
};

}  // namespace microchim::accounts
