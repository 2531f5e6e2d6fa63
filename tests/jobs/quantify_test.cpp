#include "service/jobs/quantify.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/jobs/support.hpp"

using namespace microchim::jobs;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Ended said(int code, const std::string& out) {
    Ended ended;
    ended.code = code;
    ended.out = out;
    return ended;
}

Ended cut(Reason reason, int signal = SIGKILL) {
    Ended ended;
    ended.reason = reason;
    ended.signal = signal;
    ended.took = 1s;
    return ended;
}

Failure failure(const Ended& ended) {
    const auto outcome = read_outcome(ended);
    REQUIRE(std::holds_alternative<Failure>(outcome));
    return std::get<Failure>(outcome);
}

const std::string result = R"({"schema":"microchim/result/1","samples":[],"exit":0})";

}  // namespace

TEST_CASE("the command has the files together, the cases by name and the sheet apart") {
    const TemporaryFolder folder;
    for (const char* name : {"job/run.csv", "job/run_A01_Amplitude.csv", "job/.state", "job/samples.csv", "job/-x.csv",
                             "cases/b.toml", "cases/a.toml", "cases/note.txt", "one.toml", "panel.toml"})
        folder.write(name, "x");
    const auto at = [&](const char* name) { return (folder.path / name).string(); };
    CHECK(quantify_command("bin/microchim", folder.path / "job",
                           {folder.path / "panel.toml", {folder.path / "cases", folder.path / "one.toml"}, {}}) ==
          std::vector<std::string>{"bin/microchim", "quantify", at("job/-x.csv"), at("job/run.csv"),
                                   at("job/run_A01_Amplitude.csv"), "--case", at("cases/a.toml"), "--case",
                                   at("cases/b.toml"), "--case", at("one.toml"), "--panel", at("panel.toml"),
                                   "--samples", at("job/samples.csv"), "--json", "--for-service"});
    const auto given = quantify_command("m", folder.path / "cases", {{}, {}, folder.path / "one.toml"});
    CHECK(given == std::vector<std::string>{"m", "quantify", at("cases/a.toml"), at("cases/b.toml"),
                                            at("cases/note.txt"), "--samples", at("one.toml"), "--json",
                                            "--for-service"});
    CHECK_THROWS_AS(quantify_command("m", folder.path / "none", {}), fs::filesystem_error);
}

TEST_CASE("a result is a result, blocked or not") {
    const auto good = std::get<Document>(read_outcome(said(0, result + "\n")));
    CHECK(good.json == result);
    CHECK(good.planes.empty());
    const auto more = std::get<Document>(read_outcome(said(0, result + "\nmicrochim/planes/1\n\n{")));
    CHECK(more.json == result);
    CHECK(more.planes == "microchim/planes/1\n\n{");
    CHECK_FALSE(good.blocked);
    CHECK(std::get<Document>(read_outcome(said(1, R"({"schema":"microchim/result/1","exit":1})"))).blocked);
}

TEST_CASE("the command's own error comes through") {
    const auto error = failure(said(3, R"({"error":{"code":3,"kind":"ReadError","message":"No.","hint":"Do.",)"
                                       R"("path":"x","line":null}})"));
    CHECK(error.code == 3);
    CHECK(error.kind == "ReadError");
    CHECK(error.sentence == "No.");
    CHECK(error.hint == "Do.");
}

TEST_CASE("what is neither is never taken for a result") {
    for (const auto& ended :
         {said(0, ""), said(0, "{"), said(70, "x"), said(0, "[]"), said(1, result), said(3, result),
          said(0, R"({"schema":"microchim/result/2","exit":0})"), said(0, R"({"schema":"microchim/result/1"})"),
          said(0, result + result), said(2, R"({"schema":"microchim/result/1","exit":2})")}) {
        CAPTURE(ended.out);
        CHECK(failure(ended).kind == "Mismatch");
    }
    CHECK(failure(said(2, "")).sentence == "The reader ended without an answer (2).");
    CHECK(failure(said(4, R"({"error":{"kind":1}})")).sentence.empty());
}

TEST_CASE("a child that was killed or crashed has a sentence, also where it had answered") {
    auto late = cut(Reason::time);
    late.out = result;
    late.took = 300s;
    CHECK(failure(late).sentence == "The reader was stopped after 300 s.");
    CHECK(failure(late).code == 128 + SIGKILL);
    CHECK(failure(cut(Reason::time, SIGXCPU)).sentence == "The reader was stopped after 120 s of computing.");
    CHECK(failure(cut(Reason::memory)).sentence == "The reader needed more than 2048 MiB of memory.");
    CHECK(failure(cut(Reason::output)).sentence == "The reader was stopped because it said more than 64 MiB.");
    CHECK(failure(cut(Reason::stopped)).kind == "Stopped");
    const auto crash = failure(cut(Reason::ended, SIGSEGV));
    CHECK(crash.kind == "Crash");
    CHECK(crash.code == 139);
    CHECK(crash.sentence == "The reader crashed (SIGSEGV).");
    auto short_limit = cut(Reason::time);
    short_limit.limits.wall = 250ms;
    CHECK(failure(short_limit).sentence == "The reader was stopped after 250 ms.");
}
