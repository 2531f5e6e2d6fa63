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

Run load_run(const std::string& path) {
    return intake::load_run(path, readers(), instruments::profile_folder());
}

}  // namespace microchim::cli
