#include "service/http/rate.hpp"

#include <algorithm>
#include <cmath>

namespace microchim::http {
namespace {

constexpr std::size_t many = 4096;  // then full buckets, which are as good as none, are forgotten

}  // namespace

double RequestRate::tokens(const Bucket& bucket, Clock::time_point now) const {
    const std::chrono::duration<double> passed = now - bucket.filled;
    return std::min(rate_.burst, bucket.tokens + passed.count() * rate_.per_second);
}

std::optional<std::chrono::seconds> RequestRate::take(const std::string& client, Clock::time_point now) {
    if (buckets_.size() >= many)
        std::erase_if(buckets_, [&](const auto& entry) { return tokens(entry.second, now) >= rate_.burst; });
    auto& bucket = buckets_.try_emplace(client, Bucket{rate_.burst, now}).first->second;
    bucket = {tokens(bucket, now), now};
    if (bucket.tokens < 1)
        return std::chrono::seconds(static_cast<long>(std::ceil((1 - bucket.tokens) / rate_.per_second)));
    bucket.tokens -= 1;
    return std::nullopt;
}

}  // namespace microchim::http
