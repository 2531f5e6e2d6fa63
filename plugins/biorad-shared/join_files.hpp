// Which amplitude files are of one run by their names, before they are compared with the tables.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/reader.hpp"
#include "names.hpp"
#include "run.hpp"

namespace microchim::biorad {

/// One amplitude file, for putting together what is of one run by name.
struct AmplitudeFile {
    std::size_t entry;
    AmplitudeName name;
    std::string kind;
    std::set<std::int64_t> accepted;  ///< its droplets; fewer where some are unclassified
};

inline std::string_view folder(std::string_view file) {
    return file.substr(0, file.rfind('/') + 1);
}

/// Amplitude files by the run in their names. The same file twice counts once, with a note; two different files of one
/// well are two runs, told apart by their folders.
inline std::vector<Part> amplitude_parts(const reader::Bundle& bundle, const std::vector<AmplitudeFile>& files,
                                         const reader::Sink& sink) {
    std::vector<Part> parts;
    std::map<std::string, std::vector<std::size_t>> by_name;  // numbers of parts
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto& file = files[i];
        auto& candidates = by_name[lower(file.name.run) + '\n' + file.kind];
        Part* home = nullptr;
        bool copy = false;
        for (const auto p : candidates) {
            const auto same = std::find_if(parts[p].items.begin(), parts[p].items.end(),
                                           [&](std::size_t k) { return files[k].name.well == file.name.well; });
            copy = same != parts[p].items.end() && bundle.bytes(files[*same].entry) == bundle.bytes(file.entry);
            if (copy)
                sink.note(MICROCHIM_INFO, bundle.name(file.entry),
                          "This is the same as " + std::string(bundle.name(files[*same].entry)) + "; it counts once.");
            if (copy) break;
            if (same != parts[p].items.end()) continue;
            const bool near =
                folder(bundle.name(files[parts[p].items.back()].entry)) == folder(bundle.name(file.entry));
            if (!home || near) home = &parts[p];
        }
        if (copy) continue;
        if (!home) {
            candidates.push_back(parts.size());
            parts.push_back({file.name.run, file.kind, {}, {}, std::string(folder(bundle.name(file.entry)))});
            home = &parts.back();
            require_few(parts.size());
        }
        home->items.push_back(i);
        home->wells[file.name.well] = file.accepted;
    }
    return parts;
}

}  // namespace microchim::biorad
