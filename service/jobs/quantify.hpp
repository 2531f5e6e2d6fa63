// The main job of the service: our own command on the files of one run, and what it said.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "service/jobs/child.hpp"

namespace microchim::jobs {

/// What is asked of a run. Empty: not given.
struct Question {
    std::filesystem::path panel;
    std::vector<std::filesystem::path> cases;  ///< files, or folders whose *.toml are all taken, by name
    std::filesystem::path samples;  ///< the sample sheet; else "samples.csv" of the job's folder, where there is one
};

/// `microchim quantify ... --json --for-service` for run(). What lies in the folder is given together: files are joined
/// to runs, folders are runs of their own. Hidden files are left out. \param folder of one job, as spool() makes it
/// \throws std::filesystem::filesystem_error where a folder cannot be listed
std::vector<std::string> quantify_command(const std::filesystem::path& program, const std::filesystem::path& folder,
                                          const Question& question);

/// A result, also one whose samples quality control stopped.
struct Document {
    std::string json;      ///< schema "microchim/result/1", one line without its end
    std::string planes;    ///< what came after it: see planes.hpp; empty: nothing
    bool blocked = false;  ///< the command's exit code 1
};

struct Failure {
    int code = 0;          ///< the command's exit code, or 128 + signal as shells count
    std::string kind;      ///< "ReadError", "ConfigError", ... of the command; else "Time", "Memory", "Output",
                           ///< "Stopped", "Crash", "Mismatch"
    std::string sentence;  ///< for people; may name files of the run
    std::string hint;      ///< what to do, or empty
};

std::variant<Document, Failure> read_outcome(const Ended& ended);

}  // namespace microchim::jobs
