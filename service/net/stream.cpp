#include "service/net/stream.hpp"

#include <sys/socket.h>

#include <array>
#include <utility>

namespace microchim::net {
namespace {

constexpr std::size_t piece = std::size_t{64} << 10, record = std::size_t{16} << 10;

bool again(const error_code& error) {
    return error == asio::error::would_block || error == asio::error::try_again || error == asio::error::interrupted;
}

}  // namespace

Stream::Stream(tcp::socket socket, const TlsContext& tls) : plain_(std::move(socket)), context_(tls) {
    error_code ignored;
    plain_.non_blocking(true, ignored);  // a closed socket says so at the first read
    if (tls) tls_ = std::make_unique<TlsStream>(std::move(plain_), *tls);
    deadline_.emplace(this->socket());
}

asio::awaitable<error_code> Stream::handshake(asio::ssl::stream_base::handshake_type side, Milliseconds limit) {
    error_ = {};
    if (!tls_) co_return error_;
    deadline_->close_at(Clock::now() + limit);
    co_await tls_->async_handshake(side, into(error_));
    deadline_->none();
    if (deadline_->passed()) error_ = asio::error::timed_out;
    co_return error_;
}

asio::awaitable<std::string_view> Stream::read_plain() {
    static thread_local std::array<char, piece> shared;
    for (;;) {
        if (!more_) co_await plain_.async_wait(tcp::socket::wait_read, into(error_));
        if (error_) co_return std::string_view{};
        const auto size = plain_.read_some(asio::buffer(shared), error_);
        more_ = size == shared.size();
        if (!again(error_)) co_return std::string_view(shared.data(), error_ ? 0 : size);
        error_ = {};
    }
}

asio::awaitable<std::string_view> Stream::read() {
    error_ = {};
    if (!tls_) co_return co_await read_plain();
    buffer_.resize(record);
    const auto size = co_await tls_->async_read_some(asio::buffer(buffer_), into(error_));
    co_return std::string_view(buffer_.data(), error_ ? 0 : size);
}

asio::awaitable<bool> Stream::write(std::string bytes, Milliseconds limit) {
    std::size_t done = 0;
    error_code error;
    if (!tls_) done = plain_.write_some(asio::buffer(bytes), error);  // nearly always all of it
    if (again(error)) error = {};
    if (!error && done < bytes.size()) {
        deadline_->close_at(Clock::now() + limit);
        const auto rest_of_it = asio::buffer(bytes) + done;
        if (tls_) done += co_await asio::async_write(*tls_, rest_of_it, into(error));
        else done += co_await asio::async_write(plain_, rest_of_it, into(error));
        deadline_->none();
    }
    written_ += done;
    error_ = error;
    co_return !error;
}

asio::awaitable<void> Stream::finish(Milliseconds limit) {
    deadline_->close_at(Clock::now() + limit);
    error_code error;
    if (tls_) co_await tls_->async_shutdown(into(error));
    socket().shutdown(tcp::socket::shutdown_send, error);
    std::array<char, 4096> unread;
    while (!error) co_await socket().async_read_some(asio::buffer(unread), into(error));
    close();
}

bool Stream::peer_ended() const {
    char next;
    const auto handle = const_cast<tcp::socket&>(socket()).native_handle();
    return recv(handle, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void Stream::close() {
    error_code ignored;
    socket().close(ignored);
}

}  // namespace microchim::net
