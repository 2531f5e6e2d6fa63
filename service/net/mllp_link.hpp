// HL7 messages out over MLLP: one connection to one destination, one message in flight.
//
// The connection is always read, also while nothing is sent: so its end is noticed before the next message goes out,
// and an answer that comes late has a way in. A receiver may say CA at once and AA hours later: deliver() ends with
// `committed`, the next message may go, and the AA reaches Late whenever it comes on this connection. (One that comes
// on a connection of the receiver's own is a message to our server.)
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "service/lims/delivery.hpp"
#include "service/lims/mllp.hpp"
#include "service/net/tls.hpp"

namespace microchim::net {

struct Destination {
    std::string name;  ///< in the log
    std::string host;  ///< DNS name or address; with TLS the server's certificate must name it
    std::uint16_t port = 0;
    TlsContext tls;  ///< null: plain
    lims::mllp::Profile profile = lims::mllp::Profile::strict;
};

struct LinkTimes {
    Milliseconds connect{std::chrono::seconds(5)};  ///< with looking up the name
    Milliseconds handshake{std::chrono::seconds(10)}, write{std::chrono::seconds(30)}, answer{std::chrono::seconds(30)};
};

struct Delivery {
    lims::Happened happened = lims::Happened::not_connected;
    lims::Reading reading;  ///< of the answer, where one came
    std::string trouble;    ///< one line for people where none came: "connection refused", "certificate has expired"
};

class MllpLink {
public:
    /// Gets messages that answer nothing in flight: an AA after CA, or an answer that comes too late. Null: dropped.
    /// They are counted and logged by code in any case.
    using Late = std::function<void(std::string payload)>;
    /// Ends when the message is marked as sent. What it throws ends deliver(), and nothing is sent.
    using Mark = std::function<asio::awaitable<void>()>;

    MllpLink(asio::io_context& context, Destination destination, Late late = {}, LinkTimes times = {});
    ~MllpLink();  ///< closes
    MllpLink(const MllpLink&) = delete;
    MllpLink& operator=(const MllpLink&) = delete;

    /// Connects where that is needed, calls `before_first_byte`, sends, waits for the answer that names the message.
    /// After `no_answer`, `not_mllp` and `bad_certificate` the connection is closed.
    /// \throws std::invalid_argument where the message holds a byte that a frame cannot carry
    /// \throws std::logic_error while another message is in flight
    asio::awaitable<Delivery> deliver(std::string message, lims::Sent sent, Mark before_first_byte);

    bool connected() const;
    void renew(TlsContext tls);  ///< for connections from now on
    void close();                ///< a message in flight has then no answer; deliver() connects again

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace microchim::net
