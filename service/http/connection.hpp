// One connection of a browser or a machine. Of server.cpp only.
#pragma once

#include "service/http/beast.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "service/http/answer.hpp"
#include "service/http/server.hpp"
#include "service/net/deadline.hpp"

namespace microchim::http {

class Connection;

struct Server::State {
    State(ServerOptions of, Parts with, net::TlsContext context)
        : options(std::move(of)),
          parts(with),
          gate(parts.router, parts.accounts, options.gate),
          tls(std::move(context)) {}

    ServerOptions options;
    Parts parts;
    Gate gate;
    net::TlsContext tls;
    Counters counters;
    std::set<Connection*> connections;
    bool stopping = false;
};

class Connection {
public:
    Connection(std::shared_ptr<Server::State> state, net::tcp::socket socket, const net::tcp::endpoint& peer);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    asio::awaitable<void> run();
    void stop();  ///< closes it where nothing is being answered

private:
    using Parser = beast::http::request_parser<beast::http::buffer_body>;

    asio::awaitable<bool> read_head();
    asio::awaitable<bool> exchange();
    asio::awaitable<bool> read_body(const Needs& needs, Request& request);
    asio::awaitable<bool> write(Response response);
    asio::awaitable<bool> write_file(Response response);
    asio::awaitable<void> stream_events(Response response, accounts::Principal who);
    asio::awaitable<void> write_raw(std::string bytes);
    asio::awaitable<void> finish();
    Head head();
    void allow(net::Milliseconds time) { deadline_.close_at(net::Clock::now() + time); }
    void allow_transfer(net::Clock::time_point since, std::uint64_t bytes);
    template <class Message>
    void set_head(Message& message, const Response& response) const;
    void log(const std::string& id, const Route* route, int status, const std::string& who) const;

    std::shared_ptr<Server::State> state_;
    net::TlsContext tls_;
    net::TlsStream stream_;
    net::Deadline deadline_;
    std::string address_;
    beast::flat_buffer buffer_{std::size_t{128} << 10};
    std::optional<Parser> parser_;
    net::error_code error_;
    std::shared_ptr<asio::steady_timer> timer_;  // of a stream of events, which waits for it
    bool quiet_ = true;                          // between two requests, or only listening
    bool head_only_ = false;                     // HEAD
    bool keep_alive_ = false;
    bool unread_ = false;  // a body that nobody reads is still to come
};

/// Does it on a thread of the pool, and goes on on this coroutine's own. It must not throw.
asio::awaitable<void> on_workers(asio::thread_pool& workers, std::function<void()> work);

}  // namespace microchim::http
