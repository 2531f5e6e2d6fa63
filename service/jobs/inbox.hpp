// The watched folder of the service: which runs in it are finished. By rest, as instruments/inbox.hpp has it, or at
// once where a checksum says so: "run.csv.sha256" or "plate 3.sha256" beside them, as sha256sum writes it. The
// laboratory's files are read and nothing else.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "instruments/inbox.hpp"

namespace microchim::jobs {

/// What a watch remembers from scan to scan; a value, to be kept by the caller.
struct Memory {
    instruments::InboxMemory runs;
    struct Sums {  ///< a checksum file, as last seen
        instruments::InboxFile file;
        instruments::InboxTime since;
        std::map<std::string, std::string> of;  ///< path -> SHA-256; an empty one is never met
    };
    std::map<std::string, Sums> sums;  ///< by path
    struct Hashed {
        instruments::InboxFile file;
        std::string sha256;
    };
    std::map<std::string, Hashed> hashed;  ///< by path; only where a checksum asks for it
    std::set<std::string> told;            ///< sentences that are still true
};

struct Scan {
    std::vector<instruments::Drop> ready;  ///< to be spooled now, by name
    std::vector<std::string> sentences;    ///< each once, until it is mended; they name files
};

struct WatchSettings {
    std::chrono::seconds settle{5};      ///< without a change before a run counts as finished
    std::chrono::seconds patience{600};  ///< before temporary and empty files are ignored
};

/// To be called every second or so, on a thread that may wait for the disk. A drop stays ready until it is handed out:
/// `instruments::hand_out(memory.runs, drop)`. \throws ReadError where the folder cannot be read
Scan scan(const std::filesystem::path& folder, Memory& memory, instruments::InboxTime now,
          const WatchSettings& settings = {});

}  // namespace microchim::jobs
