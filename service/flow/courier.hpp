// Messages out: one courier for each destination takes the outbox's rows in their order, one at a time, and writes down
// what became of each. Runs on the network's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "service/net/mllp_link.hpp"
#include "service/settings/settings.hpp"
#include "service/store/outbox.hpp"
#include "service/store/store.hpp"

namespace microchim::service {

/// What we show to a destination and trust it by; null: plain. \throws ConfigError
net::TlsContext tls_towards(const Destination& to);

class Courier {
public:
    /// \param changed called when a row's state has changed
    Courier(net::asio::io_context& context, store::Store& store, const Destination& to, std::function<void()> changed);
    ~Courier();
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    void start();
    void renew();  ///< its certificates, for connections from now on. \throws ConfigError
    void wake();   ///< something new is in the outbox
    void stop();   ///< takes nothing more; a message in flight stays `sent`, and is sent again by the next start

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace microchim::service
