#include "core/chimerism/fit_curve.hpp"

#include <cstdio>
#include <set>

namespace microchim::chimerism {
namespace {

constexpr std::size_t fewest_levels = 3, fewest_wells = 5;
constexpr double steepest = -10, shallowest = -1;

}  // namespace

std::string figure(double value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

FittedCurve fit_curve(const std::vector<qpcr::StandardWell>& wells, double copies_per_unit) {
    FittedCurve out;
    const auto refuse = [&](const std::string& why) {
        out.reason = why;
        return out;
    };
    if (const auto gap = qpcr::two_lines(wells))
        return refuse("its standards lie on two lines, " + figure(*gap, 1) +
                      " cycles apart. Two sets of standards under one name? Exclude one of them.");
    const auto line = qpcr::fit_standard_curve(wells);
    std::set<double> levels;
    std::size_t seen = 0;
    for (const auto& well : wells)
        if (well.cq && well.quantity > 0) levels.insert(well.quantity), ++seen;
    if (levels.size() < fewest_levels || seen < fewest_wells)
        return refuse(std::to_string(seen) + " standard wells at " + std::to_string(levels.size()) +
                      " amounts have a Cq; at least 5 wells at 3 amounts are needed.");
    if (!line) return refuse("the Cq of the standards does not fall with their amount.");
    out.line = line;
    const auto weighted = qpcr::fit_standard_curve(wells, qpcr::Weighting::poisson, copies_per_unit);
    if (!weighted || weighted->slope < steepest || weighted->slope > shallowest)
        return refuse("its slope of " + figure(line->slope, 2) + " is none that PCR can have.");
    out.curve = of_copies({weighted->intercept, weighted->slope, weighted->sd, weighted->intercept_variance,
                           weighted->slope_variance, weighted->covariance, weighted->freedom},
                          copies_per_unit);
    return out;
}

}  // namespace microchim::chimerism
