// The service as a whole: everything is put together here, runs until it is told to end, and ends in order.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "service/settings/settings.hpp"

namespace microchim::service {

struct Ready {
    std::string http, mllp, mllps;  ///< bound addresses; empty: not opened
    std::string setup_code;         ///< where there is no user yet: makes the first admin, for 30 minutes
};

/// Runs until SIGINT or SIGTERM. Messages in work are answered first, for at most five seconds.
/// \param program our own command, which reads runs as a child
/// \param ready   called once, when everything listens
/// \throws ConfigError, store::StoreError
void serve(const Settings& settings, const std::filesystem::path& program,
           const std::function<void(const Ready&)>& ready);

/// Everything that a start would look at, without starting: files, certificates, addresses.
/// \throws ConfigError
void check(const Settings& settings);

}  // namespace microchim::service
