#include "service/net/mllp_link.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "service/net/listener.hpp"
#include "service/net/resolve.hpp"
#include "service/net/stream.hpp"

namespace microchim::net {
namespace {

using lims::Answer;
using lims::Happened;
using lims::mllp::Code;
using lims::mllp::Event;
using lims::mllp::Receiver;

constexpr std::size_t longest_answer = std::size_t{1} << 20;
/// Where our bytes are not taken: for what the peer said before it broke, such as that our certificate is wrong.
constexpr Milliseconds last_words{1000};

/// One connection. It outlives its link where its reader has not noticed the end yet.
struct Wire {
    Wire(tcp::socket socket, const Destination& to)
        : stream(std::move(socket), to.tls), receiver(to.profile, {.message_bytes = longest_answer}) {}

    Stream stream;
    Receiver receiver;
    std::size_t frames = 0;     ///< that came
    bool ended = false;         ///< nothing comes any more
    std::optional<Code> fault;  ///< why we ended it
    error_code error;           ///< or how it ended by itself
};

/// What came shows that nobody speaks MLLP there: it was no frame from the first byte on.
bool not_mllp(const Wire& wire) {
    return wire.frames == 0 && (wire.fault == Code::http_request || wire.fault == Code::tls_hello ||
                                wire.fault == Code::no_vt || wire.fault == Code::foreign_byte);
}

Delivery failed(Happened what, std::string trouble) {
    return {what, {}, std::move(trouble)};
}

Delivery failed(const Wire& wire) {
    if (not_mllp(wire)) return failed(Happened::not_mllp, to_string(*wire.fault));
    if (wire.fault) return failed(Happened::no_answer, to_string(*wire.fault));
    // With TLS 1.3 a server refuses our certificate only after our side has finished its handshake.
    if (permanent(wire.error)) return failed(Happened::bad_certificate, wire.error.message());
    return failed(Happened::no_answer, wire.error ? wire.error.message() : "no answer in time");
}

/// One message in flight.
struct Busy {
    explicit Busy(bool& flag) : is(flag) {
        if (std::exchange(is, true)) throw std::logic_error("another message is in flight");
    }
    ~Busy() { is = false; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    bool& is;
};

}  // namespace

struct MllpLink::State : std::enable_shared_from_this<State> {
    State(asio::io_context& on, Destination where, Late what, LinkTimes limits)
        : context(on), to(std::move(where)), late(std::move(what)), times(limits), bell(on) {}

    asio::awaitable<std::optional<Delivery>> connect();
    asio::awaitable<Delivery> exchange(std::string frame, lims::Sent sent);
    asio::awaitable<void> read(std::shared_ptr<Wire> from);
    void end(Wire& which, error_code error);
    void arrived(std::string payload);
    void pass_on(std::string payload, const lims::Reading& reading);
    bool connected() const { return wire && !wire->ended && !wire->stream.peer_ended(); }
    void close();

    asio::io_context& context;
    Destination to;
    Late late;
    LinkTimes times;
    std::shared_ptr<Wire> wire;      ///< null: not connected
    std::optional<lims::Sent> sent;  ///< in flight
    std::optional<Delivery> outcome;
    asio::steady_timer bell;  ///< rung when there is an outcome, or the wire ended
    bool busy = false;
    unsigned closes = 0;  ///< how often the owner closed it: also while it was connecting
};

/// Nothing: connected.
asio::awaitable<std::optional<Delivery>> MllpLink::State::connect() {
    const auto until = Clock::now() + times.connect;
    const auto closed = closes;
    error_code error;
    const auto addresses = co_await resolve(context.get_executor(), to.host, to.port, times.connect, error);
    if (addresses.empty()) co_return failed(Happened::not_connected, error.message());
    tcp::socket socket(context);
    {
        Deadline deadline(socket);
        deadline.close_at(until);
        co_await asio::async_connect(socket, addresses, into(error));
        if (deadline.passed()) error = asio::error::timed_out;
    }
    if (error) co_return failed(Happened::not_connected, error.message());
    prepare(socket);
    const auto next = std::make_shared<Wire>(std::move(socket), to);
    if (auto* tls = next->stream.native_tls()) {
        expect_name(tls, to.host);
        error = co_await next->stream.handshake(TlsStream::client, times.handshake);
        const auto kind = permanent(error) ? Happened::bad_certificate : Happened::not_connected;
        if (error) co_return failed(kind, handshake_trouble(tls, error));
    }
    if (closed != closes) co_return failed(Happened::not_connected, "closed by us");
    wire = next;
    asio::co_spawn(context, read(next), asio::detached);
    co_return std::nullopt;
}

asio::awaitable<void> MllpLink::State::read(std::shared_ptr<Wire> from) {
    const auto self = shared_from_this();
    for (;;) {
        auto bytes = co_await from->stream.read();
        const bool over = bytes.empty();
        std::optional<Event> event;
        while ((event = over ? from->receiver.finish() : from->receiver.next(bytes))) {
            if (event->kind == Event::Kind::close) break;
            ++from->frames;
            if (from == wire) arrived(std::move(event->payload));
        }
        if (event) from->fault = event->code;
        if (over || event) break;
    }
    end(*from, from->stream.error());
}

void MllpLink::State::end(Wire& which, error_code error) {
    which.ended = true;
    which.error = error;
    which.stream.close();
    if (wire.get() != &which) return;
    if (which.fault) spdlog::warn("link {}: closed: {}", to.name, to_string(*which.fault));
    bell.cancel();
}

void MllpLink::State::arrived(std::string payload) {
    const auto reading = lims::read_answer(payload, sent.value_or(lims::Sent{}));
    const bool ours = sent && reading.answer != Answer::not_ours && reading.answer != Answer::unusable;
    // A CA that deliver() has not told of yet gives way to the AA that came with it; else the first answer counts.
    const bool first = !outcome || outcome->happened == Happened::committed;
    if (!ours || !first) return pass_on(std::move(payload), reading);
    outcome = Delivery{lims::happened(reading.answer), reading, {}};
    bell.cancel();
}

void MllpLink::State::pass_on(std::string payload, const lims::Reading& reading) {
    const char* what = reading.answer == Answer::unusable ? "unusable" : "not_in_flight";
    spdlog::warn("link {}: answer.{} {}", to.name, what, reading.code);
    if (late) late(std::move(payload));
}

void MllpLink::State::close() {
    if (wire) wire->stream.close();
    wire.reset();
    bell.cancel();
}

asio::awaitable<Delivery> MllpLink::State::exchange(std::string frame, lims::Sent message) {
    const auto on = wire;
    const auto before = on->stream.written();
    outcome.reset();
    sent = std::move(message);
    const bool written = co_await on->stream.write(std::move(frame), times.write);
    const auto trouble = on->stream.error();
    const bool nothing_left_us = !to.tls && on->stream.written() == before;
    bell.expires_after(written ? times.answer : last_words);
    while (!outcome && !on->ended && on == wire && Clock::now() < bell.expiry()) {
        error_code rung;
        co_await bell.async_wait(into(rung));
    }
    if (!written && !permanent(on->error)) on->error = trouble;
    sent.reset();
    if (outcome) co_return *std::exchange(outcome, std::nullopt);
    close();
    if (nothing_left_us && !on->fault) co_return failed(Happened::not_connected, on->error.message());
    co_return failed(*on);
}

MllpLink::MllpLink(asio::io_context& context, Destination destination, Late late, LinkTimes times)
    : state_(std::make_shared<State>(context, std::move(destination), std::move(late), times)) {}

MllpLink::~MllpLink() {
    state_->late = nullptr;
    state_->close();
}

asio::awaitable<Delivery> MllpLink::deliver(std::string message, lims::Sent sent, Mark before_first_byte) {
    const auto state = state_;
    auto frame = lims::mllp::frame(message);
    if (!frame) throw std::invalid_argument("a message holds a byte that a frame cannot carry");
    const Busy busy(state->busy);
    for (bool marked = false;;) {
        if (!state->connected()) {
            auto trouble = co_await state->connect();
            if (trouble) co_return std::move(*trouble);
        }
        if (marked) break;
        marked = true;
        if (before_first_byte) co_await before_first_byte();
        if (!state->wire) co_return failed(Happened::not_connected, "closed by us");
        if (state->connected() || state->wire->fault) break;
    }
    auto delivery = co_await state->exchange(std::move(*frame), std::move(sent));
    co_return delivery;
}

bool MllpLink::connected() const {
    return state_->connected();
}

void MllpLink::renew(TlsContext tls) {
    state_->to.tls = std::move(tls);
}

void MllpLink::close() {
    ++state_->closes;
    state_->close();
}

}  // namespace microchim::net
