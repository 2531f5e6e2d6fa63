// From cluster data to facts: counts where nothing else has them, a comparison where the table does, every number kept.
#pragma once

#include <map>
#include <string>

#include "../biorad-shared/report.hpp"
#include "clusters.hpp"
#include "microchim/reader.hpp"
#include "report.hpp"
#include "tell.hpp"

namespace microchim::qxmanager {

/// The name of Target n in a well: the n-th row of the well in the table, or the n-th target of its amplitude file.
inline std::string target_name(std::size_t n, const std::string& well, const Wells& wells, const DropletFile* file) {
    const auto rows = wells.find(well);
    if (rows != wells.end() && n < rows->second.size()) return std::string(rows->second[n]->target);
    if (rows == wells.end() && file && n < file->header.targets()) return file->target(n);
    return "Target " + std::to_string(n + 1);
}

inline void report_clusters(const ClusterData& data, const Wells& wells,
                            const std::map<std::string, const DropletFile*>& files, const Sink& sink) {
    for (const auto& [well, sums] : data.wells) {
        const auto found = files.find(well);
        const auto* file = found == files.end() ? nullptr : found->second;
        const auto rows = wells.find(well);
        const bool alone = rows == wells.end() && !file;
        if (alone) biorad::report_well(well, {}, MICROCHIM_UNKN, sink);
        for (std::size_t t = 0; t < sums.targets.size(); ++t) {
            const auto& [positive, unclassified, used] = sums.targets[t];
            const auto accepted = sums.droplets - unclassified;
            if (!used) continue;
            const auto name = target_name(t, well, wells, file);
            if (alone) {
                count_well(well, name, "", positive, accepted, sink);
                continue;
            }
            const auto* r = rows == wells.end() || t >= rows->second.size() ? nullptr : rows->second[t];
            if (r && (r->positive != positive || (r->accepted != accepted && r->accepted != sums.droplets)))
                sink.note(MICROCHIM_WARNING, well,
                          "The clusters of Target " + std::to_string(t + 1) + " have " + std::to_string(positive) +
                              " of " + std::to_string(accepted) + " droplets positive, the result table has " +
                              std::to_string(r->positive) + " of " + std::to_string(r->accepted) + " for '" + name +
                              "'.");
        }
    }
    keep_clusters(data, sink);
}

}  // namespace microchim::qxmanager
