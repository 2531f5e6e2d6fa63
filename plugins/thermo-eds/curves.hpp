// From the signals of the dyes: which points are amplification, which are melting, and the curve of a file without
// results.
#pragma once

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "microchim/reactions.hpp"
#include "model.hpp"

namespace microchim::eds {

/// The indices of the amplification's points, in order of their cycles.
inline std::vector<std::size_t> amplification(const Dyes& dyes, const Selection& selection) {
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < dyes.points.size(); ++i) {
        const auto& at = dyes.points[i];
        if (selection.melt_stage > 0 && at.stage == selection.melt_stage) continue;
        groups[{at.stage, at.step, at.point}].push_back(i);
    }
    const auto told = groups.find({selection.stage, selection.step, std::max<std::int64_t>(selection.point, 1)});
    if (told != groups.end()) {
        std::set<std::int64_t> seen;
        std::erase_if(told->second, [&](std::size_t i) { return !seen.insert(dyes.points[i].cycle).second; });
        return told->second;
    }
    std::vector<std::size_t> longest;
    for (const auto& [where, indices] : groups) {
        // A melting curve is many points of one cycle.
        std::set<std::int64_t> cycles;
        for (const auto i : indices) cycles.insert(dyes.points[i].cycle);
        if (cycles.size() == indices.size() && indices.size() >= longest.size()) longest = indices;
    }
    return longest;
}

/// The stage of the melting curve: many readings of one cycle, at temperatures of their own. 0: none.
inline std::int64_t melt_stage(const Dyes& dyes) {
    std::map<std::int64_t, std::pair<std::set<std::int64_t>, std::size_t>> stages;  // cycles, and readings
    for (const auto& point : dyes.points) {
        auto& [cycles, readings] = stages[point.stage];
        cycles.insert(point.cycle);
        ++readings;
    }
    for (const auto& [stage, what] : stages)
        if (what.first.size() == 1 && what.second >= 3) return stage;
    return 0;
}

inline const Signal* signal_of(const Dyes& dyes, int well, const std::string& dye) {
    const auto found = dyes.wells.find(well);
    if (found == dyes.wells.end() || dye.empty()) return nullptr;
    for (const auto& signal : found->second)
        if (detail::lower(signal.dye) == detail::lower(dye)) return &signal;
    return nullptr;
}

/// Reporter divided by passive reference, which is what the instrument software calls Rn; the reporter alone where
/// there is no reference. Empty where there is no signal.
inline void fill_curve(const Dyes& dyes, const std::vector<std::size_t>& points, int well, const std::string& passive,
                       reader::Reaction& reaction) {
    const auto *reporter = signal_of(dyes, well, reaction.dye), *reference = signal_of(dyes, well, passive);
    if (!reporter || points.empty()) return;
    reaction.signal = reference ? MICROCHIM_NORMALISED : MICROCHIM_RAW;
    for (const auto i : points) {
        const auto cycle = dyes.points[i].cycle;
        if (i >= reporter->values.size() || (reference && i >= reference->values.size())) continue;
        auto value = static_cast<double>(reporter->values[i]);
        if (reference) value /= static_cast<double>(reference->values[i]);
        reader::Reaction::set(
            reaction.fluorescence, cycle,
            std::isfinite(value) ? static_cast<float>(value) : std::numeric_limits<float>::quiet_NaN(), reaction.well);
    }
}

/// Every dye of a well: over the cycles of the amplification, over the temperature of melting, and other readings
/// under a name that says where they lie.
inline void report_dyes(const Dyes& dyes, const std::vector<std::size_t>& points, const Selection& selection, int well,
                        const std::string& name, const Sink& sink) {
    const auto found = dyes.wells.find(well);
    if (found == dyes.wells.end()) return;
    const std::set<std::size_t> chosen(points.begin(), points.end());
    const auto measured = dyes.temperatures.find(well);
    struct Part {
        std::int32_t kind;
        std::string suffix;
        std::vector<std::size_t> points;
    };
    std::map<std::string, Part> parts;
    for (std::size_t i = 0; i < dyes.points.size(); ++i) {
        const auto& at = dyes.points[i];
        const bool melt = selection.melt_stage > 0 && at.stage == selection.melt_stage &&
                          measured != dyes.temperatures.end() && i < measured->second.size();
        const auto suffix = chosen.contains(i) || melt
                                ? ""
                                : ", stage " + std::to_string(at.stage) + " step " + std::to_string(at.step);
        auto& part = parts[melt ? "melt" : suffix];
        part.kind = melt ? MICROCHIM_MELT : MICROCHIM_DYE;
        part.suffix = suffix;
        part.points.push_back(i);
    }
    for (const auto& signal : found->second)
        for (const auto& [key, part] : parts) {
            std::vector<float> at, values;
            for (const auto i : part.points) {
                if (i >= signal.values.size()) continue;
                at.push_back(part.kind == MICROCHIM_MELT ? measured->second[i]
                                                         : static_cast<float>(dyes.points[i].cycle));
                values.push_back(signal.values[i]);
            }
            const auto label = signal.dye + part.suffix;
            if (!at.empty())
                sink.series({reader::text(name), reader::text(""), reader::text(label), part.kind, at.size(), at.data(),
                             values.data()});
        }
}

}  // namespace microchim::eds
