#include "service/net/rate.hpp"

#include <algorithm>
#include <cmath>

namespace microchim::net {

double RateLimit::tokens_of(const Bucket& bucket, Clock::time_point now) const {
    const auto seconds = std::chrono::duration<double>(now - bucket.filled).count();
    return std::min(rate_.burst, bucket.tokens + seconds * rate_.per_second);
}

/// A full bucket says no more than none, and peers that came once would be kept for ever.
void RateLimit::forget_full(Clock::time_point now) {
    if (now < tidied_ + std::chrono::minutes(1)) return;
    tidied_ = now;
    std::erase_if(buckets_, [&](const auto& entry) { return tokens_of(entry.second, now) >= rate_.burst; });
}

Milliseconds RateLimit::take(const std::string& peer, Clock::time_point now) {
    if (rate_.per_second <= 0) return {};
    forget_full(now);
    auto& bucket = buckets_.try_emplace(peer, Bucket{rate_.burst, now}).first->second;
    bucket = {tokens_of(bucket, now) - 1, now};
    if (bucket.tokens >= 0) return {};
    return Milliseconds(std::lround(std::ceil(-bucket.tokens / rate_.per_second * 1000)));
}

}  // namespace microchim::net
