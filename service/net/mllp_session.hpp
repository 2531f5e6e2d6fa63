// One connection of the MLLP server. Only mllp_server.cpp uses it.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "service/lims/mllp.hpp"
#include "service/net/mllp_server.hpp"
#include "service/net/stream.hpp"

namespace microchim::net {

class MllpSession;

/// What the sessions of one server have in common; lives as long as the last of them.
struct MllpShared {
    MllpShared(asio::io_context& context, MllpServerOptions chosen, MllpServer::Admit who, MllpServer::Handler what)
        : options(std::move(chosen)),
          admit(std::move(who)),
          handler(std::move(what)),
          rate(options.rate),
          all_closed(context) {}

    MllpServerOptions options;
    MllpServer::Admit admit;
    MllpServer::Handler handler;
    RateLimit rate;
    void make_room();

    MllpCounters counters;
    std::size_t held = 0;  ///< bytes of messages that are arriving or in work
    std::set<MllpSession*> sessions;
    bool stopping = false;
    asio::steady_timer all_closed;  ///< cancelled when the last session ends while the server stops
};

class MllpSession {
public:
    MllpSession(std::shared_ptr<MllpShared> shared, tcp::socket socket, const tcp::endpoint& from);
    ~MllpSession();
    MllpSession(const MllpSession&) = delete;
    MllpSession& operator=(const MllpSession&) = delete;

    asio::awaitable<void> run();
    void stop();  ///< closes unless a message is in work
    void close();
    std::size_t arriving() const { return in_work_ ? 0 : held_; }  ///< bytes of a message that is not whole yet
    void crowd_out();                                              ///< closes and forgets it

private:
    asio::awaitable<bool> admitted();
    asio::awaitable<void> receive();
    asio::awaitable<bool> take(lims::mllp::Event event);
    asio::awaitable<bool> answer(Arrived arrived);
    void limit_frame();
    void hold(std::size_t bytes);
    void note(const lims::mllp::Event& close);

    std::shared_ptr<MllpShared> shared_;
    Stream stream_;
    std::shared_ptr<const Peer> peer_;
    lims::mllp::Receiver receiver_;
    asio::steady_timer slower_;  ///< while the peer sends too fast
    Clock::time_point began_{};  ///< of the frame that is arriving
    std::size_t held_ = 0;
    bool arriving_ = false, in_work_ = false;
};

}  // namespace microchim::net
