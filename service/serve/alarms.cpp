#include "service/serve/alarms.hpp"

#include <cmath>

namespace microchim::service {
namespace {

constexpr std::int64_t patience_minutes = 15;
constexpr double clock_tolerance_seconds = 2;
constexpr int certificate_days = 30;

std::string mebibytes(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

std::string messages(std::int64_t count) {
    return std::to_string(count) + (count == 1 ? " message is " : " messages are ");
}

std::string lifetime(const Facts::Certificate& certificate) {
    const auto name = "The certificate '" + certificate.file + "' ";
    if (certificate.days_left < 0) return name + "has ended.";
    return name + "ends in " + std::to_string(certificate.days_left) + " days.";
}

}  // namespace

bool disk_full(const Facts& facts) {
    return facts.disk_free < facts.disk_reserve;
}

std::vector<Alarm> alarms(const Facts& facts) {
    std::vector<Alarm> found;
    const auto minutes = facts.oldest_unsent_seconds / 60;
    if (minutes >= patience_minutes)
        found.push_back({"outbox.late", "A signed result has waited for its receiver for " + std::to_string(minutes) +
                                            " minutes: look at the outbox and at the receiver."});
    if (facts.dead > 0)
        found.push_back({"outbox.dead", messages(facts.dead) + "dead: retry or abandon, with a reason."});
    if (facts.held > 0)
        found.push_back({"outbox.held", messages(facts.held) + "held: ask the receiver, then retry or abandon."});
    if (disk_full(facts))
        found.push_back({"disk.full", "Only " + mebibytes(facts.disk_free) +
                                          " of the disk are left: orders and runs are refused until there is room."});
    else if (facts.disk_free < facts.disk_size / 10)
        found.push_back({"disk.low", "Only " + mebibytes(facts.disk_free) + " of the disk are left."});
    if (std::abs(facts.clock_step_seconds) > clock_tolerance_seconds)
        found.push_back({"clock.step", "The clock was moved by " +
                                           std::to_string(std::lround(facts.clock_step_seconds)) +
                                           " seconds: times of results and signatures around now are doubtful."});
    for (const auto& certificate : facts.certificates)
        if (certificate.days_left < certificate_days)
            found.push_back({"certificate.ends",
                             lifetime(certificate) + " Put a new one in its place and reload the service (SIGHUP)."});
    return found;
}

}  // namespace microchim::service
