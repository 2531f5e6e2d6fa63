#include "service/http/events.hpp"

namespace microchim::http {
namespace {

constexpr std::size_t most_waiting = 256;

}  // namespace

void Events::publish(const std::string& name, const nlohmann::json& data, accounts::Operation sees) {
    // JSON in one line holds no line feed, so it is one "data" field.
    const auto text =
        "event: " + name + "\ndata: " + data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n\n";
    const std::scoped_lock lock(mutex_);
    for (auto at = listeners_.begin(); at != listeners_.end();) {
        const auto listener = at->lock();
        if (!listener) {
            at = listeners_.erase(at);
            continue;
        }
        ++at;
        if (accounts::authorise(&listener->who_, sees)) continue;
        {
            const std::scoped_lock its(listener->mutex_);
            if (listener->waiting_.size() < most_waiting) listener->waiting_.push_back(text);
            else listener->overflowed_ = true;
        }
        listener->wake_();
    }
}

std::optional<std::string> Events::Listener::take() {
    const std::scoped_lock lock(mutex_);
    if (waiting_.empty()) return std::nullopt;
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    return first;
}

bool Events::Listener::overflowed() {
    const std::scoped_lock lock(mutex_);
    return overflowed_;
}

std::shared_ptr<Events::Listener> Events::join(accounts::Principal who, std::function<void()> wake) {
    auto listener = std::make_shared<Listener>();
    listener->who_ = std::move(who);
    listener->wake_ = std::move(wake);
    const std::scoped_lock lock(mutex_);
    listeners_.push_back(listener);
    return listener;
}

}  // namespace microchim::http
