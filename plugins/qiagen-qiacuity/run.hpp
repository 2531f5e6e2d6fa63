// One run: what the files of a bundle say about one plate, joined by evidence.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "files.hpp"

namespace microchim::qiacuity {

/// The rows that a run takes from one analysis table.
struct Part {
    const AnalysisFile* file;
    std::vector<const Row*> rows;
};

struct OccupancyPart {
    const OccupancyFile* file;
    const PlateGroups* plate;
};

/// The channels of one well, by channel.
using Channels = std::map<std::string, const Series*>;

/// The RFU files of one plate.
struct Raw {
    Plate plate;
    std::vector<std::size_t> entries;
    std::map<std::string, Channels> wells;
    std::map<std::string, const Series*> reference;  ///< by well
};

struct Run {
    Plate plate;
    std::vector<std::size_t> entries;
    std::vector<Part> parts;
    std::vector<OccupancyPart> occupancies;
    Raw raw;
    std::vector<std::pair<std::int32_t, std::string>> notes;
    std::map<std::string, std::vector<const Row*>> places;  ///< by "A01" or "HW1"

    void take(const Row& row) { places[row.place.name].push_back(&row); }
    const Row* find(const std::string& place, const std::string& target) const {
        const auto rows = places.find(place);
        if (rows == places.end()) return nullptr;
        for (const auto* r : rows->second)
            if (r->target == target) return r;
        return nullptr;
    }
    /// What the run knows of the sample of a well; empty: nothing.
    std::string sample(const std::string& place) const {
        if (const auto rows = places.find(place); rows != places.end())
            for (const auto* r : rows->second)
                if (!r->sample.empty()) return r->sample;
        if (const auto channels = raw.wells.find(place); channels != raw.wells.end())
            for (const auto& [name, series] : channels->second)
                if (!series->sample.empty()) return series->sample;
        return {};
    }
    bool other_sample(const std::string& place, const std::string& wanted) const {
        const auto known = sample(place);
        return !known.empty() && !wanted.empty() && known != wanted;
    }
    void enter(std::size_t entry, const Plate& p) {
        if (std::ranges::count(entries, entry) == 0) entries.push_back(entry);
        plate.learn(p);
    }
};

/// Whether a file is about the plate of a run, by its wells.
enum class Fit { nothing_in_common, same, contradiction };

inline Fit fit(const Run& run, const std::vector<Row>& rows) {
    bool same = false;
    for (const auto& r : rows) {
        if (run.other_sample(r.place.name, r.sample)) return Fit::contradiction;
        const auto* known = run.find(r.place.name, r.target);
        if (!known) continue;
        if (known->analysed != r.analysed || known->accepted != r.accepted || known->positive != r.positive)
            return Fit::contradiction;
        same = same || r.accepted > 0;
    }
    return same ? Fit::same : Fit::nothing_in_common;
}

/// Of the partitions that are valid for one target, those valid for all: as many positives are missing as partitions at
/// the most.
inline bool within(std::int64_t positive, std::int64_t valid, std::int64_t positive_of_all,
                   std::int64_t valid_for_all) {
    const auto lost = positive - positive_of_all;
    return valid_for_all <= valid && lost >= 0 && lost <= valid - valid_for_all;
}

/// The combinations are counted over the partitions that are valid for every target.
inline Fit fit(const Run& run, const PlateGroups& plate) {
    bool shared = false;
    for (const auto& r : plate.counted.rows) {
        if (run.other_sample(r.place.name, r.sample)) return Fit::contradiction;
        const auto rows = run.places.find(r.place.name);
        if (rows == run.places.end()) continue;
        const auto* named = run.find(r.place.name, r.target);
        const bool fits = std::ranges::any_of(rows->second, [&](const Row* known) {
            return (!named || known == named) && within(known->positive, known->accepted, r.positive, r.accepted);
        });
        if (!fits) return Fit::contradiction;
        shared = true;
    }
    return shared ? Fit::same : Fit::nothing_in_common;
}

/// A channel lists all partitions, valid or not, of a target.
inline Fit fit(const Run& run, const Raw& raw) {
    if (!run.raw.wells.empty()) return Fit::contradiction;  // the same channel, with other partitions
    bool shared = false;
    for (const auto& [well, channels] : raw.wells) {
        if (run.other_sample(well, channels.begin()->second->sample)) return Fit::contradiction;
        const auto rows = run.places.find(well);
        if (rows == run.places.end()) continue;
        const bool analysed = !run.parts.empty();
        const bool fits = std::ranges::any_of(channels, [&](const auto& channel) {
            const auto valid = channel.second->valid(), positive = channel.second->positive();
            return std::ranges::any_of(rows->second, [&](const Row* r) {
                return analysed ? r->accepted == valid : within(positive, valid, r->positive, r->accepted);
            });
        });
        if (!fits) return Fit::contradiction;
        shared = true;
    }
    return shared ? Fit::same : Fit::nothing_in_common;
}

}  // namespace microchim::qiacuity
