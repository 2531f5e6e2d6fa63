// HL7 messages in over MLLP: one coroutine for each connection, and one message at a time on it.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "service/lims/mllp.hpp"
#include "service/net/listener.hpp"
#include "service/net/rate.hpp"
#include "service/net/tls.hpp"

namespace microchim::net {

struct Peer {
    std::string address;             ///< "192.168.1.7"
    std::vector<std::string> names;  ///< that its certificate gives it; empty without TLS
};

/// What is agreed with a peer.
struct PeerRules {
    lims::mllp::Profile profile = lims::mllp::Profile::strict;
    lims::mllp::Limits limits;
};

struct Arrived {
    std::string payload;  ///< the message; of one that is too long its first segment
    std::shared_ptr<const Peer> peer;
    std::optional<lims::mllp::Code> warning;  ///< a bad habit of a tolerated peer
    bool too_long = false;                    ///< answered with lims::too_long(payload), then the connection is closed
};

struct MllpTimes {
    Milliseconds handshake{std::chrono::seconds(10)}, write{std::chrono::seconds(30)};
    std::function<Milliseconds(std::size_t body_bytes)> frame = &lims::mllp::deadline;  ///< from first to last byte
};

struct MllpServerOptions {
    std::string name = "mllp";  ///< in the log
    ConnectionLimits connections;
    Rate rate;  ///< of messages, by address
    /// Of all messages that are arriving or in work, together: beyond it the longest one that is arriving is closed.
    std::size_t held_bytes = std::size_t{256} << 20;
    TlsContext tls;  ///< null: plain
    MllpTimes times;
};

struct MllpCounters {
    std::uint64_t messages = 0, bytes = 0, answers = 0;  ///< messages and their bytes that were handed over
    /// Connections that we closed, by reason.
    std::array<std::uint64_t, static_cast<std::size_t>(lims::mllp::Code::count_of_codes)> closes{};
    std::uint64_t handshakes_failed = 0, not_admitted = 0, delayed = 0, writes_failed = 0;
    std::uint64_t connections = 0, crowded_out = 0;  ///< accepted; closed at once by the limit for each address
    std::uint64_t too_much = 0;                      ///< closed by MllpServerOptions::held_bytes
    std::size_t open = 0;                            ///< connections now
};

class MllpServer {
public:
    /// Nothing: nobody of ours, the connection is closed without a word. Called after the handshake, before any byte.
    using Admit = std::function<std::optional<PeerRules>(const Peer&)>;
    /// Gives the answers, which are framed and written in this order before the next message of that connection is
    /// handed over; none: no answer. Must not be a lambda that is itself a coroutine with captures. What it throws
    /// closes the connection without an answer.
    using Handler = std::function<asio::awaitable<std::vector<std::string>>(Arrived)>;

    /// Listens from now on. \throws ConfigError where the address cannot be listened on
    MllpServer(asio::io_context& context, const tcp::endpoint& address, MllpServerOptions options, Admit admit,
               Handler handler);
    ~MllpServer();  ///< closes everything at once
    MllpServer(const MllpServer&) = delete;
    MllpServer& operator=(const MllpServer&) = delete;

    tcp::endpoint bound() const;
    MllpCounters counters() const;

    /// For connections from now on, when files were renewed. Not to change between plain and TLS.
    void renew(TlsContext tls);

    /// Accepts no more and closes connections that are between two messages. A message that was handed over is answered
    /// first, where that takes no longer than `patience`; what was only read is not answered. Ends when all are closed.
    asio::awaitable<void> stop(Milliseconds patience = std::chrono::seconds(5));

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace microchim::net
