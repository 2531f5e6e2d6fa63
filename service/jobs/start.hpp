// The start of a child, apart from waiting for it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "service/jobs/child.hpp"
#include "service/jobs/descriptor.hpp"

namespace microchim::jobs {

/// A child that runs; its owner must reap it.
struct Started {
    pid_t pid = -1;
    Descriptor out, error;  ///< our ends of its pipes, non-blocking
};

/// \throws std::system_error
Started start(const std::vector<std::string>& argv, const Limits& limits);

}  // namespace microchim::jobs
