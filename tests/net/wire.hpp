// The other side of a connection for tests, with nothing of ours in it: blocking sockets and OpenSSL. Nothing here
// waits longer than ten seconds.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "service/net/tls.hpp"

namespace microchim::test {

class Wire {
public:
    /// Takes the socket. \param tls null: plain. A handshake that fails leaves a wire that has ended.
    Wire(int socket, const net::TlsContext& tls, bool server);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// The next message without its frame; empty at the end.
    std::string read();
    void write(const std::string& bytes);
    /// ACK for the message of this MSH-10.
    void say(const std::string& code, const std::string& control_id, const std::string& more = {});
    /// Reads what comes and throws it away. \returns whether the other side ended
    bool ended();
    void reset();  ///< ends without a word of TCP's or TLS's

    std::string peer_name();  ///< CN of the certificate that the other side showed
    int socket() const { return socket_; }

private:
    int take(char* into, int size);
    int socket_;
    SSL* tls_ = nullptr;
    std::string rest_;
    bool over_ = false;
};

/// \param tls null: plain
Wire connect(std::uint16_t port, const net::TlsContext& tls = {});

/// Listens on a thread of its own; each connection gets the next script, the last of them all that are left.
class Peer {
public:
    using Script = std::function<void(Wire&)>;
    explicit Peer(std::vector<Script> scripts, net::TlsContext tls = {});
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    std::uint16_t port() const { return port_; }
    int connections() const { return connections_; }

private:
    void serve();
    std::vector<Script> scripts_;
    net::TlsContext tls_;
    int listener_;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_ = 0;
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

/// A message of this MSH-10, and what the link must know of it.
std::string message(const std::string& control_id);

/// Frames it.
std::string framed(const std::string& payload);

}  // namespace microchim::test
