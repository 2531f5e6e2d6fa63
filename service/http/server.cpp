#include "service/http/server.hpp"

#include "service/http/connection.hpp"

namespace microchim::http {
namespace {

/// People have no certificate: whoever shows one must show a good one, and who shows none is asked for a password.
net::TlsContext welcome_certificates(net::TlsContext tls) {
    if (SSL_CTX_get_verify_mode(tls->native_handle()) & SSL_VERIFY_PEER)
        SSL_CTX_set_verify(tls->native_handle(), SSL_VERIFY_PEER, nullptr);
    return tls;
}

/// What was on its way when a server was killed.
void tidy(const std::filesystem::path& uploads) {
    for (const auto& entry : std::filesystem::directory_iterator(uploads)) std::filesystem::remove_all(entry.path());
}

asio::awaitable<void> serve(std::shared_ptr<Server::State> state, net::tcp::socket socket, net::tcp::endpoint peer) {
    Connection connection(state, std::move(socket), peer);
    co_await connection.run();
}

}  // namespace

struct Server::Listening {
    Listening(std::shared_ptr<State> of, net::asio::io_context& context, const net::tcp::endpoint& address)
        : state(of),
          listener(
              context, address, of->options.connections, "https",
              [of](net::tcp::socket socket, net::tcp::endpoint peer) { return serve(of, std::move(socket), peer); }) {}
    std::shared_ptr<State> state;
    net::Listener listener;
};

Server::Server(net::asio::io_context& context, const net::tcp::endpoint& address, net::TlsContext tls,
               ServerOptions options, Parts parts) {
    tidy(options.uploads);
    const auto state = std::make_shared<State>(std::move(options), parts, welcome_certificates(std::move(tls)));
    listening_ = std::make_unique<Listening>(state, context, address);
}

Server::~Server() {
    stop();
}

net::tcp::endpoint Server::bound() const {
    return listening_->listener.bound();
}

Counters Server::counters() const {
    auto counters = listening_->state->counters;
    counters.connections = listening_->listener.accepted();
    counters.crowded_out = listening_->listener.refused();
    counters.open = listening_->listener.open();
    return counters;
}

void Server::renew(net::TlsContext tls) {
    listening_->state->tls = welcome_certificates(std::move(tls));
}

void Server::stop() {
    listening_->listener.stop();
    listening_->state->stopping = true;
    for (auto* connection : listening_->state->connections) connection->stop();
}

}  // namespace microchim::http
