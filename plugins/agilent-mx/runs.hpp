// Which plots belong to which report. Neither names its run: the wells and names must be the same, and a report's Ct is
// where the curve crosses the printed threshold.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialect.hpp"

namespace microchim::mx {

/// Where a baseline-corrected curve crosses a threshold for good, interpolated in its logarithm, as MxPro does.
inline double crossing(const std::vector<float>& curve, double threshold) {
    for (std::size_t i = curve.size(); i-- > 1;) {
        const double low = curve[i - 1], high = curve[i];
        if (low >= threshold || high < threshold) continue;
        if (low <= 0) return static_cast<double>(i) + (threshold - low) / (high - low);
        return static_cast<double>(i) + std::log(threshold / low) / std::log(high / low);
    }
    return not_stated;
}

/// How well curves fit a report.
struct Fit {
    bool possible = true;
    std::size_t same = 0, different = 0;  ///< wells whose Ct is where the curve crosses, and others
    bool good() const { return possible && same >= different; }
};

inline Fit fit(const Part& report, const Part& curves) {
    std::multimap<std::string_view, const Reaction*> wells;
    for (const auto& reaction : report.reactions.all()) wells.emplace(reaction.well, &reaction);
    const auto may = [](const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; };
    Fit fit;
    for (const auto& curve : curves.reactions.all()) {
        const auto [begin, end] = wells.equal_range(curve.well);
        if (begin == end) return {false};
        for (auto at = begin; at != end; ++at) {
            const auto& row = *at->second;
            if (!row.sample.empty() && !curve.sample.empty() && !row.sample.starts_with(curve.sample)) return {false};
            if (!may(row.dye, curve.dye) || !may(row.target, curve.target)) continue;
            if (std::isnan(row.cq) || std::isnan(row.threshold) || curve.signal != MICROCHIM_BASELINED) continue;
            ++(std::abs(crossing(curve.fluorescence, row.threshold) - row.cq) < 0.5 ? fit.same : fit.different);
        }
    }
    return fit;
}

/// For each part the report that it belongs to, npos for none: the only one that fits. Names that the plots cut off are
/// made whole.
inline std::vector<std::size_t> reports_of(std::vector<Part>& parts) {
    std::vector<std::size_t> reports(parts.size(), std::string::npos);
    const auto any_report = std::any_of(
        parts.begin(), parts.end(), [](const Part& part) { return part.dialects.front() == name_of(Kind::report); });
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].dialects.front() == name_of(Kind::report)) continue;
        std::size_t fitting = 0;
        for (std::size_t j = 0; j < parts.size(); ++j)
            if (parts[j].dialects.front() == name_of(Kind::report) && fit(parts[j], parts[i]).good())
                reports[i] = j, ++fitting;
        if (fitting != 1) {
            reports[i] = std::string::npos;
            if (fitting > 1)
                parts[i].note(MICROCHIM_WARNING, parts[i].name,
                              "This was kept apart: " + std::to_string(fitting) + " reports could be of the same run.");
            else if (any_report)
                parts[i].note(MICROCHIM_WARNING, parts[i].name,
                              "This was kept apart: no report has the same wells, names and Ct.");
            continue;
        }
        std::map<std::string, std::string> names;
        for (const auto& row : parts[reports[i]].reactions.all()) names[row.well] = row.sample;
        for (auto& curve : parts[i].reactions.all())
            if (const auto& name = names[curve.well]; !name.empty()) curve.sample = name;
    }
    return reports;
}

}  // namespace microchim::mx
