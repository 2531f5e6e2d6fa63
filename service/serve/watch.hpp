// Looks at the outbox, the disk, the clock and the certificates every half minute. Runs on the network's thread;
// alarms() from any.
#pragma once

#include <chrono>
#include <mutex>
#include <vector>

#include "service/serve/alarms.hpp"
#include "service/settings/settings.hpp"
#include "service/store/store.hpp"

namespace microchim::service {

class Watch {
public:
    Watch(store::Store& store, const Settings& settings);

    /// Looks now: says in the log what is new and what is over, and tells the store whether the disk has room.
    void look();
    std::vector<Alarm> alarms() const;

private:
    Facts facts();
    double clock_step();

    store::Store& store_;
    const Settings& settings_;
    std::chrono::system_clock::time_point wall_;
    std::chrono::steady_clock::time_point steady_;
    std::chrono::steady_clock::time_point stepped_;  ///< a moved clock stays an alarm for an hour
    double step_ = 0;
    mutable std::mutex mutex_;
    std::vector<Alarm> now_;
};

}  // namespace microchim::service
