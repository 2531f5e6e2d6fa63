// The conformance harness finds what it is there for: each reader here breaks one rule.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "core/read/check.hpp"
#include "core/read/exports.hpp"
#include "core/read/facts.hpp"
#include "core/read/ordeal.hpp"
#include "tests/read/support.hpp"

using namespace microchim;
using namespace microchim::test;
using reader::not_stated;
using reader::text;

namespace {

void report_one_well(const reader::Sink& sink, std::int64_t accepted) {
    sink.counts({text("A1"),
                 text("SRY"),
                 {},
                 {},
                 MICROCHIM_WELL,
                 {},
                 {},
                 accepted,
                 0,
                 -1,
                 not_stated,
                 not_stated,
                 not_stated,
                 not_stated,
                 not_stated,
                 {}});
}

std::string verdict(Script what, int flips = 5) {
    script = std::move(what);
    return read::ordeal(in_process<Scripted>(), read::Bundle::of({{"run.csv", "0123456789"}}), {.flips = flips});
}

const fs::path template_library = fs::path(MICROCHIM_BUILD_DIR) / "lib/template/template.so";
const fs::path template_fixtures = fs::path(MICROCHIM_SOURCE_DIR) / "plugins/template/fixtures";

std::string failures(const read::CheckReport& report) {
    std::string all;
    for (const auto& check : report.checks)
        if (!check.passed) all += check.what + "\n";
    return all;
}

}  // namespace

TEST_CASE("a reader that keeps to the rules passes") {
    CHECK(verdict([](const auto& files, const auto& sink) {
              if (files.bytes(0).size() == 7) throw reader::FormatError("run.csv:1", "seven is too short");
              report_one_well(sink, 10);
          }) == "");
}

TEST_CASE("a crash is told with the cut that caused it") {
    const auto said = verdict([](const auto& files, const auto& sink) {
        if (files.bytes(0).size() == 7) std::abort();
        report_one_well(sink, 10);
    });
    CHECK(said.starts_with("'run.csv' cut after 7 bytes: "));
    const auto flipped = verdict([](const auto& files, const auto& sink) {
        if (files.bytes(0).size() == 10 && files.bytes(0) != "0123456789") std::abort();
        report_one_well(sink, 10);
    });
    CHECK(flipped.starts_with("change number 0, in 'run.csv': "));
}

TEST_CASE("printing, opening a file and ending the process are found out") {
    CHECK(verdict([](const auto&, const auto& sink) {
              std::fputs("hello", stderr);
              report_one_well(sink, 10);
          }).starts_with("something was printed: hello"));
    CHECK(verdict([](const auto&, const auto& sink) {
              const int file = ::open("/dev/null", O_RDONLY);
              report_one_well(sink, file < 0 ? 1 : 2);
              ::close(file);
          }).find("answers differently where no file can be opened") != std::string::npos);
    CHECK(verdict([](const auto& files, const auto& sink) {
              if (files.bytes(0).size() == 3) ::_exit(0);
              report_one_well(sink, 10);
          }) == "'run.csv' cut after 3 bytes: ended the process");
}

TEST_CASE("the template keeps to every rule") {
    const auto report =
        read::check_reader(template_library, template_fixtures, {.others = {}, .hardship = {.flips = 50}});
    CHECK(failures(report) == "");
    CHECK(report.checks.size() > 15);
}

TEST_CASE("a wrong expectation, a missing one and a foreign claim fail the check") {
    const Scratch scratch;
    const auto run = slurp(template_fixtures / "single.csv"), facts = slurp(template_fixtures / "single.expected");
    scratch.write("run.csv", run);
    auto wrong = facts;
    wrong.replace(wrong.find("12/18123"), 8, "13/18123");
    scratch.write("run.expected", wrong);
    scratch.write("more.csv", run);
    const auto said = failures(
        read::check_reader(template_library, scratch.path, {.others = {template_fixtures}, .hardship = {.flips = 1}}));
    CHECK(
        said.find("run.csv: the outcome is not the expected one, line 4: expected [counts     A01 \"SRY\" 13/18123") !=
        std::string::npos);
    CHECK(said.find("more.csv: has no more.expected") != std::string::npos);
    CHECK(said.find("no fixture shows what the reader says to a wrong file") != std::string::npos);
    CHECK(said.find("claims files of another reader: bad-count.csv") != std::string::npos);
}

TEST_CASE("the symbols of a library are read from its file") {
    CHECK(read::exported_symbols(template_library) == std::vector<std::string>{"microchim_reader_v0"});
    const Scratch scratch;
    CHECK_THROWS_AS(read::exported_symbols(scratch.write("x.so", "no library")), ReadError);
    CHECK_THROWS_AS(read::exported_symbols(scratch.write("y.so", slurp(template_library).substr(0, 2000))), ReadError);
}
