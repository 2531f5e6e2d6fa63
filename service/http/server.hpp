// HTTPS for the page and for machines: one listener, one coroutine a connection, one request at a time on it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "service/http/events.hpp"
#include "service/http/gate.hpp"
#include "service/http/idempotency.hpp"
#include "service/net/listener.hpp"
#include "service/net/tls.hpp"

namespace microchim::http {

struct Times {
    net::Milliseconds handshake{std::chrono::seconds(10)}, header{std::chrono::seconds(10)};
    net::Milliseconds idle{std::chrono::seconds(60)};       ///< between two requests
    net::Milliseconds transfer{std::chrono::seconds(15)};   ///< of a body or an answer, and 1 s more for each 64 KiB
    net::Milliseconds heartbeat{std::chrono::seconds(15)};  ///< of a stream of events
};

struct ServerOptions {
    GateOptions gate;
    net::ConnectionLimits connections{32, 256};
    Times times;
    std::filesystem::path uploads;  ///< a folder of this server alone, which must exist: bodies that go to files
};

struct Counters {
    std::uint64_t requests = 0, refused = 0;  ///< refused: by the gate, before the body was read
    std::uint64_t answers_4xx = 0, answers_5xx = 0, handshakes_failed = 0;
    std::uint64_t connections = 0, crowded_out = 0;
    std::size_t open = 0;
};

/// What a server works with; all of it must outlive the server, and the pool's threads must have ended before it goes.
struct Parts {
    const Router& router;
    accounts::Accounts& accounts;
    Idempotency& idempotency;
    Events& events;
    net::asio::thread_pool& workers;
};

/// Every function on the context's thread.
class Server {
public:
    /// Listens from now on. \param tls of net::server_tls; with a client authority a certificate is welcome, but not
    /// demanded: people have none
    /// \throws ConfigError where the address cannot be listened on
    Server(net::asio::io_context& context, const net::tcp::endpoint& address, net::TlsContext tls,
           ServerOptions options, Parts parts);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    net::tcp::endpoint bound() const;
    Counters counters() const;
    /// For connections from now on, when files were renewed.
    void renew(net::TlsContext tls);
    /// Accepts no more, closes quiet connections and streams of events; what is being answered is answered.
    void stop();

    struct State;

private:
    struct Listening;
    std::unique_ptr<Listening> listening_;
};

}  // namespace microchim::http
