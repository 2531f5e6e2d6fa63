// From fork to exec. Other threads may hold any lock at the moment of the fork, so the child makes system calls and
// nothing else: all memory it needs is laid out before.
#include "service/jobs/start.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace microchim::jobs {
namespace {

constexpr const char* search_path = "/usr/local/bin:/usr/bin:/bin";

struct Pipe {
    Descriptor read, write;
};

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Both ends above 2, so that the child can put its own ends there without stepping on another.
Descriptor above_standard(int fd) {
    Descriptor low(fd);
    if (fd > STDERR_FILENO) return low;
    Descriptor high(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!high) fail("fcntl");
    return high;
}

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
    Pipe pipe;
    Descriptor second(ends[1]);
    pipe.read = above_standard(ends[0]);
    pipe.write = Descriptor(::fcntl(second.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!pipe.write) fail("fcntl");
    return pipe;
}

std::vector<std::string> environment() {
    std::vector<std::string> all{std::string("PATH=") + search_path, "LANG=C.UTF-8"};
    for (const char* name : {"MICROCHIM_PLUGIN_PATH", "MICROCHIM_INSTRUMENTS"})
        if (const char* value = std::getenv(name)) all.push_back(std::string(name) + "=" + value);
    return all;
}

/// Where the program may be: itself, or below each folder of the path.
std::vector<std::string> candidates(const std::string& program) {
    if (program.find('/') != program.npos) return {program};
    std::vector<std::string> all;
    std::string_view rest = search_path;
    while (!rest.empty()) {
        const auto end = rest.find(':');
        all.push_back(std::string(rest.substr(0, end)) + "/" + program);
        rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
    }
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

/// Everything the child needs, made before the fork.
struct Plan {
    char* const* programs;
    char* const* arguments;
    char* const* environment;
    Limits limits;
    pid_t parent;
    int null, out, error, report;
};

bool limit(int what, rlim_t soft, rlim_t hard) {
    const rlimit both{soft, hard};
    return ::setrlimit(static_cast<__rlimit_resource_t>(what), &both) == 0;
}

bool set_limits(const Limits& limits) {
    const auto cpu = static_cast<rlim_t>(limits.cpu.count());
    return limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_NOFILE, limits.files, limits.files) &&
           limit(RLIMIT_CPU, cpu, cpu + 1) && (limits.memory == 0 || limit(RLIMIT_AS, limits.memory, limits.memory));
}

/// What the service ignores or handles is no business of the child.
void reset_signals() {
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool prepare(const Plan& plan) {
    reset_signals();
    // The kernel sends this when the thread that forked ends; that thread waits for the child.
    if (::setpgid(0, 0) != 0 || ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
    if (::getppid() != plan.parent) ::_exit(127);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    if (::dup2(plan.null, STDIN_FILENO) < 0 || ::dup2(plan.out, STDOUT_FILENO) < 0 ||
        ::dup2(plan.error, STDERR_FILENO) < 0)
        return false;
    // Closed by the exec and not at once, because the pipe that reports a failure is among them.
    return ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0 && set_limits(plan.limits);
}

[[noreturn]] void become(const Plan& plan) {
    if (prepare(plan))
        for (auto program = plan.programs; *program; ++program) {
            ::execve(*program, plan.arguments, plan.environment);
            if (errno != ENOENT && errno != ENOTDIR) break;
        }
    const int fault = errno;
    [[maybe_unused]] const auto written = ::write(plan.report, &fault, sizeof fault);
    ::_exit(127);
}

/// With all signals blocked, so that no handler of ours runs in the child.
pid_t fork_into(const Plan& plan) {
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0) become(plan);
    const int fault = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = fault;
    return pid;
}

}  // namespace

Started start(const std::vector<std::string>& argv, const Limits& limits) {
    auto programs = candidates(argv.at(0)), arguments = argv, variables = environment();
    const auto to_try = pointers(programs), words = pointers(arguments), kept = pointers(variables);
    const auto null = above_standard(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null) fail("/dev/null");
    auto out = make_pipe(), error = make_pipe(), report = make_pipe();
    for (const int fd : {out.read.get(), error.read.get()})
        if (::fcntl(fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
    Started child;
    child.pid = fork_into({to_try.data(), words.data(), kept.data(), limits, ::getpid(), null.get(), out.write.get(),
                           error.write.get(), report.write.get()});
    if (child.pid < 0) fail("fork");
    report.write.close();
    int fault = 0;
    ssize_t size = 0;
    while ((size = ::read(report.read.get(), &fault, sizeof fault)) < 0 && errno == EINTR) {
    }
    if (size != 0) {
        while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
        }
        throw std::system_error(fault, std::generic_category(), "'" + argv[0] + "' cannot be started");
    }
    child.out = std::move(out.read);
    child.error = std::move(error.read);
    return child;
}

}  // namespace microchim::jobs
