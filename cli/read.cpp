// microchim read: the run as the file says it, gaps filled from the instrument profile and signed.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/columns.hpp"
#include "cli/session.hpp"
#include "cli/words.hpp"
#include "core/dpcr/poisson.hpp"
#include "core/report/json.hpp"

namespace microchim::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    std::string as;
    bool fluorescence = false;
};

std::string concentration(const TargetCounts& counts) {
    if (!counts.volume || counts.accepted <= 0) return "–";
    if (counts.positive == counts.accepted) return "saturated";
    return figures(dpcr::copies_per_ul(dpcr::lambda(counts.positive, counts.accepted), counts.volume->nl));
}

std::vector<std::string> row(const std::string& well, const std::string& sample, const std::string& type,
                             const TargetCounts& counts) {
    const auto& vendor = counts.vendor;
    return {well,
            sample,
            type,
            counts.target,
            counts.accepted < 0 ? "–" : count(counts.positive),
            counts.accepted < 0 ? "–" : count(counts.accepted),
            concentration(counts),
            vendor.copies_per_ul ? figures(*vendor.copies_per_ul) : vendor.status};
}

void print_counts(const Run& run) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& react : run.reacts)
        for (const auto& counts : react.counts)
            rows.push_back(row(react.well.name(), react.sample, to_string(react.type), counts));
    for (const auto& pooled : run.aggregates)
        rows.push_back(row(pooled.name, pooled.sample, to_string(pooled.pooling), pooled.counts));
    if (rows.empty()) return;
    print_columns(std::cout,
                  {{"Well"},
                   {"Sample"},
                   {"Type"},
                   {"Target"},
                   {"Positive", Align::right},
                   {"Partitions", Align::right},
                   {"copies/µL", Align::right},
                   {"theirs", Align::right}},
                  rows);
}

/// "33.21", "none" where the instrument software found none, "–" where it does not say.
std::string cq(const Curve& curve) {
    if (curve.cq) return figures(*curve.cq, 4);
    return curve.amplified && !*curve.amplified ? "none" : "–";
}

void print_curves(const Run& run) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& react : run.reacts)
        for (const auto& curve : react.curves)
            rows.push_back({react.well.name(), react.sample, to_string(type_of(react, curve)), curve.target, curve.dye,
                            cq(curve), curve.quantity ? figures(*curve.quantity) : "–",
                            curve.fluorescence.empty() ? "–" : std::to_string(curve.fluorescence.size()),
                            curve.excluded ? "left out" : curve.status});
    if (rows.empty()) return;
    print_columns(std::cout,
                  {{"Well"},
                   {"Sample"},
                   {"Type"},
                   {"Target"},
                   {"Dye"},
                   {"Cq (theirs)", Align::right},
                   {"Quantity", Align::right},
                   {"Cycles", Align::right},
                   {"Status"}},
                  rows);
}

/// Wells in which nothing was measured: a plate that was set up and not run.
void print_wells(const Run& run) {
    const auto measured = [](const React& react) { return !react.counts.empty() || !react.curves.empty(); };
    if (!run.aggregates.empty() || std::ranges::any_of(run.reacts, measured)) return;
    std::vector<std::vector<std::string>> rows;
    for (const auto& react : run.reacts) rows.push_back({react.well.name(), react.sample, to_string(react.type)});
    print_columns(std::cout, {{"Well"}, {"Sample"}, {"Type"}}, rows);
}

void print_run(const Run& run) {
    std::cout << "Run " << (run.id.empty() ? run.provenance.path : run.id) << " · "
              << (run.instrument.empty() ? "instrument not stated" : run.instrument) << " · " << run.software.name
              << (run.software.version.empty() ? "" : " ") << run.software.version << " · " << run.reacts.size()
              << " wells\n\n";
    print_counts(run);
    print_curves(run);
    print_wells(run);
}

void print_notes(const std::vector<Note>& notes) {
    for (const auto& note : notes)
        std::cerr << to_string(note.severity) << (note.where.empty() ? "" : ", " + note.where) << ": " << note.what
                  << "\n";
}

void read(const Options& options, Session& session) {
    const auto runs = load_runs(options.paths);
    if (options.as == "cbor") {
        const auto bytes = report::Json::to_cbor(report::runs_json(runs, true));
        std::cout.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        return;
    }
    if (session.json) {
        std::cout << report::dump(report::runs_json(runs, options.fluorescence)) << "\n";
        return;
    }
    for (const auto& run : runs) {
        print_run(run);
        std::cout.flush();
        print_notes(run.notes);
        if (&run != &runs.back()) std::cout << "\n";
    }
}

}  // namespace

void add_read(Program& program, Session& session) {
    auto options = std::make_shared<Options>();
    auto command = program.add("read", "Show a run as its file says it, with gaps filled from the instrument profile");
    command.examples(
        "Examples:\n  microchim read run.csv\n  microchim read run-folder/ --json > run.json\n"
        "  microchim read run.csv run_*_Amplitude.csv   (joined into one run)");
    command.arguments("PATH", options->paths, "A file, files of one drop, a folder or a zip");
    command.choice("--as", options->as, {"cbor"}, "Binary form on stdout, with every partition");
    command.flag("--partitions", options->fluorescence,
                 "With --json: list every partition's fluorescence, and the points of melting curves");
    session.add_flags(command);
    command.on_run([options, &session] { read(*options, session); });
}

}  // namespace microchim::cli
