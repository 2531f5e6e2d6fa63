// Once a minute: for log lines that a peer could cause as often as it likes.
#pragma once

#include <chrono>

namespace microchim::net {

class Seldom {
public:
    bool now() {
        const auto time = std::chrono::steady_clock::now();
        if (time < next_) return false;
        next_ = time + std::chrono::minutes(1);
        return true;
    }

private:
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace microchim::net
