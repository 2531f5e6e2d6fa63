// What the page is told while it is open: names and ids of what changed, never patient data. Sent as server-sent
// events.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "service/accounts/authorise.hpp"

namespace microchim::http {

class Events {
public:
    /// From any thread; waits for nothing.
    /// \param name "job", "result", "outbox"
    /// \param sees who may do this is told
    void publish(const std::string& name, const nlohmann::json& data, accounts::Operation sees);

    class Listener {
    public:
        /// The next event as it goes on the wire, or nothing.
        std::optional<std::string> take();
        /// It was too slow: some were lost, so its connection must end; the page reads everything again when it is
        /// back.
        bool overflowed();

    private:
        friend class Events;
        std::mutex mutex_;
        accounts::Principal who_;
        std::function<void()> wake_;
        std::deque<std::string> waiting_;
        bool overflowed_ = false;
    };
    /// \param wake called from any thread when there is something to take
    /// Listens until the last copy of what is returned is gone.
    std::shared_ptr<Listener> join(accounts::Principal who, std::function<void()> wake);

private:
    std::mutex mutex_;
    std::list<std::weak_ptr<Listener>> listeners_;
};

}  // namespace microchim::http
