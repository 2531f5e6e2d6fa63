// microchim cq: Cq, efficiency and N0 of real-time PCR curves, beside the instrument software's Cq.
#include <array>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/columns.hpp"
#include "cli/session.hpp"
#include "cli/words.hpp"
#include "core/qpcr/analyse.hpp"
#include "core/report/json.hpp"
#include "core/run/errors.hpp"

namespace microchim::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    std::string method = "window";
};

qpcr::Method method_of(const std::string& word) {
    for (const auto method : {qpcr::Method::window, qpcr::Method::threshold, qpcr::Method::second_derivative})
        if (word == qpcr::to_string(method)) return method;
    return qpcr::Method::model;
}

struct Row {
    std::string run;
    const React* react;
    const Curve* curve;
    qpcr::ReactionResult result;
};

report::Json maybe(const std::optional<double>& value) {
    return value ? report::number(*value) : report::Json(nullptr);
}

report::Json row_json(const Row& row, const std::string& method) {
    const auto& result = row.result;
    return {{"run", row.run},
            {"well", row.react->well.name()},
            {"position", row.curve->position},
            {"sample", row.react->sample},
            {"target", row.curve->target},
            {"dye", row.curve->dye},
            {"type", to_string(type_of(*row.react, *row.curve))},
            {"verdict", qpcr::to_string(result.verdict)},
            {"amplified", qpcr::amplified(result.verdict)},
            {"cq", maybe(result.cq)},
            {"efficiency", maybe(result.efficiency)},
            {"own_efficiency", maybe(result.own_efficiency)},
            {"n0", maybe(result.n0)},
            {"threshold", maybe(result.threshold)},
            {"baseline", maybe(result.baseline)},
            {"plateau", maybe(result.plateau)},
            {"method", method},
            {"excluded", row.curve->excluded},
            {"vendor_cq", maybe(row.curve->cq)},
            {"notes", result.notes}};
}

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

void print_table(const std::vector<Row>& rows, bool several) {
    std::vector<std::vector<std::string>> lines;
    for (const auto& row : rows) {
        const auto& result = row.result;
        const auto where = row.react->well.name() + (row.curve->position.empty() ? "" : " " + row.curve->position);
        lines.push_back({(several ? row.run + ", " : "") + where, row.react->sample, row.curve->target,
                         shown(result.cq, 4), shown(row.curve->cq, 4), shown(result.efficiency, 3),
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
    std::vector<Row> rows;
    for (const auto& run : runs)
        for (auto& result : qpcr::analyse(run, method_of(options.method))) {
            const auto& react = run.reacts[result.react];
            rows.push_back({run.id.empty() ? run.provenance.path : run.id, &react, &react.curves[result.curve],
                            std::move(result)});
        }
    if (rows.empty())
        throw ReadError("'" + options.paths.front() + "' holds no amplification curves.", options.paths.front(), {},
                        "Export the run with its curves: as RDML, or with the amplification data.");
    if (!session.json) return print_table(rows, runs.size() > 1);
    auto list = report::Json::array();
    for (const auto& row : rows) list.push_back(row_json(row, options.method));
    std::cout << report::dump({{"schema", "microchim/cq/1"}, {"curves", list}}) << "\n";
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
