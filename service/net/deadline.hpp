// One time limit for what happens on a socket. It is set for every message and hardly ever passes, so setting it is
// cheap: the timer is left running and looks at the limit when it ends.
#pragma once

#include <memory>

#include "service/net/net.hpp"

namespace microchim::net {

class Deadline {
public:
    explicit Deadline(tcp::socket& socket);  ///< which must outlive it
    ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// Then the socket is closed: what is awaited on it ends with an error.
    void close_at(Clock::time_point when);
    /// Then reading ends as if the peer had ended, and writing goes on.
    void end_reading_at(Clock::time_point when);
    void none();
    bool passed() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// Waits that long, or until the timer is cancelled.
asio::awaitable<void> rest(asio::steady_timer& timer, Milliseconds time);

}  // namespace microchim::net
