// microchim readers: which instrument software can be read.
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/columns.hpp"
#include "cli/session.hpp"
#include "core/report/json.hpp"

namespace microchim::cli {
namespace {

void list_readers(const Session& session) {
    auto list = report::Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const auto& reader : readers().list()) {
        list.push_back({{"id", reader.id},
                        {"name", reader.name},
                        {"version", reader.version},
                        {"maturity", reader.maturity},
                        {"library", reader.library}});
        rows.push_back({reader.name, reader.id, reader.version, reader.maturity});
    }
    if (session.json) std::cout << report::dump({{"schema", "microchim/readers/1"}, {"readers", list}}) << "\n";
    else print_columns(std::cout, {{"Instrument software"}, {"Reader"}, {"Version"}, {"Maturity"}}, rows);
}

}  // namespace

void add_readers(Program& program, Session& session) {
    auto command = program.add("readers", "List the readers: which instrument software can be read");
    session.add_flags(command);
    command.on_run([&session] { list_readers(session); });
}

}  // namespace microchim::cli
