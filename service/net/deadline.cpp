#include "service/net/deadline.hpp"

namespace microchim::net {

struct Deadline::State : std::enable_shared_from_this<State> {
    explicit State(tcp::socket& of) : socket(&of), timer(of.get_executor()) {}

    void set(Clock::time_point when, bool only_reading) {
        due = when;
        reading = only_reading;
        if (due < wakes) wait();
    }

    void wait() {
        wakes = due;
        timer.expires_at(wakes);
        timer.async_wait([self = shared_from_this()](const error_code& cancelled) {
            if (!cancelled) self->wake();
        });
    }

    void wake() {
        wakes = Clock::time_point::max();
        if (socket == nullptr || due == Clock::time_point::max()) return;
        if (Clock::now() < due) return wait();
        passed = true;
        error_code ignored;
        if (reading) socket->shutdown(tcp::socket::shutdown_receive, ignored);
        else socket->close(ignored);
    }

    tcp::socket* socket;  ///< null: its owner is gone
    asio::steady_timer timer;
    Clock::time_point due = Clock::time_point::max(), wakes = Clock::time_point::max();
    bool reading = false, passed = false;
};

Deadline::Deadline(tcp::socket& socket) : state_(std::make_shared<State>(socket)) {}

Deadline::~Deadline() {
    state_->socket = nullptr;
    state_->timer.cancel();
}

void Deadline::close_at(Clock::time_point when) {
    state_->set(when, false);
}

void Deadline::end_reading_at(Clock::time_point when) {
    state_->set(when, true);
}

void Deadline::none() {
    state_->due = Clock::time_point::max();
}

bool Deadline::passed() const {
    return state_->passed;
}

asio::awaitable<void> rest(asio::steady_timer& timer, Milliseconds time) {
    error_code cancelled;
    timer.expires_after(time);
    co_await timer.async_wait(into(cancelled));
}

}  // namespace microchim::net
