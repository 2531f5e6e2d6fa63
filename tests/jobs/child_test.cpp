// Real children under real limits; the strange ones are written in Python's or the shell's words.
#include "service/jobs/child.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

using namespace microchim::jobs;
using namespace std::chrono_literals;

namespace {

Ended shell(const std::string& script, Limits limits = {}, const OnLine& on_line = {}, std::stop_token stop = {}) {
    const auto ended = run({"sh", "-c", script}, limits, on_line, stop);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // no zombie
    CHECK(errno == ECHILD);
    return ended;
}

Ended python(const std::string& script, const Limits& limits = {}) {
    return run({"/usr/bin/python3", "-c", script}, limits, {}, {});
}

Limits within(std::chrono::milliseconds wall) {
    Limits limits;
    limits.wall = wall;
    return limits;
}

/// A process that somebody else has reaped, or will.
bool lives(pid_t pid) {
    std::ifstream about("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    return about >> number >> name >> state && state != "Z" && state != "X";
}

bool dies(pid_t pid) {
    for (int i = 0; i < 200; ++i, std::this_thread::sleep_for(10ms))
        if (!lives(pid)) return true;
    return false;
}

}  // namespace

TEST_CASE("a child ends with its code, its output and its lines") {
    std::vector<std::string> lines;
    const auto ended = shell("echo out; echo one >&2; printf 'two\\n\\nthree' >&2; exit 7", {},
                             [&](std::string_view line) { lines.emplace_back(line); });
    CHECK(ended.reason == Reason::ended);
    CHECK(ended.code == 7);
    CHECK(ended.signal == 0);
    CHECK(ended.out == "out\n");
    CHECK(ended.error == "one\ntwo\n\nthree");
    CHECK(lines == std::vector<std::string>{"one", "two", "three"});
    CHECK(ended.took < 10s);
}

TEST_CASE("what cannot be started says so") {
    CHECK_THROWS_WITH_AS(run({"/nowhere/microchim"}, {}, {}, {}),
                         "'/nowhere/microchim' cannot be started: No such file or directory", std::system_error);
    CHECK_THROWS_WITH_AS(run({"/etc/passwd"}, {}, {}, {}), "'/etc/passwd' cannot be started: Permission denied",
                         std::system_error);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("all of much output arrives, and more than allowed ends the child") {
    Limits limits;
    limits.output = 4 << 20;
    const auto much = shell("head -c 4000000 /dev/zero; head -c 100000 /dev/zero >&2", limits);
    CHECK(much.code == 0);
    CHECK(much.out.size() == 4'000'000);
    CHECK(much.error.size() == 16 << 10);
    for (const char* endless : {"cat /dev/zero", "cat /dev/zero >&2", "yes", "yes >&2"}) {
        CAPTURE(endless);
        const auto ended = shell(endless, limits);
        CHECK(ended.reason == Reason::output);
        CHECK(ended.signal == SIGKILL);
        CHECK(ended.out.size() <= limits.output);
        CHECK(ended.error.size() <= 16 << 10);
    }
}

TEST_CASE("an endless line is told once, cut") {
    std::vector<std::string> lines;
    shell("head -c 100000 /dev/zero >&2", {}, [&](std::string_view line) { lines.emplace_back(line); });
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].size() == 4096);
}

TEST_CASE("a child that hangs is killed in time") {
    for (const char* script :
         {"sleep 60", "trap '' TERM INT HUP; while :; do sleep 60; done", "exec >&- 2>&-; sleep 60", "kill -STOP $$"}) {
        CAPTURE(script);
        const auto ended = shell(script, within(200ms));
        CHECK(ended.reason == Reason::time);
        CHECK_FALSE(ended.code);
        CHECK(ended.signal == SIGKILL);
        CHECK(ended.took >= 200ms);
        CHECK(ended.took < 5s);
    }
}

TEST_CASE("a child that computes for too long is killed by its processor time") {
    Limits limits = within(30s);
    limits.cpu = 1s;
    CHECK(shell("while :; do :; done", limits).reason == Reason::time);
    CHECK(shell("trap '' XCPU; while :; do :; done", limits).reason == Reason::time);
}

TEST_CASE("the stop token ends the child, also before it began") {
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(200ms);
        stop.request_stop();
    });
    const auto ended = shell("sleep 60", {}, {}, stop.get_token());
    CHECK(ended.reason == Reason::stopped);
    CHECK(ended.took < 5s);
    CHECK(shell("sleep 60", {}, {}, stop.get_token()).reason == Reason::stopped);
}

TEST_CASE("grandchildren go with the child, however it ends") {
    const auto pid = [](const Ended& ended) { return static_cast<pid_t>(std::stol(ended.out)); };
    const auto left = shell("sleep 60 & echo $!");  // ends at once and leaves one that holds the pipes
    CHECK(left.code == 0);
    CHECK(left.took < 5s);
    CHECK(dies(pid(left)));
    const auto killed = shell("sleep 60 & echo $!; wait", within(500ms));
    CHECK(killed.reason == Reason::time);
    CHECK(dies(pid(killed)));
    const auto away = shell("setsid sleep 60 & echo $!");  // out of its group: not killed, and not waited for
    CHECK(away.took < 5s);
    ::kill(pid(away), SIGKILL);
}

TEST_CASE("a child that asks for too much memory gets none") {
    Limits limits;
    limits.memory = 512 << 20;
    const auto refused = python("bytearray(1 << 30)", limits);
    CHECK(refused.code == 1);
    CHECK(refused.error.find("MemoryError") != std::string::npos);
    CHECK(python("bytearray(1 << 30)").code == 0);
    const auto thrown = shell("echo \"terminate called after throwing 'std::bad_alloc'\" >&2; kill -ABRT $$", limits);
    CHECK(thrown.reason == Reason::memory);
    CHECK(thrown.signal == SIGABRT);
    CHECK(shell("kill -KILL $$").reason == Reason::memory);  // as the kernel does
}

TEST_CASE("a child writes no file and leaves no core") {
    const auto path = std::filesystem::temp_directory_path() / ("microchim-child-" + std::to_string(::getpid()));
    const auto ended = shell("head -c 10 /dev/zero > " + path.string());
    CHECK(ended.code != 0);
    CHECK((!std::filesystem::exists(path) || std::filesystem::file_size(path) == 0));
    std::filesystem::remove(path);
    CHECK(shell("ulimit -c; ulimit -n; ulimit -f").out == "0\n64\n0\n");
}

TEST_CASE("a crash is told by its signal") {
    const auto ended = shell("kill -SEGV $$");
    CHECK(ended.reason == Reason::ended);
    CHECK_FALSE(ended.code);
    CHECK(ended.signal == SIGSEGV);
}

TEST_CASE("a child sees nothing of ours") {
    ::setenv("MICROCHIM_SECRET", "x", 1);
    ::setenv("MICROCHIM_PLUGIN_PATH", "/a:/b", 1);
    ::unsetenv("MICROCHIM_INSTRUMENTS");
    const auto environment = run({"env"}, {}, {}, {}).out;
    CHECK(environment == "PATH=/usr/local/bin:/usr/bin:/bin\nLANG=C.UTF-8\nMICROCHIM_PLUGIN_PATH=/a:/b\n");
    ::unsetenv("MICROCHIM_PLUGIN_PATH");
    std::ifstream open("/proc/self/status");
    const int inherited = ::dup(0);                                         // without close-on-exec
    CHECK(run({"ls", "/proc/self/fd"}, {}, {}, {}).out == "0\n1\n2\n3\n");  // 3: the listing's own
    ::close(inherited);
    CHECK(shell("readlink /proc/self/fd/0").out == "/dev/null\n");
    const auto status = run({"cat", "/proc/self/status"}, {}, {}, {}).out;
    CHECK(status.find("NoNewPrivs:\t1") != std::string::npos);
    CHECK(status.find("SigBlk:\t0000000000000000") != std::string::npos);
    CHECK(status.find("SigIgn:\t0000000000000000") != std::string::npos);
}

TEST_CASE("signals that the service ignores are not ignored by the child") {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    CHECK(run({"cat", "/proc/self/status"}, {}, {}, {}).out.find("SigIgn:\t0000000000000000") != std::string::npos);
    std::signal(SIGPIPE, before);
}

TEST_CASE("a child dies with the service") {
    const auto note = std::filesystem::temp_directory_path() / ("microchim-orphan-" + std::to_string(::getpid()));
    const pid_t service = ::fork();
    if (service == 0) {
        run({"sh", "-c", "echo $$ >&2; exec sleep 60"}, {}, [&](std::string_view line) { std::ofstream(note) << line; },
            {});
        ::_exit(0);
    }
    pid_t child = 0;
    for (int i = 0; i < 500 && child == 0; ++i, std::this_thread::sleep_for(10ms)) std::ifstream(note) >> child;
    REQUIRE(child > 0);
    CHECK(lives(child));
    ::kill(service, SIGKILL);
    ::waitpid(service, nullptr, 0);
    CHECK(dies(child));
    std::filesystem::remove(note);
}

TEST_CASE("an exception of the listener leaves no child behind") {
    CHECK_THROWS_AS(shell("echo x >&2; sleep 60", {}, [](std::string_view) { throw std::runtime_error("no"); }),
                    std::runtime_error);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("many threads run children at once") {
    std::vector<std::jthread> threads;
    std::array<std::string, 8> said;
    for (std::size_t i = 0; i < said.size(); ++i)
        threads.emplace_back([&said, i] {
            for (int n = 0; n < 10; ++n) said[i] += run({"echo", std::to_string(i)}, {}, {}, {}).out;
        });
    threads.clear();
    for (std::size_t i = 0; i < said.size(); ++i) {
        std::string expected;
        for (int n = 0; n < 10; ++n) expected += std::to_string(i) + "\n";
        CHECK(said[i] == expected);
    }
}
