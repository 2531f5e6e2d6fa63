// From the watched folder to a document, with the built command where there is one.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "service/jobs/inbox.hpp"
#include "service/jobs/quantify.hpp"
#include "service/jobs/spool.hpp"
#include "tests/jobs/support.hpp"

using namespace microchim;
using namespace microchim::jobs;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST_CASE("a simulated run goes from the watched folder to a result") {
    const fs::path program = fs::path(MICROCHIM_BUILD_DIR) / "bin/microchim";
    if (!fs::exists(program)) {
        MESSAGE("skipped: the command is not built, " << program.string());
        return;
    }
    const TemporaryFolder folder;
    const auto patient = folder.path / "patient", inbox = folder.path / "inbox";
    const auto simulated =
        std::system(("'" + program.string() + "' simulate --patient -o '" + patient.string() + "' >&2").c_str());
    REQUIRE(simulated == 0);
    fs::create_directory(inbox);
    fs::rename(patient / "run", inbox / "plate 3");

    Memory memory;
    const instruments::InboxTime start{1h};
    CHECK(scan(inbox, memory, start).ready.empty());
    const auto ready = scan(inbox, memory, start + 5s).ready;
    REQUIRE(ready.size() == 1);
    const auto job = spool(inbox, ready[0], folder.path / "spool");
    REQUIRE(job);

    Limits limits;
    limits.memory = 0;  // the command may be built with sanitizers
    const auto ended = run(quantify_command(program, job->path, {patient / "panel.toml", {patient / "case.toml"}, {}}),
                           limits, {}, {});
    CAPTURE(ended.error);
    const auto outcome = read_outcome(ended);
    REQUIRE(std::holds_alternative<Document>(outcome));
    const auto document = nlohmann::ordered_json::parse(std::get<Document>(outcome).json);
    CHECK(document.at("samples").size() == 5);
    CHECK(document.at("inputs").at(0).at("path").get<std::string>().find(folder.path.string()) == std::string::npos);

    const auto wrong = run(quantify_command(program, job->path, {{}, {patient / "panel.toml"}, {}}), limits, {}, {});
    const auto failure = read_outcome(wrong);
    REQUIRE(std::holds_alternative<Failure>(failure));
    CHECK(std::get<Failure>(failure).code == 4);
    CHECK(std::get<Failure>(failure).kind == "ConfigError");
}
