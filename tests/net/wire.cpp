#include "tests/net/wire.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace microchim::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error(std::string("a test's socket: ") + what);
}

}  // namespace

Wire::Wire(int socket, const net::TlsContext& tls, bool server) : socket_(socket) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write()
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (!tls) return;
    tls_ = SSL_new(tls->native_handle());
    SSL_set_fd(tls_, socket_);
    over_ = (server ? SSL_accept(tls_) : SSL_connect(tls_)) != 1;
    ERR_clear_error();
}

Wire::~Wire() {
    if (tls_ && !over_) SSL_shutdown(tls_);
    SSL_free(tls_);
    if (socket_ >= 0) ::close(socket_);
}

int Wire::take(char* into, int size) {
    if (over_) return 0;
    const int got = tls_ ? SSL_read(tls_, into, size) : static_cast<int>(::recv(socket_, into, std::size_t(size), 0));
    ERR_clear_error();
    over_ = got <= 0;
    return over_ ? 0 : got;
}

std::string Wire::read() {
    std::array<char, 65536> piece;
    std::size_t end;
    while ((end = rest_.find("\x1c\r")) == std::string::npos) {
        const int got = take(piece.data(), piece.size());
        if (got == 0) return {};
        rest_.append(piece.data(), static_cast<std::size_t>(got));
    }
    auto payload = rest_.substr(1, end - 1);
    rest_.erase(0, end + 2);
    return payload;
}

void Wire::write(const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size() && !over_;) {
        const auto* from = bytes.data() + done;
        const auto left = bytes.size() - done;
        const auto sent =
            tls_ ? SSL_write(tls_, from, static_cast<int>(left)) : ::send(socket_, from, left, MSG_NOSIGNAL);
        ERR_clear_error();
        if (sent <= 0) over_ = true;
        else done += static_cast<std::size_t>(sent);
    }
}

void Wire::say(const std::string& code, const std::string& control_id, const std::string& more) {
    write(framed("MSH|^~\\&|LIS|HOSP|MICROCHIM|MOLLAB|20260723||ACK^R01^ACK|A-" + control_id + "|P|2.5.1\rMSA|" + code +
                 "|" + control_id + "\r" + more));
}

bool Wire::ended() {
    std::array<char, 65536> piece;
    while (take(piece.data(), piece.size()) > 0) {
    }
    pollfd at_end{socket_, POLLIN, 0};
    char byte;
    return ::poll(&at_end, 1, 0) == 1 && ::recv(socket_, &byte, 1, MSG_DONTWAIT) <= 0;
}

void Wire::reset() {
    const linger hard{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(socket_);
    socket_ = -1;
    over_ = true;
}

std::string Wire::peer_name() {
    const auto* certificate = tls_ ? SSL_get0_peer_certificate(tls_) : nullptr;
    std::array<char, 65> name{};
    if (certificate != nullptr)
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
    return name.data();
}

Wire connect(std::uint16_t port, const net::TlsContext& tls) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
    return Wire(socket, tls, false);
}

Peer::Peer(std::vector<Script> scripts, net::TlsContext tls)
    : scripts_(std::move(scripts)), tls_(std::move(tls)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

Peer::~Peer() {
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

void Peer::serve() {
    while (!ending_) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        const auto which = std::min<std::size_t>(static_cast<std::size_t>(connections_++), scripts_.size() - 1);
        Wire wire(socket, tls_, true);
        scripts_[which](wire);
    }
}

std::string message(const std::string& control_id) {
    return "MSH|^~\\&|MICROCHIM|MOLLAB|LIS|HOSP|20260723||ORU^R01^ORU_R01|" + control_id + "|P|2.5.1\r";
}

std::string framed(const std::string& payload) {
    return "\x0b" + payload + "\x1c\r";
}

}  // namespace microchim::test
