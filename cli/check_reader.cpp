// microchim check-reader: does a reader keep the rules? For authors, here and elsewhere.
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/session.hpp"
#include "core/read/check.hpp"
#include "core/report/json.hpp"

namespace microchim::cli {
namespace {

struct Options {
    std::string library, fixtures;
    bool print = false;
};

/// What each fixture comes to, to make the .expected files of.
void print_outcomes(const Options& options) {
    read::Readers all;
    const auto& reader = all.load(options.library);
    for (const auto& fixture : read::fixtures_in(options.fixtures))
        std::cout << "# " << read::expectation_of(fixture).filename().string() << "\n"
                  << read::fixture_outcome(reader, fixture) << "\n";
}

void check(const Options& options, Session& session) {
    if (options.print) return print_outcomes(options);
    const auto report = read::check_reader(options.library, options.fixtures);
    if (session.json) {
        auto list = report::Json::array();
        for (const auto& check : report.checks) list.push_back({{"passed", check.passed}, {"what", check.what}});
        std::cout << report::dump(
                         {{"schema", "microchim/check-reader/1"}, {"passed", report.passed()}, {"checks", list}})
                  << "\n";
    } else {
        for (const auto& check : report.checks)
            std::cout << (check.passed ? "  ok    " : "  WRONG ") << check.what << "\n";
        std::cout << (report.passed() ? "The reader keeps the rules.\n" : "The reader breaks rules.\n");
    }
    session.exit = report.passed() ? done : blocked;
}

}  // namespace

void add_check_reader(Program& program, Session& session) {
    auto o = std::make_shared<Options>();
    auto command = program.add("check-reader", "Check a reader against the rules on its own fixtures");
    command.examples(
        "Examples:\n  microchim check-reader build/lib/acme.so fixtures/\n"
        "  microchim check-reader build/lib/acme.so fixtures/ --print    (to make the .expected files of)\n"
        "Ends with 0 where all rules are kept, 1 where not.");
    command.argument("LIBRARY", o->library, "The reader: a shared library");
    command.argument("FIXTURES", o->fixtures, "Folder of example files, each with an .expected beside it");
    command.flag("--print", o->print, "Print what the fixtures come to");
    session.add_flags(command);
    command.on_run([o, &session] { check(*o, session); });
}

}  // namespace microchim::cli
