// Asio, and the only file that includes it. One io_context is run by one thread: nothing here is locked, and every
// function of this folder is called on that thread unless it says otherwise.
#pragma once

#include <utility>  // first: Boost 1.74 uses std::exchange in <boost/asio/awaitable.hpp> without it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace microchim::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;
using TlsStream = asio::ssl::stream<tcp::socket>;

/// Awaits an operation and puts its error into `error` instead of throwing:
///     co_await socket.async_wait(tcp::socket::wait_read, into(error));
inline auto into(error_code& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

}  // namespace microchim::net
