// Who is logged in at a browser. In memory: a restart logs everybody out. Only the fingerprint of a session's secret is
// kept. Every function may be called from any thread.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "service/accounts/authorise.hpp"

namespace microchim::accounts {

class Sessions {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::minutes idle{15};
    static constexpr std::chrono::hours longest{12};

    struct Opened {
        std::string secret;  ///< for the cookie; shown this once
        std::string csrf;
        std::string name;
    };
    /// A new one, always with a new secret. More than 16 of one user: the one used longest ago ends.
    Opened open(Principal person, const std::string& address, Clock::time_point now = Clock::now());

    struct Found {
        Principal principal;
        std::string csrf;
    };
    /// \param use prolongs it by `idle`; an event stream only looks
    std::optional<Found> find(std::string_view secret, bool use = true, Clock::time_point now = Clock::now());
    /// Whether the session of this name still is, without using it.
    bool lives(const std::string& name, Clock::time_point now = Clock::now());

    struct Listed {
        std::string name, address;
        std::int64_t opened_at;  ///< ms since 1970
        std::chrono::seconds idle_for;
    };
    std::vector<Listed> list(const std::string& user, Clock::time_point now = Clock::now());

    /// \returns whether that user had one of this name
    bool end(const std::string& user, const std::string& name);
    /// All of a user: closed, or another role or password.
    void end_all(const std::string& user, const std::string& but = {});

private:
    struct Session {
        Principal principal;
        std::string csrf, address;
        std::int64_t opened_at;
        Clock::time_point opened, used;
        bool over(Clock::time_point now) const { return now - used >= idle || now - opened >= longest; }
    };
    std::mutex mutex_;
    std::unordered_map<std::string, Session> by_secret_;  // SHA-256 of it
};

}  // namespace microchim::accounts
