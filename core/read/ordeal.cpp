#include "core/read/ordeal.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <new>
#include <random>

#include "core/read/detect.hpp"
#include "core/read/facts.hpp"
#include "core/read/host.hpp"
#include "core/run/errors.hpp"

namespace microchim::read {
namespace {

/// What the child tells its parent, in memory that both see: the last thing it began is what it died of.
struct Report {
    enum Stage { without_files, cut, flip, finished } stage;
    std::size_t entry, position;
    char trouble[400];
};

const char* stage_name(Report::Stage stage) {
    if (stage == Report::cut) return "cut";
    return stage == Report::flip ? "changed" : "read without permission to open files";
}

std::string describe(const Report& report, const Bundle& bundle) {
    const auto& name = bundle.entries[std::min(report.entry, bundle.entries.size() - 1)].name;
    if (report.stage == Report::cut) return "'" + name + "' cut after " + std::to_string(report.position) + " bytes";
    if (report.stage == Report::flip) return "change number " + std::to_string(report.position) + ", in '" + name + "'";
    return std::string("'") + name + "' " + stage_name(report.stage);
}

constexpr unsigned longest_seconds = 20;

/// Anything but a Run or a ReadError leaves as an exception or a signal.
void attempt(const Reader& reader, const Readers& alone, const Bundle& bundle) {
    ::alarm(longest_seconds);
    (void)detect(bundle, alone);
    try {
        (void)read_with(reader, bundle);
    } catch (const ReadError&) {
    }
}

/// At every length; of a drop so large that a reader would be given more than `most_bytes` in all, at every n-th.
std::size_t step_of_cuts(const Bundle& whole, std::size_t most_bytes) {
    std::size_t bytes = 0;
    for (const auto& entry : whole.entries) bytes += entry.bytes.size();
    return 1 + bytes * bytes / most_bytes;
}

void all_cuts(const Reader& reader, const Readers& alone, const Bundle& whole, std::size_t most_bytes, Report& report) {
    report.stage = Report::cut;
    const auto step = step_of_cuts(whole, most_bytes);
    for (report.entry = 0; report.entry < whole.entries.size(); ++report.entry) {
        const auto& entry = whole.entries[report.entry];
        auto bundle = whole;
        for (report.position = 0; report.position < entry.bytes.size(); report.position += step) {
            bundle.entries[report.entry] = make_entry(entry.name, entry.bytes.substr(0, report.position));
            attempt(reader, alone, bundle);
        }
    }
}

void some_flips(const Reader& reader, const Readers& alone, const Bundle& whole, int flips, Report& report) {
    report.stage = Report::flip;
    std::mt19937_64 random(20231);  // the same changes every time
    for (report.position = 0; report.position < static_cast<std::size_t>(flips); ++report.position) {
        report.entry = random() % whole.entries.size();
        const auto& entry = whole.entries[report.entry];
        if (entry.bytes.empty()) continue;
        std::string bytes(entry.bytes);
        for (auto n = 1 + random() % 3; n > 0; --n)
            bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
        auto bundle = whole;
        bundle.entries[report.entry] = make_entry(entry.name, bytes);
        attempt(reader, alone, bundle);
    }
}

/// From here on every attempt to open a file or a connection fails. A filter, because the obvious limit on open
/// files also takes the pipe that UBSan looks at objects through.
void deny_files() {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 2, 0),
#ifdef SYS_open
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 1, 0),
#else
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 1, 0),
#endif
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
    };
    const sock_fprog filter{std::size(program), program};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        throw std::runtime_error("this system does not let us watch what a reader opens");
}

[[noreturn]] void child(const Reader& reader, const Bundle& bundle, const Hardship& hardship,
                        const std::string& expected, int capture, Report& report) {
    ::dup2(capture, STDOUT_FILENO);
    ::dup2(capture, STDERR_FILENO);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    spdlog::set_level(spdlog::level::off);  // what is printed from here on is the reader's
    try {
        Readers alone;
        alone.add(reader);
        deny_files();
        ::alarm(longest_seconds);
        if (outcome(reader, bundle) != expected)
            std::strcpy(report.trouble, "it answers differently where no file can be opened");
        else {
            all_cuts(reader, alone, bundle, hardship.cut_bytes, report);
            some_flips(reader, alone, bundle, hardship.flips, report);
            report.stage = Report::finished;
        }
    } catch (const std::exception& e) {
        std::snprintf(report.trouble, sizeof report.trouble, "%s", e.what());
    } catch (...) {
        std::strcpy(report.trouble, "an unknown exception");
    }
    std::fflush(nullptr);
    ::_exit(0);
}

std::string printed(int capture) {
    const auto size = ::lseek(capture, 0, SEEK_END);
    std::string text(static_cast<std::size_t>(std::min<off_t>(size, 300)), '\0');
    const auto got = ::pread(capture, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

std::string verdict(int status, const Report& report, const Bundle& bundle, const std::string& output) {
    const auto said = output.empty() ? "" : "; it printed: " + output;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        return describe(report, bundle) + ": no answer after " + std::to_string(longest_seconds) + " seconds";
    if (WIFSIGNALED(status))
        return describe(report, bundle) + ": crashed (" + ::strsignal(WTERMSIG(status)) + ")" + said;
    if (WEXITSTATUS(status) != 0) return describe(report, bundle) + ": ended the process" + said;
    if (report.trouble[0]) return describe(report, bundle) + ": " + report.trouble;
    if (report.stage != Report::finished) return describe(report, bundle) + ": ended the process" + said;
    return output.empty() ? "" : "something was printed: " + output;
}

}  // namespace

std::string outcome(const Reader& reader, const Bundle& bundle) {
    Readers alone;
    alone.add(reader);
    try {
        return facts(read(bundle, alone));
    } catch (const ReadError& e) {
        return "error: " + std::string(e.what()) + "\n";
    }
}

std::string ordeal(const Reader& reader, const Bundle& bundle, const Hardship& hardship) {
    const auto expected = outcome(reader, bundle);
    void* shared = ::mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const int capture = ::memfd_create("output", 0);
    if (shared == MAP_FAILED || capture < 0) throw std::runtime_error("no memory to watch a reader with");
    auto& report = *new (shared) Report{};
    std::fflush(nullptr);
    const auto process = ::fork();
    if (process < 0) throw std::runtime_error("no process to run a reader in");
    if (process == 0) child(reader, bundle, hardship, expected, capture, report);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    const auto result = verdict(status, report, bundle, printed(capture));
    ::close(capture);
    ::munmap(shared, sizeof(Report));
    return result;
}

}  // namespace microchim::read
