// One command as a child under limits: the files of strangers are parsed there and never in the service.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace microchim::jobs {

struct Limits {
    std::uint64_t memory = std::uint64_t{2} << 30;  ///< bytes of address space; 0: none (a sanitizer needs terabytes)
    std::chrono::seconds cpu{120};                  ///< of all its threads together
    std::chrono::milliseconds wall{300'000};
    std::size_t output = std::size_t{64} << 20;  ///< bytes of stdout and stderr together
    unsigned files = 64;                         ///< open at a time
};

enum class Reason {
    ended,    ///< by itself, well or badly
    time,     ///< wall clock or processor
    memory,   ///< an allocation was refused, or the kernel ran out
    output,   ///< it said too much
    stopped,  ///< by the stop token
};

struct Ended {
    Reason reason = Reason::ended;
    std::optional<int> code;  ///< nothing: a signal ended it
    int signal = 0;
    std::string out;    ///< stdout, as far as it got
    std::string error;  ///< the last 16 KiB of stderr
    std::chrono::milliseconds took{0};
    Limits limits;  ///< it ran under
};

/// Called with each line of stderr without its end, cut after 4096 bytes, on the thread that waits.
using OnLine = std::function<void(std::string_view)>;

/// Runs a command and blocks until it has ended and is reaped; for a worker thread, any number at once. Its stdin is
/// empty, it may write nothing but its output, sees no file descriptor and no environment of ours except the folders
/// of readers and instruments, and dies with us. What it started in its process group is killed with it.
/// \param argv the program (a path, or a name on /usr/bin:/bin) and its arguments
/// \throws std::system_error where it cannot be started
Ended run(const std::vector<std::string>& argv, const Limits& limits, const OnLine& on_line, std::stop_token stop);

}  // namespace microchim::jobs
