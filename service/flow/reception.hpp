// Messages in: who sent it, whether it can be taken, what is stored, and what is answered. A positive answer is given
// only after the message is on the disk. Source: HL7 2.5.1 chapter 2, 2.9.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "service/net/seldom.hpp"
#include "service/settings/settings.hpp"
#include "service/store/messages.hpp"
#include "service/store/store.hpp"

namespace microchim::service {

/// One message as a connection gave it.
struct Arrival {
    std::string payload;
    std::string address;             ///< of the peer, without port
    std::vector<std::string> names;  ///< that its certificate gives it; empty over plain MLLP
    bool too_long = false;           ///< the payload is its first segment only
    const Peer* file_of = nullptr;   ///< in whose folder it lay, where it came as a file
};

class Reception {
public:
    Reception(store::Store& store, const Settings& settings) : store_(store), settings_(settings) {}

    /// Who that is: by its certificate where it has one, else by its address; nullptr: nobody that we know.
    const Peer* peer(const std::string& address, const std::vector<std::string>& names) const;

    /// Called once with the answers in their order (none: silence); on the writer's thread, or at once.
    using Answer = std::function<void(std::vector<std::string>)>;
    /// The caller waits for the answer before it takes the connection's next message.
    void take(Arrival arrival, Answer answer);

    struct Counters {
        std::atomic<std::uint64_t> received{0}, conflicts{0}, unstored{0}, answers{0}, foreign_sender{0},
            unknown_ask{0}, lf_line_ends{0};
    };
    const Counters& counters() const { return counters_; }

private:
    struct Letter;
    void file(store::Database& db, Letter& letter);
    std::optional<std::int64_t> file_again(store::Database& db, Letter& letter, const store::NewMessage& message);
    void refuse(Letter& letter, const Answer& answer);

    store::Store& store_;
    const Settings& settings_;
    Counters counters_;
    net::Seldom conflict_said_;  ///< the store's thread only
};

}  // namespace microchim::service
