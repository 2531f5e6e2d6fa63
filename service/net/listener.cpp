#include "service/net/listener.hpp"

#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <exception>
#include <map>
#include <utility>

#include "core/run/errors.hpp"
#include "service/net/deadline.hpp"
#include "service/net/seldom.hpp"

namespace microchim::net {
namespace {

constexpr int backlog = 1024;
constexpr Milliseconds without_resources{200};

/// No descriptor or memory left: the connection stays in the queue, and trying again at once would only spin.
bool exhausted(const error_code& error) {
    return error == asio::error::no_descriptors || error == asio::error::no_memory ||
           error == asio::error::no_buffer_space || error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

struct Listener::State : std::enable_shared_from_this<State> {
    State(asio::io_context& context, ConnectionLimits allowed, std::string label, Session run)
        : acceptor(context), pause(context), limits(allowed), name(std::move(label)), session(std::move(run)) {}

    asio::awaitable<void> accept_all();
    void start(tcp::socket socket, tcp::endpoint peer);
    void ended(const std::string& address, const std::exception_ptr& trouble);

    tcp::acceptor acceptor;
    asio::steady_timer pause;
    ConnectionLimits limits;
    std::string name;
    Session session;
    std::map<std::string, std::size_t> by_address;
    std::size_t open = 0;
    std::uint64_t accepted = 0, refused = 0;
    Seldom full, poor, crowd;
};

asio::awaitable<void> Listener::State::accept_all() {
    const auto self = shared_from_this();
    while (acceptor.is_open()) {
        if (open >= limits.total) {
            if (full.now()) spdlog::warn("{}: {} connections are open: others wait", name, open);
            co_await rest(pause, std::chrono::hours(1));
            continue;
        }
        error_code error;
        tcp::endpoint peer;
        auto socket = co_await acceptor.async_accept(peer, into(error));
        if (!acceptor.is_open()) break;
        if (exhausted(error)) {
            if (poor.now()) spdlog::error("{}: cannot accept: {}", name, error.message());
            co_await rest(pause, without_resources);
        } else if (!error) {
            start(std::move(socket), peer);
        }
    }
}

void Listener::State::start(tcp::socket socket, tcp::endpoint peer) {
    auto address = address_of(peer);
    auto& count = by_address[address];
    if (count >= limits.per_address) {
        ++refused;
        if (crowd.now()) spdlog::warn("{}: {} has {} connections: closed another", name, address, count);
        return;
    }
    ++count;
    ++open;
    ++accepted;
    prepare(socket);
    asio::co_spawn(acceptor.get_executor(), session(std::move(socket), peer),
                   [self = shared_from_this(), address = std::move(address)](const std::exception_ptr& trouble) {
                       self->ended(address, trouble);
                   });
}

void Listener::State::ended(const std::string& address, const std::exception_ptr& trouble) {
    if (open-- == limits.total) pause.cancel();
    if (const auto count = by_address.find(address); --count->second == 0) by_address.erase(count);
    if (!trouble) return;
    try {
        std::rethrow_exception(trouble);
    } catch (const std::exception& error) {
        spdlog::error("{}: a session of {} ended with an error: {}", name, address, error.what());
    }
}

Listener::Listener(asio::io_context& context, const tcp::endpoint& address, ConnectionLimits limits, std::string name,
                   Session session)
    : state_(std::make_shared<State>(context, limits, std::move(name), std::move(session))) {
    auto& acceptor = state_->acceptor;
    error_code error;
    const auto step = [&error](auto&& what) {
        if (!error) what();
    };
    step([&] { acceptor.open(address.protocol(), error); });
    step([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
    step([&] { acceptor.bind(address, error); });
    step([&] { acceptor.listen(backlog, error); });
    if (error) throw ConfigError("cannot listen on " + to_string(address) + ": " + error.message());
    asio::co_spawn(context, state_->accept_all(), asio::detached);
}

Listener::~Listener() {
    stop();
}

void Listener::stop() {
    error_code ignored;
    state_->acceptor.close(ignored);
    state_->pause.cancel();
}

tcp::endpoint Listener::bound() const {
    error_code stopped;
    return state_->acceptor.local_endpoint(stopped);
}

std::size_t Listener::open() const {
    return state_->open;
}

std::uint64_t Listener::accepted() const {
    return state_->accepted;
}

std::uint64_t Listener::refused() const {
    return state_->refused;
}

tcp::endpoint parse_endpoint(const std::string& text) {
    const auto colon = text.rfind(':');
    auto host = text.substr(0, colon);
    const auto port = colon == std::string::npos ? "" : text.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string::npos) host.clear();  // IPv6 without brackets: where does the port begin?
    error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    const bool number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
    if (no_address || !number || std::stoul(port) > 65535)
        throw ConfigError("not an address and a port: '" + text + "'", {}, {}, "write 127.0.0.1:2575 or [::1]:2575");
    return {address, static_cast<std::uint16_t>(std::stoul(port))};
}

std::string to_string(const tcp::endpoint& endpoint) {
    const auto address = endpoint.address().to_string();
    const auto port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

std::string address_of(const tcp::endpoint& endpoint) {
    const auto address = endpoint.address();
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.to_string();
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
}

void prepare(tcp::socket& socket) {
    const auto set = [&socket](int level, int option, int value) {
        // A failure is none: a peer that is gone already is noticed when it is read from.
        setsockopt(socket.native_handle(), level, option, &value, sizeof value);
    };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 15);
    set(IPPROTO_TCP, TCP_KEEPCNT, 4);
}

}  // namespace microchim::net
