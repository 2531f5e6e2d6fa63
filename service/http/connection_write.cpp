// How an answer goes out: text, a file, or a stream of events.
#include <algorithm>

#include "service/http/connection.hpp"

namespace microchim::http {
namespace {

namespace wire = beast::http;
using net::into;

bool has_content(int status) {
    return status >= 200 && status != 204 && status != 304;
}

}  // namespace

template <class Message>
void Connection::set_head(Message& message, const Response& response) const {
    message.version(11);
    message.result(static_cast<unsigned>(response.status));
    message.reason(reason_phrase(response.status));
    for (const auto& [name, value] : response.headers) message.set(name, value);
    message.keep_alive(keep_alive_ && !state_->stopping);
}

asio::awaitable<bool> Connection::write(Response response) {
    if (response.status >= 500) ++state_->counters.answers_5xx;
    else if (response.status >= 400) ++state_->counters.answers_4xx;
    protect(response);
    if (std::holds_alternative<FileBody>(response.body)) co_return co_await write_file(std::move(response));
    wire::response<wire::string_body> message;
    set_head(message, response);
    if (auto* text = std::get_if<std::string>(&response.body)) message.body() = std::move(*text);
    if (has_content(response.status)) message.content_length(message.body().size());
    else message.body().clear();
    if (head_only_) message.body().clear();
    allow_transfer(net::Clock::now(), message.body().size());
    co_await wire::async_write(stream_, message, into(error_));
    co_return !error_ && message.keep_alive();
}

asio::awaitable<bool> Connection::write_file(Response response) {
    const auto file = std::get<FileBody>(response.body);
    wire::response<wire::file_body> message;
    message.body().open(file.file.c_str(), beast::file_mode::scan, error_);
    if (error_) {
        Response lost = problem(Problem(500, "internal"), {});
        co_return co_await write(std::move(lost));
    }
    response.headers["Content-Type"] = file.content_type;
    set_head(message, response);
    const auto bytes = message.body().size();
    message.content_length(bytes);
    allow_transfer(net::Clock::now(), bytes);
    wire::response_serializer<wire::file_body> serializer{message};
    if (head_only_) co_await wire::async_write_header(stream_, serializer, into(error_));
    else co_await wire::async_write(stream_, serializer, into(error_));
    co_return !error_ && message.keep_alive();
}

asio::awaitable<void> Connection::stream_events(Response response, accounts::Principal who) {
    using namespace std::chrono_literals;
    protect(response);
    response.headers["Content-Type"] = "text/event-stream";
    wire::response<wire::empty_body> message;
    keep_alive_ = false;
    set_head(message, response);
    wire::response_serializer<wire::empty_body> serializer{message};
    quiet_ = true;
    allow(state_->options.times.transfer);
    co_await wire::async_write_header(stream_, serializer, into(error_));
    // Woken from any thread: the timer is only touched on its own.
    const auto wake = [weak = std::weak_ptr(timer_), home = stream_.get_executor()] {
        asio::post(home, [weak] {
            if (const auto waiting = weak.lock()) waiting->cancel();
        });
    };
    const auto listener = state_->parts.events.join(who, wake);
    auto said = net::Clock::now();
    const auto beat = state_->options.times.heartbeat;
    while (!error_ && !state_->stopping && !listener->overflowed() &&
           state_->parts.accounts.sessions.lives(who.session)) {
        auto next = listener->take();
        if (!next && net::Clock::now() - said >= beat) next = ":\n\n";
        if (next) {
            co_await write_raw(std::move(*next));
            said = net::Clock::now();
            continue;
        }
        deadline_.none();
        const net::Milliseconds pause = std::min<net::Milliseconds>(beat, 3s);
        co_await net::rest(*timer_, pause);
    }
}

}  // namespace microchim::http
