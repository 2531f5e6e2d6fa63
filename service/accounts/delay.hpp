// What slows guessing down: after a failed login the next one for the same account, and the next one from the same
// address, must wait 1 s, then 2 s, 4 s, up to 5 min. Nobody is ever locked out for good.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace microchim::accounts {

class LoginDelay {
public:
    using Clock = std::chrono::steady_clock;

    /// Before a password is looked at. Counts as a failure until succeeded() says otherwise, so that many at once gain
    /// nothing. An account is not delayed at an address from which it logged in before: a stranger cannot keep its
    /// owner away. From any thread. \returns how long to wait, or nothing where the password may be looked at now
    std::optional<std::chrono::seconds> begin(const std::string& account, const std::string& address,
                                              Clock::time_point now);
    void succeeded(const std::string& account, const std::string& address);

private:
    struct Failures {
        int count = 0;
        Clock::time_point next{};
    };
    using Table = std::unordered_map<std::string, Failures>;
    static void forget_old(Table& table, Clock::time_point now);

    std::mutex mutex_;
    Table accounts_, addresses_, known_;
};

}  // namespace microchim::accounts
