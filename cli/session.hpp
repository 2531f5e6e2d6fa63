// What all subcommands share: the flags that every one has, and how runs are found.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "core/read/host.hpp"
#include "core/run/run.hpp"
#include "instruments/profile.hpp"

namespace microchim::cli {

/// Exit codes; scripts and the LIMS rely on them.
enum Exit { done = 0, blocked = 1, usage = 2, unreadable = 3, settings = 4, cannot_write = 5, internal = 70 };

/// An output that cannot be written or would overwrite.
class WriteError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Session {
    bool json = false;
    bool verbose = false;
    int exit = done;

    /// Adds --json and --verbose to a subcommand.
    void add_flags(Command& command);
};

/// The readers that belong to this program; loaded once.
const read::Readers& readers();

/// intake::load_runs with the readers and profiles of this program.
std::vector<Run> load_runs(const std::vector<std::string>& paths);

// One function per subcommand, each in the file of its name.
void add_detect(Program& program, Session& session);
void add_read(Program& program, Session& session);
void add_classify(Program& program, Session& session);
void add_cq(Program& program, Session& session);
void add_convert(Program& program, Session& session);
void add_quantify(Program& program, Session& session);
void add_estimate(Program& program, Session& session);
void add_simulate(Program& program, Session& session);
void add_readers(Program& program, Session& session);
void add_check_reader(Program& program, Session& session);
void add_instruments(Program& program, Session& session);
void add_serve(Program& program, Session& session);
void add_status(Program& program, Session& session);
void add_admin(Program& program, Session& session);

}  // namespace microchim::cli
