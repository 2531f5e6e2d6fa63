// A loop on all cores of this machine.
#pragma once

#include <cstddef>
#include <functional>

namespace microchim::read {

/// Calls work(0) ... work(tasks - 1), each once, and returns when all are done; small work (`bytes` to go through) on
/// the caller's thread alone. `work` must not throw.
void parallel(std::size_t tasks, std::size_t bytes, const std::function<void(std::size_t)>& work);

}  // namespace microchim::read
