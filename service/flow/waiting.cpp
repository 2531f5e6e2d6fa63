#include "service/flow/waiting.hpp"

namespace microchim::service {
namespace {

namespace asio = net::asio;

/// Wakes a coroutine from another thread. `begin` gets the function that does so, to be called once.
template <class Value>
asio::awaitable<Value> from_elsewhere(std::function<void(std::function<void(std::exception_ptr, Value)>)> begin) {
    const auto executor = co_await asio::this_coro::executor;
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Value)>(
        [](auto handler, auto executor_, auto begin_) {
            const auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
            begin_([waiting, executor_](std::exception_ptr error, Value value) {
                asio::post(executor_, [waiting, error, value_ = std::move(value)]() mutable {
                    std::move (*waiting)(error, std::move(value_));
                });
            });
        },
        asio::use_awaitable, executor, std::move(begin));
}

}  // namespace

asio::awaitable<void> committed(store::Store& store, store::Store::Work work) {
    std::function<void(std::function<void(std::exception_ptr, bool)>)> begin =
        [&store, work = std::move(work)](std::function<void(std::exception_ptr, bool)> wake) {
            store.write(work, [wake](std::exception_ptr error) { wake(error, true); });
        };
    co_await from_elsewhere<bool>(std::move(begin));
}

asio::awaitable<std::vector<std::string>> answered(Reception& reception, Arrival arrival) {
    using Answers = std::vector<std::string>;
    const auto letter = std::make_shared<Arrival>(std::move(arrival));
    std::function<void(std::function<void(std::exception_ptr, Answers)>)> begin =
        [&reception, letter](std::function<void(std::exception_ptr, Answers)> wake) {
            reception.take(std::move(*letter), [wake](Answers answers) { wake({}, std::move(answers)); });
        };
    co_return co_await from_elsewhere<Answers>(std::move(begin));
}

asio::awaitable<void> elsewhere(asio::thread_pool& pool, std::function<void()> work) {
    std::function<void(std::function<void(std::exception_ptr, bool)>)> begin =
        [&pool, work = std::move(work)](std::function<void(std::exception_ptr, bool)> wake) {
            asio::post(pool, [work, wake] {
                std::exception_ptr error;
                try {
                    work();
                } catch (...) {
                    error = std::current_exception();
                }
                wake(error, true);
            });
        };
    co_await from_elsewhere<bool>(std::move(begin));
}

}  // namespace microchim::service
