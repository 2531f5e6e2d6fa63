// From droplets to facts: the channels of a well with their targets, and whether they agree with the table.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/report.hpp"
#include "amplitude.hpp"
#include "microchim/reader.hpp"

namespace microchim::quantasoft {

using biorad::Result;
using biorad::Wells;
using reader::not_stated;
using reader::Sink;
using reader::text;

/// One amplitude file, read.
struct DropletFile {
    std::string well;
    AmplitudeHeader header;
    Droplets droplets;
    bool line_end = true;  ///< whether its last line has one

    bool clusters() const { return header.names.size() == 3; }
};

/// The rows of one channel in a well that name its target: the only one, or none where several share it.
inline const Result* target_of(const Wells& wells, const std::string& well, std::size_t channel) {
    const auto found = wells.find(well);
    if (found == wells.end()) return nullptr;
    const Result* only = nullptr;
    for (const auto* r : found->second) {
        if (r->channel != std::to_string(channel + 1)) continue;
        if (only) return nullptr;
        only = r;
    }
    return only;
}

inline void compare(const DropletFile& file, const Wells& wells, const Sink& sink) {
    const auto& droplets = file.droplets;
    const auto rows = wells.find(file.well);
    if (rows == wells.end()) {
        if (!wells.empty())
            sink.note(MICROCHIM_WARNING, file.well, "This well has an amplitude file but is not in the result table.");
        return;
    }
    const auto listed = static_cast<std::int64_t>(droplets.size());
    if (const auto accepted = rows->second.front()->accepted; accepted != listed) {
        sink.note(MICROCHIM_WARNING, file.well,
                  "The amplitude file lists " + std::to_string(listed) + " droplets, the result table accepts " +
                      std::to_string(accepted) + "; they may be of different analyses.");
        return;
    }
    for (std::size_t c = 0; c < 2; ++c) {
        const auto* r = target_of(wells, file.well, c);
        const auto calls = droplets.positive(c);
        const auto positive = std::count(calls.begin(), calls.end(), 1);
        const bool classified = std::count(calls.begin(), calls.end(), 2) < listed;
        if (r && classified && positive != r->positive)
            sink.note(MICROCHIM_WARNING, file.well,
                      "The clusters of the amplitude file have " + std::to_string(positive) +
                          " droplets positive for '" + std::string(r->target) + "', the result table has " +
                          std::to_string(r->positive) + ".");
    }
}

inline void report_droplets(const DropletFile& file, const Wells& wells, const Sink& sink) {
    const auto& [well, header, droplets, line_end] = file;
    if (!file.clusters() && !line_end)
        sink.note(
            MICROCHIM_INFO, well,
            "The last line of the amplitude file has no line end; if the file was cut off, the last droplet is wrong.");
    std::array<microchim_channel, 2> channels{};
    std::array<std::vector<std::uint8_t>, 2> positive{droplets.positive(0), droplets.positive(1)};
    for (std::size_t c = 0; c < channels.size(); ++c) {
        const auto* row = target_of(wells, well, c);
        channels[c].name = text(header.names[c]);
        channels[c].target = text(row ? row->target : std::string_view{});
        channels[c].threshold = row ? row->threshold : not_stated;
        channels[c].fluorescence = droplets.amplitude[c].data();
        channels[c].positive = file.clusters() ? positive[c].data() : nullptr;
    }
    if (!wells.contains(well)) biorad::report_well(well, {}, MICROCHIM_UNKN, sink);
    sink.partitions({text(well), droplets.size(), channels.size(), channels.data(), -1, not_stated});
    compare(file, wells, sink);
}

}  // namespace microchim::quantasoft
