// microchim detect: which reader, which version of the format, and why.
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/columns.hpp"
#include "cli/session.hpp"
#include "core/read/detect.hpp"
#include "core/report/json.hpp"

namespace microchim::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
};

struct Found {
    std::string path;
    read::Candidate reader;
};

report::Json found_json(const Found& found) {
    return {{"path", found.path},
            {"reader",
             {{"id", found.reader.id},
              {"name", found.reader.name},
              {"version", found.reader.version},
              {"maturity", found.reader.maturity}}},
            {"reason", found.reader.reason}};
}

void detect(const Options& options, Session& session) {
    std::vector<Found> all;
    for (const auto& path : options.paths) {
        const auto bundle = read::Bundle::open(path);
        for (auto& share : read::assign(bundle, readers())) all.push_back({path, std::move(share.candidate)});
    }
    if (session.json) {
        auto list = report::Json::array();
        for (const auto& found : all) list.push_back(found_json(found));
        std::cout << report::dump({{"schema", "microchim/detect/1"}, {"files", list}}) << "\n";
        return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& found : all)
        rows.push_back(
            {found.path, found.reader.name, found.reader.id + " " + found.reader.version, found.reader.reason});
    print_columns(std::cout, {{"File"}, {"Written by"}, {"Reader"}, {"Because"}}, rows);
}

}  // namespace

void add_detect(Program& program, Session& session) {
    auto options = std::make_shared<Options>();
    auto command = program.add("detect", "Tell which instrument software wrote a file, and why we think so");
    command.examples("Example:\n  microchim detect run.csv run-folder/ run.zip");
    command.arguments("PATH", options->paths, "Files, folders or zips");
    session.add_flags(command);
    command.on_run([options, &session] { detect(*options, session); });
}

}  // namespace microchim::cli
