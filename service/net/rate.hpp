// How many messages one peer may send: the others wait, none is refused.
#pragma once

#include <map>
#include <string>

#include "service/net/net.hpp"

namespace microchim::net {

struct Rate {
    double per_second = 200;  ///< 0: no limit
    double burst = 400;       ///< so many at once after a pause
};

/// A bucket of tokens for each peer.
class RateLimit {
public:
    explicit RateLimit(Rate rate) : rate_(rate) {}

    /// Takes a token of this peer. \returns how long to wait before what it is for; 0 nearly always
    Milliseconds take(const std::string& peer, Clock::time_point now = Clock::now());

private:
    struct Bucket {
        double tokens;  ///< below 0: taken in advance
        Clock::time_point filled;
    };
    void forget_full(Clock::time_point now);
    double tokens_of(const Bucket& bucket, Clock::time_point now) const;

    Rate rate_;
    std::map<std::string, Bucket> buckets_;
    Clock::time_point tidied_{};
};

}  // namespace microchim::net
