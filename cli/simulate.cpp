// microchim simulate: a run with a known truth, written as QuantaSoft files.
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/session.hpp"
#include "core/report/json.hpp"
#include "core/simulate/patient.hpp"
#include "core/simulate/write.hpp"

namespace microchim::cli {
namespace {

struct Options {
    double fraction = 0;
    bool patient = false, force = false;
    std::string out;
    simulate::SingleOptions single;
};

void simulate_run(const Options& options, const Command& command, Session& session) {
    if (options.patient == (command.given("--fraction"))) throw UsageError("give one of --patient and --fraction");
    const auto plan =
        options.patient ? simulate::patient(options.single.seed) : simulate::single(options.fraction, options.single);
    try {
        simulate::write_plate(plan, options.out, options.force);
    } catch (const simulate::WriteError& error) {
        throw WriteError(error.what());
    }
    const std::string run = options.out + "/run";
    if (session.json)
        std::cout << report::dump({{"schema", "microchim/simulate/1"},
                                   {"run", run},
                                   {"case", options.out + "/case.toml"},
                                   {"panel", options.out + "/panel.toml"},
                                   {"truth", options.out + "/truth.json"}})
                  << "\n";
    else
        std::cout << "Written to " << options.out
                  << ": run/ as QuantaSoft exports it, case.toml, panel.toml, truth.csv\n"
                  << "Next: microchim quantify " << run << " --case " << options.out << "/case.toml --panel "
                  << options.out << "/panel.toml\n";
}

}  // namespace

void add_simulate(Program& program, Session& session) {
    auto o = std::make_shared<Options>();
    auto command = program.add("simulate", "Write a run with a known truth, as QuantaSoft files");
    command.examples(
        "Examples:\n  microchim simulate --patient -o patient\n  microchim simulate --fraction 1e-4 --markers 3 --seed "
        "7 -o run");
    command.flag("--patient", o->patient, "A microtransplant patient: baseline, days 1, 7, 28 and 90, blanks");
    command.number("--fraction", o->fraction, "One sample with this donor fraction");
    command.number("--markers", o->single.markers, "With --fraction: how many markers, 1 to 8");
    command.number("--wells", o->single.wells, "With --fraction: wells per marker");
    command.number("--lambda", o->single.lambda, "With --fraction: reference copies per partition");
    command.number("--baseline", o->single.baseline, "With --fraction: wells of the pre-infusion sample per marker");
    command.number("--blanks", o->single.blanks, "With --fraction: no-template wells per marker");
    command.number("--seed", o->single.seed, "The same seed gives the same files");
    command.option("-o,--output", o->out, "Folder to write", true);
    command.flag("--force", o->force, "Replace an earlier simulation there");
    session.add_flags(command);
    command.on_run([o, command, &session] { simulate_run(*o, command, session); });
}

}  // namespace microchim::cli
