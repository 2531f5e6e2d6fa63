// microchim convert: runs in a form that other programs take.
#include <spdlog/spdlog.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/files.hpp"
#include "cli/session.hpp"
#include "core/report/asm.hpp"
#include "core/report/csv.hpp"
#include "core/report/json.hpp"
#include "core/report/rdml.hpp"
#include "core/run/errors.hpp"

namespace microchim::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    std::string to, out, run, date;
    int wells = 0;
    double volume = 0;
    bool force = false;

    bool to_stdout() const { return out.empty() || out == "-"; }
};

/// What can be said before anything is read. Completes the date.
void check_usage(Options& options, const Session& session) {
    const std::string help = "See 'microchim convert --help'.";
    if (options.to.empty()) throw UsageError("Say which form: --to csv, --to rdml or --to asm.", help);
    if (options.to == "rdml" && options.out.empty())
        throw UsageError("RDML is a zip archive: say where to, with -o run.rdml.", help);
    if (session.json && options.to_stdout())
        throw UsageError("With --json the answer goes to standard output: name a file with -o.", help);
    if (options.to != "asm" && (!options.date.empty() || options.wells != 0 || options.volume != 0))
        throw UsageError("--run-date, --wells and --well-volume are for --to asm only.", help);
    if (options.volume < 0 || options.volume > 1000)
        throw UsageError("--well-volume is the volume of a reaction, 0 to 1000 microlitres.", help);
    if (options.wells < 0 || options.wells > 1536) throw UsageError("--wells is the number of wells of a plate.", help);
    if (!options.date.empty()) {
        const auto date = report::date_time(options.date);
        if (!date)
            throw UsageError("--run-date '" + options.date + "' is no date with time and time zone.",
                             "Write it as 2026-11-22T08:12:00+01:00.");
        options.date = *date;
    }
    if (!options.to_stdout() && !options.force && std::filesystem::exists(options.out))
        throw WriteError("'" + options.out + "' exists already; give --force to replace it.");
}

std::string listed(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "'" : ", '") + name + "'";
    return list;
}

/// Keeps the run that was asked for.
void choose(std::vector<Run>& runs, std::vector<std::string>& names, const Options& options) {
    if (!options.run.empty()) {
        const auto found = std::ranges::find(names, options.run);
        if (found == names.end())
            throw UsageError("There is no run '" + options.run + "' here.", "The runs are " + listed(names) + ".");
        runs = {std::move(runs[static_cast<std::size_t>(found - names.begin())])};
        names = {options.run};
    }
    if (runs.size() > 1 && options.to != "csv")
        throw UsageError("There are " + std::to_string(runs.size()) + " runs here, and a file of " + options.to +
                             " holds one: " + listed(names) + ".",
                         "Say which, with --run '" + names.front() + "'.");
}

void tell(const std::vector<Note>& notes) {
    for (const auto& note : notes)
        if (note.severity != Severity::info)
            std::cerr << to_string(note.severity) << (note.where.empty() ? "" : ", " + note.where) << ": " << note.what
                      << "\n";
        else spdlog::info("{}{}{}", note.where, note.where.empty() ? "" : ": ", note.what);
}

report::Json answer(const Options& options, const std::vector<std::string>& names, const std::vector<Note>& notes) {
    auto list = report::Json::array();
    for (const auto& note : notes)
        list.push_back({{"severity", to_string(note.severity)}, {"where", note.where}, {"what", note.what}});
    return {{"schema", "microchim/convert/1"},
            {"format", options.to},
            {"file", options.out},
            {"runs", names},
            {"notes", list}};
}

void convert(Options options, Session& session) {
    check_usage(options, session);
    for (const auto& path : options.paths) spdlog::info("reading {}", path);
    auto runs = load_runs(options.paths);
    auto names = report::run_names(runs);
    choose(runs, names, options);
    std::vector<Note> notes;
    for (const auto& run : runs) notes.insert(notes.end(), run.notes.begin(), run.notes.end());
    std::string content;
    if (options.to == "csv") content = report::csv(runs, names, notes);
    if (options.to == "asm")
        content = report::allotrope(runs.front(), names.front(), {options.date, options.wells, options.volume}, notes);
    if (options.to == "rdml") content = report::rdml(runs.front(), notes);
    if (options.to_stdout()) std::cout.write(content.data(), static_cast<std::streamsize>(content.size()));
    else write_file(options.out, content, options.force);
    if (session.json) {
        std::cout << report::dump(answer(options, names, notes)) << "\n";
        return;
    }
    std::cout.flush();
    tell(notes);
    if (!options.to_stdout()) std::cerr << "Written to " << options.out << "\n";
}

}  // namespace

void add_convert(Program& program, Session& session) {
    auto options = std::make_shared<Options>();
    auto command =
        program.add("convert", "Write runs as a CSV table, as RDML or as ASM (Allotrope) for other programs");
    command.examples(
        "Examples:\n"
        "  microchim convert run.csv --to csv                      (on standard output)\n"
        "  microchim convert run-folder/ --to rdml -o run.rdml\n"
        "  microchim convert run.csv --to asm --run-date 2026-11-22T08:12:00+01:00 -o run.json");
    command.arguments("PATH", options->paths, "Files of one drop, folders or zips");
    command.choice("--to", options->to, {"csv", "rdml", "asm"}, "The form");
    command.option("-o,--output", options->out, "File to write; - or nothing: standard output");
    command.option("--run", options->run, "Of several runs only this one");
    command.option("--run-date", options->date, "With --to asm: when it was measured, where the file does not say");
    command.number("--wells", options->wells, "With --to asm: wells of the plate, where neither file nor profile says");
    command.number("--well-volume", options->volume,
                   "With --to asm: microlitres of a real-time reaction, where the file does not say");
    command.flag("--force", options->force, "Replace the file");
    session.add_flags(command);
    command.on_run([options, &session] { convert(*options, session); });
}

}  // namespace microchim::cli
