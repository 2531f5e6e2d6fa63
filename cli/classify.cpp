// microchim classify: our own calls on raw partitions, beside the instrument software's.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/columns.hpp"
#include "cli/session.hpp"
#include "cli/words.hpp"
#include "core/dpcr/classify.hpp"
#include "core/dpcr/count.hpp"
#include "core/report/json.hpp"
#include "core/run/errors.hpp"

namespace microchim::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    std::string method = "auto";
};

struct Row {
    std::string run, well, target;
    dpcr::Call call;
    std::optional<std::int64_t> theirs;  ///< positives as the instrument software called them
};

std::vector<Row> classify_run(const Run& run) {
    std::vector<const React*> reacts;
    std::vector<const Partitions*> wells;
    for (const auto& react : run.reacts)
        if (react.partitions) {
            reacts.push_back(&react);
            wells.push_back(&*react.partitions);
        }
    const auto calls = dpcr::classify(wells);
    std::vector<Row> rows;
    for (std::size_t w = 0; w < wells.size(); ++w)
        for (std::size_t c = 0; c < calls[w].calls.size(); ++c) {
            const auto& channel = wells[w]->channels[c];
            Row row{run.id.empty() ? run.provenance.path : run.id,
                    reacts[w]->well.name(),
                    dpcr::channel_target(channel),
                    calls[w].calls[c],
                    {}};
            if (!channel.positive.empty()) row.theirs = std::ranges::count(channel.positive, std::uint8_t{1});
            rows.push_back(std::move(row));
        }
    return rows;
}

report::Json row_json(const Row& row) {
    return {{"run", row.run},
            {"well", row.well},
            {"target", row.target},
            {"accepted", row.call.accepted},
            {"positive", row.call.positive},
            {"threshold", row.call.threshold ? report::number(*row.call.threshold) : report::Json(nullptr)},
            {"method", row.call.method},
            {"rain", report::number(row.call.rain)},
            {"vendor_positive", row.theirs ? report::Json(*row.theirs) : report::Json(nullptr)},
            {"notes", row.call.notes}};
}

void classify(const Options& options, Session& session) {
    std::vector<Row> rows;
    const auto runs = load_runs(options.paths);
    for (const auto& run : runs)
        for (auto& row : classify_run(run)) rows.push_back(std::move(row));
    if (rows.empty())
        throw ReadError("'" + options.paths.front() + "' holds no raw partitions, only results.", options.paths.front(),
                        {}, "Export the amplitudes too (QuantaSoft: Options > Export Amplitude and Cluster Data).");
    if (session.json) {
        auto list = report::Json::array();
        for (const auto& row : rows) list.push_back(row_json(row));
        std::cout << report::dump({{"schema", "microchim/classify/1"}, {"calls", list}}) << "\n";
        return;
    }
    std::vector<std::vector<std::string>> lines;
    for (const auto& row : rows)
        lines.push_back({(runs.size() > 1 ? row.run + ", " : "") + row.well, row.target, count(row.call.positive),
                         count(row.call.accepted), row.theirs ? count(*row.theirs) : "–",
                         row.call.threshold ? figures(*row.call.threshold, 4) : "–", percent(row.call.rain),
                         row.call.notes.empty() ? "" : row.call.notes.front()});
    print_columns(std::cout,
                  {{"Well"},
                   {"Target"},
                   {"Positive", Align::right},
                   {"Partitions", Align::right},
                   {"theirs", Align::right},
                   {"Threshold", Align::right},
                   {"Rain", Align::right},
                   {"Note"}},
                  lines);
}

}  // namespace

void add_classify(Program& program, Session& session) {
    auto options = std::make_shared<Options>();
    auto command = program.add(
        "classify", "Call raw partitions positive or negative ourselves, beside the instrument software's calls");
    command.examples("Example:\n  microchim classify amplitude-folder/");
    command.arguments("PATH", options->paths, "A file, files, a folder or a zip with amplitude files");
    command.choice("--method", options->method, {"auto"}, "How to classify");
    session.add_flags(command);
    command.on_run([options, &session] { classify(*options, session); });
}

}  // namespace microchim::cli
