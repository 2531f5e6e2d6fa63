// The start of a child, apart from waiting for it.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "service/jobs/child.hpp"

namespace microchim::jobs {

/// A file descriptor that is closed with its owner.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() { close(); }

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_ = -1;
};

/// A child that runs; its owner must reap it.
struct Started {
    pid_t pid = -1;
    Descriptor out, error;  ///< our ends of its pipes, non-blocking
};

/// \throws std::system_error
Started start(const std::vector<std::string>& argv, const Limits& limits);

}  // namespace microchim::jobs
