// Where the targets of an amplitude file are read: by the table's dyes, or else by the droplets of all wells of the
// run.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/report.hpp"
#include "content.hpp"
#include "microchim/reader.hpp"

namespace microchim::qxmanager {

using biorad::Result;
using biorad::Wells;
using reader::not_stated;
using reader::Sink;
using reader::text;

/// Where the targets of a run are read, by the droplets of all of its wells: the name of a channel.
struct Told {
    std::string channel;
    bool sure = false;
};

inline std::map<std::string, Told> tell_channels(const std::vector<const DropletFile*>& files) {
    std::map<std::string, std::map<std::string, Distance>> sums;
    for (const auto* file : files)
        for (std::size_t t = 0; t < file->header.targets(); ++t)
            for (std::size_t c = 0; c < file->header.channels; ++c)
                sums[file->target(t)][file->header.names[c]].add(file->distances[t][c]);
    std::map<std::string, Told> told;
    for (const auto& [target, channels] : sums) {
        std::vector<Distance> all;
        std::vector<std::string> names;
        for (const auto& [name, distance] : channels) all.push_back(distance), names.push_back(name);
        const auto found = place(all);
        told[target] = {found.channel ? names[*found.channel] : "", found.sure};
    }
    return told;
}

/// "3" of "Ch3Amplitude".
inline std::string number_of(std::string_view channel) {
    return channel.size() > 2 ? std::string(channel.substr(2, 1)) : std::string();
}

/// The row of a target in a well; nothing where the table has none.
inline const Result* row_of(const Wells& wells, const std::string& well, std::string_view target) {
    const auto rows = wells.find(well);
    if (rows == wells.end()) return nullptr;
    for (const auto* r : rows->second)
        if (reader::detail::trimmed(r->target) == reader::detail::trimmed(target)) return r;
    return nullptr;
}

/// Which column of amplitudes a target of one well is read in: by the table, or else by the droplets.
struct Column {
    std::optional<std::size_t> channel;
    bool sure = false;
};

inline Column column_of(const DropletFile& file, std::size_t target, const Wells& wells,
                        const std::map<std::string, Told>& told) {
    const auto& names = file.header.names;
    const auto channels = names.begin() + static_cast<std::ptrdiff_t>(file.header.channels);
    if (const auto* r = row_of(wells, file.well, file.target(target)); r && !r->channel.empty()) {
        const auto found =
            std::find_if(names.begin(), channels, [&](const auto& name) { return number_of(name) == r->channel; });
        if (found != channels) return {static_cast<std::size_t>(found - names.begin()), true};
    }
    const auto& by_droplets = told.at(file.target(target));
    const auto found = std::find(names.begin(), channels, by_droplets.channel);
    if (found == channels) return {};
    return {static_cast<std::size_t>(found - names.begin()), by_droplets.sure};
}

}  // namespace microchim::qxmanager
