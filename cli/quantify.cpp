// microchim quantify: the main job. Runs, a panel and cases in; donor fractions out.
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include <spdlog/spdlog.h>

#include "cli/files.hpp"
#include "cli/session.hpp"
#include "cli/text_report.hpp"
#include "core/dpcr/count.hpp"
#include "core/report/json.hpp"
#include "core/report/planes.hpp"
#include "intake/intake.hpp"

namespace microchim::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    intake::Asked asked;
    std::string out;
    bool force = false, for_service = false;
};

void check_usage(const intake::Asked& asked) {
    if (asked.cases.empty() && asked.donor.empty())
        throw UsageError("Say who the genomes are: --case C.toml, or --donor SRY=1 --reference RPP30.",
                         "See 'microchim quantify --help'.");
    if (!asked.cases.empty() && !asked.donor.empty())
        throw UsageError("--case and --donor exclude each other.", "See 'microchim quantify --help'.");
}

template <class Print>
std::string printed(Print print, const chimerism::Result& result) {
    std::ostringstream text;
    print(text, result);
    return text.str();
}

/// result.json is the record; the other two are for people. All or none are refused.
void write_results(const Options& options, const chimerism::Result& result) {
    namespace fs = std::filesystem;
    const fs::path folder = options.out;
    if (fs::exists(folder) && !fs::is_directory(folder))
        throw WriteError("'" + folder.string() + "' is a file; -o names a folder.");
    for (const char* name : {"result.json", "report.txt", "samples.csv"})
        if (!options.force && fs::exists(folder / name))
            throw WriteError("'" + (folder / name).string() + "' exists already; give --force to replace it.");
    write_file(folder / "result.json", report::dump(report::result_json(result), true) + "\n", options.force);
    write_file(folder / "report.txt", printed(print_report, result), options.force);
    write_file(folder / "samples.csv", printed(print_csv, result), options.force);
}

void tell(const chimerism::Result& result) {
    print_table(std::cout, result);
    std::cout.flush();
    const auto say = [](const std::vector<Note>& notes) {
        for (const auto& note : notes)
            if (note.severity != Severity::info)
                std::cerr << to_string(note.severity) << (note.where.empty() ? "" : ", " + note.where) << ": "
                          << note.what << "\n";
            else spdlog::info("{}{}{}", note.where, note.where.empty() ? "" : ": ", note.what);
    };
    for (const auto& sample : result.samples) say(sample.notes);
    say(result.notes);
}

/// Every well for the page; nothing where the service would not take so much.
std::string planes_of(std::vector<Run>& runs) {
    constexpr std::size_t most = std::size_t{56} << 20;
    for (auto& run : runs) dpcr::count_uncalled(run);
    auto planes = report::planes(runs);
    return planes.size() > most ? std::string{} : planes;
}

void quantify(const Options& options, Session& session) {
    check_usage(options.asked);
    const auto stage = [&](const char* name) {
        if (options.for_service) std::cerr << "stage " << name << std::endl;
    };
    stage("reading");
    const auto question = intake::load_question(options.asked);
    for (const auto& path : options.paths) spdlog::info("reading {}", path);
    auto runs = load_runs(options.paths);
    stage("calculating");
    const auto planes = options.for_service ? planes_of(runs) : std::string{};
    const auto result = intake::answer(std::move(runs), question);
    if (!options.out.empty()) write_results(options, result);
    if (session.json) std::cout << report::dump(report::result_json(result)) << "\n";
    else tell(result);
    std::cout.write(planes.data(), static_cast<std::streamsize>(planes.size()));
    if (!options.out.empty()) std::cerr << "Written to " << options.out << ": result.json, report.txt, samples.csv\n";
    session.exit = result.exit_code();
}

}  // namespace

void add_quantify(Program& program, Session& session) {
    auto o = std::make_shared<Options>();
    auto command = program.add("quantify", "The donor DNA fraction of every sample, with its interval");
    command.examples(
        "Examples:\n"
        "  microchim quantify run/ --case P-0412.toml --panel panel.toml -o results\n"
        "  microchim quantify run.csv --donor SRY=1 --reference RPP30   (the recipient has no SRY)");
    command.arguments("PATH", o->paths, "Runs: files, folders or zips");
    command.repeated("--case", o->asked.cases, "Who the genomes are (TOML); may be given more than once");
    command.option("--panel", o->asked.panel, "The laboratory's markers and limits (TOML)");
    command.option("--samples", o->asked.samples, "Sample sheet (CSV): what the run file does not say about its wells");
    command.repeated("--donor", o->asked.donor, "Without a case: TARGET=COPIES per donor genome");
    command.repeated("--reference", o->asked.reference, "TARGET or TARGET=COPIES that everyone carries");
    command.option("-o,--output", o->out, "Folder for result.json, report.txt and samples.csv");
    command.flag("--force", o->force, "Replace files in the output folder");
    command.flag(
        "--for-service", o->for_service,
        "With --json: say on stderr what is being done, and after the document give every well in binary form");
    session.add_flags(command);
    command.on_run([o, &session] { quantify(*o, session); });
}

}  // namespace microchim::cli
