// Takes connections on one address and hands each to a session, a coroutine of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "service/net/net.hpp"

namespace microchim::net {

struct ConnectionLimits {
    std::size_t per_address = 8;  ///< more from one address are closed at once
    std::size_t total = 64;       ///< more wait unaccepted in the system's queue
};

class Listener {
public:
    /// Owns the socket, which has no delay and keeps itself alive; its slot is free again when the session ends. Must
    /// not be a lambda that is itself a coroutine: its captures would not live long enough. What it throws is logged.
    using Session = std::function<asio::awaitable<void>(tcp::socket, tcp::endpoint peer)>;

    /// Listens from now on and accepts as soon as the context runs. Port 0: any free one.
    /// \param name for the log: "mllp"
    /// \throws ConfigError where the address cannot be listened on
    Listener(asio::io_context& context, const tcp::endpoint& address, ConnectionLimits limits, std::string name,
             Session session);
    ~Listener();  ///< stops
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    tcp::endpoint bound() const;  ///< with the port that was given
    void stop();                  ///< accepts no more; sessions go on
    std::size_t open() const;     ///< sessions now
    std::uint64_t accepted() const;
    std::uint64_t refused() const;  ///< closed at once, by the limit per address

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// "127.0.0.1:2575", "[::1]:2575" -> endpoint. \throws ConfigError
tcp::endpoint parse_endpoint(const std::string& text);
/// The same the other way round.
std::string to_string(const tcp::endpoint& endpoint);
/// Of a peer, for comparing: an IPv4 address that came over IPv6 as IPv4.
std::string address_of(const tcp::endpoint& endpoint);
/// No delay; keepalive after 60 s, every 15 s, four times.
void prepare(tcp::socket& socket);

}  // namespace microchim::net
