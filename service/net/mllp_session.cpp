#include "service/net/mllp_session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace microchim::net {
namespace {

using lims::mllp::Event;
using lims::mllp::Receiver;

constexpr std::size_t always_held = std::size_t{64} << 10;  ///< an order is shorter
constexpr Milliseconds last_words{1000};                    ///< for the peer to take our last answer before we close

bool shorter(const MllpSession* a, const MllpSession* b) {
    return a->arriving() < b->arriving();
}

}  // namespace

/// One long message fits always; many at once are many peers, or one that would have all our memory.
void MllpShared::make_room() {
    while (held > options.held_bytes) {
        auto* longest = *std::max_element(sessions.begin(), sessions.end(), shorter);
        if (longest->arriving() <= always_held) return;
        longest->crowd_out();
    }
}

MllpSession::MllpSession(std::shared_ptr<MllpShared> shared, tcp::socket socket, const tcp::endpoint& from)
    : shared_(std::move(shared)),
      stream_(std::move(socket), shared_->options.tls),
      peer_(std::make_shared<const Peer>(Peer{address_of(from), {}})),
      slower_(stream_.socket().get_executor()) {
    shared_->sessions.insert(this);
}

MllpSession::~MllpSession() {
    shared_->sessions.erase(this);
    shared_->held -= held_;
    if (shared_->stopping && shared_->sessions.empty()) shared_->all_closed.cancel();
}

asio::awaitable<void> MllpSession::run() {
    const bool ours = co_await admitted();
    if (ours) co_await receive();
    stream_.close();
}

void MllpSession::stop() {
    slower_.cancel();
    if (!in_work_) close();
}

void MllpSession::close() {
    stream_.close();
}

void MllpSession::crowd_out() {
    ++shared_->counters.too_much;
    spdlog::warn("{}: closed {}: {} bytes are arriving, and {} of them were its own", shared_->options.name,
                 peer_->address, shared_->held, held_);
    shared_->held -= std::exchange(held_, 0);
    close();
}

void MllpSession::hold(std::size_t bytes) {
    shared_->held += bytes;
    shared_->held -= std::exchange(held_, bytes);
    shared_->make_room();
}

asio::awaitable<bool> MllpSession::admitted() {
    if (auto* tls = stream_.native_tls()) {
        const auto error = co_await stream_.handshake(TlsStream::server, shared_->options.times.handshake);
        if (error) {
            ++shared_->counters.handshakes_failed;
            spdlog::warn("{}: no TLS with {}: {}", shared_->options.name, peer_->address,
                         handshake_trouble(tls, error));
            co_return false;
        }
        peer_ = std::make_shared<const Peer>(Peer{peer_->address, peer_names(tls)});
    }
    const auto rules = shared_->admit(*peer_);
    if (rules) {
        receiver_ = Receiver(rules->profile, rules->limits);
        co_return true;
    }
    ++shared_->counters.not_admitted;
    spdlog::warn("{}: {} is not a known peer: closed", shared_->options.name, peer_->address);
    co_return false;
}

asio::awaitable<void> MllpSession::receive() {
    std::string kept;
    for (;;) {
        auto bytes = co_await stream_.read();
        if (bytes.empty()) break;
        kept.clear();
        while (auto event = receiver_.next(bytes)) {
            if (kept.empty() && !bytes.empty()) bytes = kept = bytes;  // the buffer is not ours while we wait
            arriving_ = false;
            const bool goes_on = co_await take(std::move(*event));
            if (!goes_on) co_return;
        }
        hold(receiver_.body_bytes());
        limit_frame();
    }
    if (!stream_.open()) co_return;  // stopped
    auto last = receiver_.finish();
    if (last) co_await take(std::move(*last));
}

/// Idle time between two messages has no limit.
void MllpSession::limit_frame() {
    if (receiver_.state() == Receiver::State::between) {
        stream_.deadline().none();
        return;
    }
    if (!arriving_) began_ = Clock::now();
    arriving_ = true;
    stream_.deadline().end_reading_at(began_ + shared_->options.times.frame(receiver_.body_bytes()));
}

/// \returns false where the connection is to be closed
asio::awaitable<bool> MllpSession::take(Event event) {
    stream_.deadline().none();
    const bool last = event.kind == Event::Kind::close;
    if (last) note(event);
    if (last && event.payload.empty()) co_return false;
    const auto wait = shared_->rate.take(peer_->address);
    if (wait.count() > 0) {
        ++shared_->counters.delayed;
        co_await rest(slower_, wait);
    }
    if (shared_->stopping) co_return false;
    ++shared_->counters.messages;
    shared_->counters.bytes += event.payload.size();
    in_work_ = true;
    hold(event.payload.size());
    Arrived arrived;  // not inside the co_await: g++ 12 destroys a braced temporary there twice
    arrived.payload = std::move(event.payload);
    arrived.peer = peer_;
    if (!last) arrived.warning = event.code;
    arrived.too_long = last;
    const bool answered = co_await answer(std::move(arrived));
    if (answered && (last || shared_->stopping)) co_await stream_.finish(last_words);
    in_work_ = false;
    co_return answered && !last && !shared_->stopping;
}

asio::awaitable<bool> MllpSession::answer(Arrived arrived) {
    auto answers = co_await shared_->handler(std::move(arrived));
    for (const auto& payload : answers) {
        if (payload.empty()) continue;
        auto framed = lims::mllp::frame(payload);
        if (!framed) throw std::logic_error("an answer holds a byte that a frame cannot carry");
        const bool written = co_await stream_.write(std::move(*framed), shared_->options.times.write);
        if (!written) {
            ++shared_->counters.writes_failed;
            spdlog::warn("{}: an answer to {} was not taken", shared_->options.name, peer_->address);
            co_return false;
        }
        ++shared_->counters.answers;
    }
    co_return true;
}

void MllpSession::note(const Event& close) {
    const auto code = close.code.value_or(lims::mllp::Code::truncated);
    ++shared_->counters.closes[static_cast<std::size_t>(code)];
    spdlog::warn("{}: closed {}: {} at byte {}", shared_->options.name, peer_->address, lims::mllp::to_string(code),
                 close.offset);
}

}  // namespace microchim::net
