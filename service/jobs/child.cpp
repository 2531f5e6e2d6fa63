#include "service/jobs/child.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "service/jobs/start.hpp"

namespace microchim::jobs {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t tail_size = 16 << 10, line_size = 4096;

/// The lines of a stream, as they come.
class Lines {
public:
    explicit Lines(const OnLine& tell) : tell_(tell) {}

    void add(std::string_view text) {
        for (const char c : text)
            if (c == '\n') flush();
            else if (line_.size() < line_size) line_ += c;
    }
    void flush() {
        if (tell_ && !line_.empty()) tell_(line_);
        line_.clear();
    }

private:
    const OnLine& tell_;
    std::string line_;
};

/// A running child and what it has said. Kills and reaps in every case, also when on_line throws.
class Running {
public:
    Running(const std::vector<std::string>& argv, const Limits& limits, const OnLine& on_line)
        : child_(start(argv, limits)), lines_(on_line) {
        ended_.limits = limits;
        watch_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child_.pid, 0)));
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { reap(); }

    Ended wait(int stop) {
        while (!has_ended()) {
            const auto left = ended_.limits.wall - elapsed();
            if (left <= std::chrono::milliseconds::zero()) return kill(Reason::time);
            std::array<pollfd, 4> watched{pollfd{child_.out.get(), POLLIN, 0}, pollfd{child_.error.get(), POLLIN, 0},
                                          pollfd{watch_.get(), POLLIN, 0}, pollfd{stop, POLLIN, 0}};
            ::poll(watched.data(), watched.size(), pause(left));
            if (watched[3].revents != 0) return kill(Reason::stopped);
            if (!drain()) return kill(Reason::output);
        }
        ::kill(-child_.pid, SIGKILL);  // what it left behind; the number is ours until it is reaped
        return drain() ? finish() : kill(Reason::output);
    }

private:
    Started child_;
    Descriptor watch_;
    Lines lines_;
    Ended ended_;
    std::size_t said_ = 0;
    Clock::time_point since_ = Clock::now();

    std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since_);
    }

    /// Without a descriptor to wait for (no pidfd allowed) the child is asked twenty times a second.
    int pause(std::chrono::milliseconds left) const {
        return static_cast<int>(std::min<std::int64_t>(left.count(), watch_ ? 60'000 : 50));
    }

    bool has_ended() const {
        siginfo_t about{};
        return ::waitid(P_PID, static_cast<id_t>(child_.pid), &about, WEXITED | WNOHANG | WNOWAIT) == 0 &&
               about.si_pid == child_.pid;
    }

    /// Takes what is in the pipes. \return false where it is more than allowed
    bool drain() {
        return take(child_.out, [&](std::string_view text) { ended_.out += text; }) &&
               take(child_.error, [&](std::string_view text) {
                   lines_.add(text);
                   ended_.error += text;
                   if (ended_.error.size() > 2 * tail_size) ended_.error.erase(0, ended_.error.size() - tail_size);
               });
    }

    template <class Keep>
    bool take(Descriptor& from, Keep keep) {
        std::array<char, 65536> buffer;
        while (from) {
            const auto size = ::read(from.get(), buffer.data(), buffer.size());
            if (size < 0 && errno == EINTR) continue;
            if (size < 0 && errno == EAGAIN) return true;
            if (size <= 0) from.close();
            else if ((said_ += static_cast<std::size_t>(size)) > ended_.limits.output) return false;
            else keep(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
        }
        return true;
    }

    Ended kill(Reason reason) {
        ended_.reason = reason;
        return finish();
    }

    Ended finish() {
        const auto usage = reap();
        lines_.flush();
        if (ended_.error.size() > tail_size) ended_.error.erase(0, ended_.error.size() - tail_size);
        if (ended_.reason == Reason::ended) ended_.reason = guess(usage);
        ended_.took = elapsed();
        return std::move(ended_);
    }

    /// Why it ended, where that was not our doing.
    Reason guess(const rusage& usage) const {
        const auto cpu = std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + 1);
        if (ended_.signal == SIGXCPU || (ended_.signal == SIGKILL && cpu > ended_.limits.cpu)) return Reason::time;
        if (ended_.signal == SIGKILL) return Reason::memory;  // by the kernel, which was short of it
        const auto names = [](const std::string& text) { return text.find("std::bad_alloc") != text.npos; };
        const bool failed = ended_.signal == SIGABRT || ended_.code.value_or(0) != 0;
        return failed && (names(ended_.error) || (ended_.out.size() < tail_size && names(ended_.out))) ? Reason::memory
                                                                                                       : Reason::ended;
    }

    /// \return what it used
    rusage reap() {
        rusage usage{};
        if (child_.pid <= 0) return usage;
        ::kill(-child_.pid, SIGKILL);
        int status = 0;
        while (::wait4(child_.pid, &status, 0, &usage) < 0 && errno == EINTR) {
        }
        child_.pid = -1;
        if (WIFEXITED(status)) ended_.code = WEXITSTATUS(status);
        if (WIFSIGNALED(status)) ended_.signal = WTERMSIG(status);
        return usage;
    }
};

}  // namespace

Ended run(const std::vector<std::string>& argv, const Limits& limits, const OnLine& on_line, std::stop_token stop) {
    const Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) throw std::system_error(errno, std::generic_category(), "eventfd");
    const std::stop_callback on_stop(stop, [&] { ::eventfd_write(wake.get(), 1); });
    return Running(argv, limits, on_line).wait(wake.get());
}

}  // namespace microchim::jobs
