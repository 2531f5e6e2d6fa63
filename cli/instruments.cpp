// microchim instruments: the profiles, with the source of every number.
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/columns.hpp"
#include "cli/session.hpp"
#include "cli/words.hpp"
#include "core/report/json.hpp"

namespace microchim::cli {
namespace {

void list_instruments(const Session& session) {
    auto list = report::Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const auto& profile : instruments::load_profiles(instruments::profile_folder())) {
        const auto& volume = profile.partition.volume_nl;
        const auto& per_well = profile.partition.per_well;
        list.push_back({{"model", profile.model},
                        {"vendor", profile.vendor},
                        {"kind", profile.kind},
                        {"file", profile.file},
                        {"channels", profile.channels},
                        {"volume_nl", volume ? report::number(*volume) : report::Json(nullptr)},
                        {"per_well", profile.partition.per_well ? report::Json(*profile.partition.per_well)
                                                                : report::Json(nullptr)},
                        {"source", profile.partition.source}});
        rows.push_back({profile.vendor, profile.model,
                        volume     ? figures(*volume) + " nL"
                        : per_well ? "1/" + count(*per_well) + " well"
                                   : "–",
                        profile.partition.source});
    }
    if (session.json) std::cout << report::dump({{"schema", "microchim/instruments/1"}, {"instruments", list}}) << "\n";
    else print_columns(std::cout, {{"Vendor"}, {"Model"}, {"Partition", Align::right}, {"Source"}}, rows);
}

}  // namespace

void add_instruments(Program& program, Session& session) {
    auto command =
        program.add("instruments", "List the instrument profiles: partition volumes and where they come from");
    session.add_flags(command);
    command.on_run([&session] { list_instruments(session); });
}

}  // namespace microchim::cli
