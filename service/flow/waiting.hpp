// Between the store's thread and the network's: a coroutine that waits for the disk.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "service/flow/reception.hpp"
#include "service/net/net.hpp"
#include "service/store/store.hpp"

namespace microchim::service {

/// Ends, on the coroutine's executor, when the work is on the disk. \throws what the work threw, or StoreError
net::asio::awaitable<void> committed(store::Store& store, store::Store::Work work);

/// The answers to a message, when they may be given.
net::asio::awaitable<std::vector<std::string>> answered(Reception& reception, Arrival arrival);

/// Runs blocking work on a pool's thread. \throws what it threw
net::asio::awaitable<void> elsewhere(net::asio::thread_pool& pool, std::function<void()> work);

}  // namespace microchim::service
