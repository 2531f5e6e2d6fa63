#include "service/flow/clock.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <ctime>

#include "service/store/store.hpp"

namespace microchim::service {

std::string hl7_time(std::int64_t ms) {
    const auto seconds = static_cast<std::time_t>(ms / 1000);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y%m%d%H%M%S%z", &parts);
    return text.data();
}

std::string answer_id() {
    // The clock in microseconds, and never back: two starts cannot meet, since a start takes longer.
    static std::atomic<std::int64_t> next{store::now_ms() * 1000};
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "A%llx", static_cast<unsigned long long>(next.fetch_add(1)));
    return text.data();
}

}  // namespace microchim::service
