// Which tables are of one run: RDES has a table for amplification and another for melting, with the same wells.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "table.hpp"

namespace microchim::rdes {

struct Run {
    const File* amplification = nullptr;
    const File* melt = nullptr;
    const File& first() const { return amplification ? *amplification : *melt; }
};

/// Whether two tables speak of the same wells and say the same of them.
inline bool same_layout(const File& a, const File& b) {
    std::map<std::tuple<std::string, std::string, std::string>, const Row*> known;
    for (const auto& r : a.rows) known[r.key()] = &r;
    std::size_t shared = 0;
    for (const auto& r : b.rows)
        if (const auto found = known.find(r.key()); found != known.end()) {
            if (!found->second->same_content(r)) return false;
            ++shared;
        }
    return shared == std::min(a.rows.size(), b.rows.size());
}

/// How many letters two names begin with in common, folders included.
inline std::size_t alike(std::string_view a, std::string_view b) {
    std::size_t n = 0;
    while (n < a.size() && n < b.size() && a[n] == b[n]) ++n;
    return n;
}

/// A melting table goes to the amplification table with its layout; where several have it, to the one whose name is
/// most like its own.
inline std::vector<Run> join(const std::deque<File>& files) {
    std::vector<Run> runs;
    for (const auto& file : files)
        if (file.kind == Kind::amplification) runs.push_back({&file, nullptr});
    const auto tables = runs.size();
    for (const auto& file : files) {
        if (file.kind != Kind::melt) continue;
        Run* best = nullptr;
        std::size_t most = 0;
        bool tied = false;
        for (std::size_t i = 0; i < tables; ++i) {
            if (runs[i].melt || !same_layout(*runs[i].amplification, file)) continue;
            const auto n = alike(runs[i].amplification->path, file.path);
            tied = best && n == most;
            if (!best || n > most) best = &runs[i], most = n;
        }
        if (best && !tied) best->melt = &file;
        else runs.push_back({nullptr, &file});
    }
    return runs;
}

}  // namespace microchim::rdes
