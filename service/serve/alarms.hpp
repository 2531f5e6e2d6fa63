// What a person has to look at: a pure function of what is so. Source of the limits: docs/serve.md, "Alarms".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace microchim::service {

struct Facts {
    std::int64_t oldest_unsent_seconds = 0;  ///< age of the oldest message that no receiver has taken; 0: none
    std::int64_t dead = 0, held = 0;         ///< in the outbox
    std::uint64_t disk_free = 0, disk_size = 0, disk_reserve = 0;  ///< bytes
    double clock_step_seconds = 0;  ///< how far the clock was moved since the last look; forwards is positive
    struct Certificate {
        std::string file;
        int days_left = 0;
    };
    std::vector<Certificate> certificates;
};

struct Alarm {
    std::string code;      ///< "disk.low": what a monitoring system looks for
    std::string sentence;  ///< what is so, and what to do; without patient data
    bool operator==(const Alarm&) const = default;
};

std::vector<Alarm> alarms(const Facts& facts);

/// Whether what comes from outside is refused: what is left of the disk is for what is here already.
bool disk_full(const Facts& facts);

}  // namespace microchim::service
