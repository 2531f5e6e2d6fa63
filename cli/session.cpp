#include "cli/session.hpp"

#include "intake/intake.hpp"

namespace microchim::cli {

void Session::add_flags(Command& command) {
    command.flag("--json", json, "One JSON document on stdout, errors too");
    command.flag("-v,--verbose", verbose, "Say on stderr what is being done");
}

const read::Readers& readers() {
    static const read::Readers all = read::Readers::installed();
    return all;
}

std::vector<Run> load_runs(const std::vector<std::string>& paths) {
    return intake::load_runs(paths, readers(), instruments::profile_folder());
}

}  // namespace microchim::cli
