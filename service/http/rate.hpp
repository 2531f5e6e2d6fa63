// How many requests one client may send. What is over it is refused with the time to wait.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

namespace microchim::http {

struct Rate {
    double per_second = 100;
    double burst = 200;  ///< so many at once after a pause
};

/// A bucket of tokens for each client. On the network's thread only.
class RequestRate {
public:
    using Clock = std::chrono::steady_clock;
    explicit RequestRate(Rate rate) : rate_(rate) {}

    /// \returns nothing where it may go on, else how long to wait
    std::optional<std::chrono::seconds> take(const std::string& client, Clock::time_point now);

private:
    struct Bucket {
        double tokens;
        Clock::time_point filled;
    };
    double tokens(const Bucket& bucket, Clock::time_point now) const;

    Rate rate_;
    std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace microchim::http
