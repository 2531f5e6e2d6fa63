// Which target a channel measures: the files of the channels do not say it, but their counts do.
#pragma once

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "run.hpp"

namespace microchim::qiacuity {

namespace detail {

/// Same threshold, as far as both files say it.
inline bool same_threshold(double a, double b) {
    return std::isnan(a) || std::isnan(b) || std::abs(a - b) <= 0.006 * std::max(1.0, std::abs(a));
}

/// The rows with the counts of a channel; of several, those with its threshold.
inline std::vector<const Row*> exact(const std::vector<const Row*>& rows, const Series& s) {
    std::vector<const Row*> same, same_line;
    const auto valid = s.valid(), positive = s.positive();
    for (const auto* r : rows)
        if (r->accepted == valid && r->positive == positive) {
            same.push_back(r);
            if (same_threshold(r->threshold, s.threshold)) same_line.push_back(r);
        }
    return same_line.empty() ? same : same_line;
}

}  // namespace detail

/// The targets of the channels of a run. A well where a channel's counts are those of one target alone decides; wells
/// with equal counts (no template: all zero) follow the others.
class Targets {
public:
    explicit Targets(const Run& run) : run_(run) {
        for (const auto& [well, channels] : run.raw.wells) {
            const auto rows = run.places.find(well);
            if (rows == run.places.end()) continue;
            for (const auto& [name, series] : channels)
                if (const auto same = detail::exact(rows->second, *series); same.size() == 1)
                    ++votes_[{name, same.front()->target}];
        }
    }

    /// The target of each channel of a well; empty where nothing tells it.
    std::map<std::string, const Row*> of(const std::string& well) const {
        std::map<std::string, const Row*> result;
        const auto rows = run_.places.find(well);
        if (rows == run_.places.end()) return result;
        std::set<const Row*> free(rows->second.begin(), rows->second.end());
        const auto& channels = run_.raw.wells.at(well);
        // What the counts of this well say goes first, then what the other wells say.
        for (const bool exact : {true, false})
            for (const auto& [name, series] : channels) {
                if (result.contains(name)) continue;
                const auto same = detail::exact(rows->second, *series);
                const auto* best = exact ? among(name, same, free) : among(name, rows->second, free, 1);
                if (!best) continue;
                result[name] = best;
                free.erase(best);
            }
        return result;
    }

private:
    /// The one of these rows that is free and has the most votes for the channel; null where several have as many.
    const Row* among(const std::string& channel, const std::vector<const Row*>& rows, const std::set<const Row*>& free,
                     int least = 0) const {
        const Row* best = nullptr;
        int most = least - 1;
        bool tie = false;
        for (const auto* r : rows) {
            if (!free.contains(r)) continue;
            const auto found = votes_.find({channel, r->target});
            const int votes = found == votes_.end() ? 0 : found->second;
            if (votes < least) continue;
            if (votes == most) tie = true;
            if (votes > most) best = r, most = votes, tie = false;
        }
        return tie ? nullptr : best;
    }

    const Run& run_;
    std::map<std::pair<std::string, std::string>, int> votes_;
};

}  // namespace microchim::qiacuity
