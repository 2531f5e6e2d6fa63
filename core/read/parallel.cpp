#include "core/read/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace microchim::read {

void parallel(std::size_t tasks, std::size_t bytes, const std::function<void(std::size_t)>& work) {
    constexpr std::size_t worth_a_thread = std::size_t{1} << 20;
    std::atomic<std::size_t> next = 0;
    const auto loop = [&] {
        for (std::size_t task; (task = next++) < tasks;) work(task);
    };
    const auto most = std::min<std::size_t>({std::thread::hardware_concurrency(), tasks, 1 + bytes / worth_a_thread});
    std::vector<std::jthread> helpers;
    try {
        while (helpers.size() + 1 < most) helpers.emplace_back(loop);
    } catch (const std::exception&) {  // no more threads or memory to be had: the others do it all
    }
    loop();
}

}  // namespace microchim::read
