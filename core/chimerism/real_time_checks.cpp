// Is the reaction of a sample what its Cq is taken for? Inhibition, by three kinds of evidence.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/chimerism/real_time_wells.hpp"

namespace microchim::chimerism {
namespace {

constexpr double much_less = 3.3;      // cycles: a tenth of the DNA
constexpr double inhibited_by = 0.75;  // of a dilution's amount that the neat wells must show at least

void stop(Gathered& out, const std::string& why) {
    if (out.stopped.empty()) out.stopped = why;
    out.blocked = true;
}

bool is_inhibition_control(const Panel& panel, const Reading& r) {
    if (panel.control(r.one->curve->target) != nullptr) return true;
    return r.name.empty() && r.one->curve->type == SampleType::pos;
}

/// Cq as if undiluted.
double neat(const Reading& r, const CqCurve& curve) {
    return *r.one->cq + curve.slope * std::log10(r.well->dilution);
}

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void check_dilutions(const std::string& name, const std::vector<Reading>& own, const CqCurve& curve, Gathered& out) {
    std::map<double, std::vector<double>> by_dilution;
    for (const auto& r : own) by_dilution[r.well->dilution].push_back(neat(r, curve));
    if (by_dilution.size() < 2) return;
    const auto& strong = by_dilution.begin()->second;
    const auto& weak = by_dilution.rbegin()->second;
    const double late = mean(strong) - mean(weak);
    const double sd =
        curve.sd * std::sqrt(1.0 / static_cast<double>(strong.size()) + 1.0 / static_cast<double>(weak.size()));
    if (late > 2.5 * sd && std::pow(10, late / curve.slope) < inhibited_by)
        stop(out, name + " shows less DNA in the stronger than in the weaker dilution of this sample (" + cycles(late) +
                      " cycles): the reaction is inhibited. Use the dilution alone.");
}

void check_replicates(const Plate& plate, const std::string& name, const std::vector<Reading>& own,
                      const CqCurve& curve, double usual, Gathered& out) {
    if (own.size() < 3) return;
    // What counting few copies alone scatters, 1.44 / sqrt(copies) cycles, and the curve's own scatter.
    const double counting = 1.44 * std::pow(10, (usual - curve.intercept) / (-2 * curve.slope));
    const double allowed = std::max(1.0, 4 * std::hypot(curve.sd, counting));
    for (const auto& r : own) {
        const double off = neat(r, curve) - usual;
        if (std::abs(off) > allowed)
            note_once(out, Severity::warning, plate.where(*r.well),
                      name + " is " + cycles(std::abs(off)) + " cycles " + (off > 0 ? "later" : "earlier") +
                          " than in the sample's other wells: inhibition or pipetting. It was kept.");
    }
}

}  // namespace

void check_inhibition_control(const GatherRequest& request, const RealTimeWells& wells, Gathered& out) {
    for (const auto* run : wells.runs()) {
        std::vector<double> own, others;
        std::size_t silent = 0;
        for (const auto& r : wells.all()) {
            if (r.well->run != run || !r.usable() || !is_inhibition_control(request.panel, r)) continue;
            const bool mine = r.well->sample == request.sample;
            if (mine && !r.one->cq) ++silent;
            if (r.one->cq) (mine ? own : others).push_back(*r.one->cq);
        }
        if (others.empty() || (own.empty() && silent == 0)) continue;
        if (silent > own.size()) {
            stop(out,
                 "The inhibition control does not amplify in this sample although it does in others: the reaction is "
                 "inhibited. Dilute or purify the DNA.");
            continue;
        }
        const double late = middle(own) - middle(others);
        if (late > request.panel.limits.inhibition_delay)
            stop(out, "The inhibition control comes " + cycles(late) +
                          " cycles later than in other wells: the reaction is inhibited. Dilute or purify the DNA.");
    }
}

void check_reference(const GatherRequest& request, const RealTimeWells& wells, const std::string& name, Gathered& out) {
    for (const auto* run : wells.runs()) {
        const auto& calibration = request.calibrations.of(*run, name);
        if (!calibration.curve) continue;
        const auto& curve = *calibration.curve;
        std::vector<Reading> own;
        std::vector<double> own_cq, others;
        for (const auto& r : wells.select(name, SampleType::unkn)) {
            if (r.well->run != run || !r.one->cq) continue;
            const bool mine = r.well->sample == request.sample;
            if (mine) own.push_back(r);
            (mine ? own_cq : others).push_back(neat(r, curve));
        }
        if (own.empty()) continue;
        const double usual = middle(own_cq);
        check_dilutions(name, own, curve, out);
        check_replicates(request.plate, name, own, curve, usual, out);
        if (others.size() > 1 && usual - middle(others) > much_less)
            note_once(out, Severity::warning, request.sample,
                      name + " comes " + cycles(usual - middle(others)) +
                          " cycles later than in the other samples of the plate: little DNA, or inhibition.");
    }
}

}  // namespace microchim::chimerism
