// A watched folder: which of the runs in it are finished.
//
//   2026-11-24 plate 3/...         a folder is one run
//   run7.csv                       lone files of one stem are one run: a table ...
//   run7_A01_Amplitude.csv         ... and what belongs to it
//   run8.csv.part                  not finished
//
// Nothing tells a program that an instrument, or somebody's copy, has finished writing, so a run counts as finished
// when it has not changed for a while. Dates of files are compared with each other only, never with a clock: the
// clocks of instrument computers and file servers are wrong, and some count in steps of two seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace microchim::instruments {

/// A file below the watched folder. Path, size and date are its identity: where they are the same, so is the content.
struct InboxFile {
    std::string path;  ///< relative, with '/'
    std::uint64_t size = 0;
    std::chrono::sys_time<std::chrono::nanoseconds> modified{};
    bool readable = true;  ///< false: a file or folder that could not be looked at

    bool operator==(const InboxFile&) const = default;
};

/// Time that no one sets: what the settling of a run is measured by.
using InboxTime = std::chrono::steady_clock::time_point;

enum class DropState {
    writing,  ///< not finished, or not known yet
    ready,    ///< to be read now
    done,     ///< handed out as it is
};

/// A run in the inbox.
struct Drop {
    std::string name;              ///< of the folder, or the stem of its files in lower case
    bool folder = false;           ///< to be read as a folder
    std::vector<InboxFile> files;  ///< what there is to read, by path; temporary and empty files are left out
    DropState state = DropState::writing;
    bool changed = false;  ///< something else was handed out under this name before
    std::string reason;    ///< "'run7.csv.part' is still being written"
};

/// What an inbox remembers from scan to scan; a value, to be kept by the caller.
struct InboxMemory {
    struct Watched {
        std::vector<InboxFile> files;  ///< all of them, as last seen
        InboxTime since;               ///< when they were first seen so
    };
    std::map<std::string, Watched> watched;                    ///< by name of the drop; only what is there
    std::map<std::string, std::vector<InboxFile>> handed_out;  ///< by name; kept when the files go away
};

struct InboxSettings {
    std::chrono::seconds settle{30};     ///< without a change before a run counts as finished
    std::chrono::seconds patience{600};  ///< after this long without a change temporary and empty files are ignored
};

struct InboxScan {
    std::vector<Drop> drops;  ///< by name
    InboxMemory memory;       ///< for the next scan
};

/// What a listing means. Looks at nothing but its arguments; no drop is ready in the first scan that sees it.
InboxScan scan(const std::vector<InboxFile>& listing, InboxTime now, InboxMemory memory,
               const InboxSettings& settings = {});

/// Notes that a drop was taken: it is done until one of its files changes or another joins it. What changed since the
/// scan will be ready again.
void hand_out(InboxMemory& memory, const Drop& drop);

/// The files below a folder, sorted by path. Links are not followed, hidden files left out, and folders deeper than six
/// not looked into. \throws ReadError where the folder itself cannot be read
std::vector<InboxFile> list(const std::filesystem::path& folder);

}  // namespace microchim::instruments
