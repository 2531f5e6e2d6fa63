// Runs a context in the test's own thread, never longer than ten seconds.
#pragma once

#include <doctest/doctest.h>

#include <exception>
#include <functional>
#include <optional>

#include "service/net/net.hpp"

namespace microchim::test {

inline void run_until(net::asio::io_context& context, const std::function<bool()>& done) {
    const auto limit = net::Clock::now() + std::chrono::seconds(10);
    while (!done() && net::Clock::now() < limit) {
        context.restart();
        context.run_one_for(std::chrono::milliseconds(20));
    }
    REQUIRE(done());
}

inline void run_for(net::asio::io_context& context, net::Milliseconds time) {
    const auto end = net::Clock::now() + time;
    run_until(context, [end] { return net::Clock::now() >= end; });
}

/// What a coroutine gives, or throws.
template <class Result>
Result run(net::asio::io_context& context, net::asio::awaitable<Result> work) {
    std::optional<Result> result;
    std::exception_ptr thrown;
    net::asio::co_spawn(context, std::move(work), [&](std::exception_ptr error, Result given) {
        thrown = error;
        result = std::move(given);
    });
    run_until(context, [&] { return result.has_value(); });
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
}

inline void run(net::asio::io_context& context, net::asio::awaitable<void> work) {
    bool done = false;
    std::exception_ptr thrown;
    net::asio::co_spawn(context, std::move(work), [&](std::exception_ptr error) {
        thrown = error;
        done = true;
    });
    run_until(context, [&] { return done; });
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace microchim::test
