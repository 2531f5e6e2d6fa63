// microchim cq: Cq, efficiency and N0 of real-time PCR curves, beside the instrument software's Cq.
#include <array>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/columns.hpp"
#include "cli/session.hpp"
#include "cli/words.hpp"
#include "core/report/cq.hpp"

namespace microchim::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    std::string method = "window";
};

/// N0 spans many decades: "2.98e-10".
std::string scientific(const std::optional<double>& value) {
    if (!value) return "–";
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2e", *value);
    return text.data();
}

std::string shown(const std::optional<double>& value, int digits) {
    return value ? figures(*value, digits) : "–";
}

void print_table(const std::vector<report::AnalysedRun>& runs) {
    std::vector<std::vector<std::string>> lines;
    for (const auto& run : runs)
        for (const auto& result : run.results) {
            const auto& react = run.react(result);
            const auto& curve = run.curve(result);
            const auto where = react.well.name() + (curve.position.empty() ? "" : " " + curve.position);
            lines.push_back({(runs.size() > 1 ? run.name() + ", " : "") + where, react.sample, curve.target,
                             shown(result.cq, 4), shown(curve.cq, 4), shown(result.efficiency, 3),
                             scientific(result.n0), qpcr::to_string(result.verdict),
                             result.notes.empty() ? "" : result.notes.front()});
        }
    print_columns(std::cout,
                  {{"Well"},
                   {"Sample"},
                   {"Target"},
                   {"Cq", Align::right},
                   {"theirs", Align::right},
                   {"Efficiency", Align::right},
                   {"N0", Align::right},
                   {"Curve"},
                   {"Note"}},
                  lines);
}

void cq(const Options& options, Session& session) {
    const auto runs = load_runs(options.paths);
    std::vector<const Run*> all;
    for (const auto& run : runs) all.push_back(&run);
    const auto method = qpcr::method_of(options.method).value();
    const auto analysed = report::analyse_runs(all, method);
    if (!session.json) return print_table(analysed);
    std::cout << report::dump(report::cq_json(analysed, method)) << "\n";
}

}  // namespace

void add_cq(Program& program, Session& session) {
    auto options = std::make_shared<Options>();
    auto command = program.add("cq", "Cq, efficiency and N0 of real-time PCR curves, beside the instrument software's");
    command.examples(
        "Examples:\n"
        "  microchim cq run.rdml\n"
        "  microchim cq run.rdml --method second-derivative --json");
    command.arguments("PATH", options->paths, "A file, files, a folder or a zip with amplification curves");
    command.choice("--method", options->method, {"window", "threshold", "second-derivative", "model"},
                   "window: the curves of a target together; the others: each curve alone");
    session.add_flags(command);
    command.on_run([options, &session] { cq(*options, session); });
}

}  // namespace microchim::cli
