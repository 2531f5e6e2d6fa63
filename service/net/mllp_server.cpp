#include "service/net/mllp_server.hpp"

#include <utility>

#include "service/net/mllp_session.hpp"

namespace microchim::net {
namespace {

asio::awaitable<void> serve(std::shared_ptr<MllpShared> shared, tcp::socket socket, tcp::endpoint from) {
    MllpSession session(std::move(shared), std::move(socket), from);
    co_await session.run();
}

}  // namespace

struct MllpServer::State {
    State(asio::io_context& context, const tcp::endpoint& address, std::shared_ptr<MllpShared> common)
        : shared(std::move(common)),
          listener(
              context, address, shared->options.connections, shared->options.name,
              [all = shared](tcp::socket socket, tcp::endpoint from) { return serve(all, std::move(socket), from); }) {}

    void stop_accepting() {
        shared->stopping = true;
        listener.stop();
    }

    std::shared_ptr<MllpShared> shared;
    Listener listener;
};

MllpServer::MllpServer(asio::io_context& context, const tcp::endpoint& address, MllpServerOptions options, Admit admit,
                       Handler handler)
    : state_(std::make_shared<State>(
          context, address,
          std::make_shared<MllpShared>(context, std::move(options), std::move(admit), std::move(handler)))) {}

MllpServer::~MllpServer() {
    state_->stop_accepting();
    for (auto* session : state_->shared->sessions) session->close();
}

tcp::endpoint MllpServer::bound() const {
    return state_->listener.bound();
}

MllpCounters MllpServer::counters() const {
    auto counters = state_->shared->counters;
    counters.connections = state_->listener.accepted();
    counters.crowded_out = state_->listener.refused();
    counters.open = state_->listener.open();
    return counters;
}

void MllpServer::renew(TlsContext tls) {
    state_->shared->options.tls = std::move(tls);
}

asio::awaitable<void> MllpServer::stop(Milliseconds patience) {
    const auto state = state_;
    auto& sessions = state->shared->sessions;
    state->stop_accepting();
    for (auto* session : sessions) session->stop();
    if (!sessions.empty()) co_await rest(state->shared->all_closed, patience);
    for (auto* session : sessions) session->close();
}

}  // namespace microchim::net
