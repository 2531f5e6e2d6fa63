#include "core/chimerism/delta_cq.hpp"
#include "core/chimerism/interval.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace microchim::chimerism {
namespace {

constexpr double ln10 = 2.302585092994045684;
/// Without a curve: doubling, with the spread of real assays (efficiency IQR 89 to 98 %, 482 curves, Kanaan 2023).
constexpr double usual_variance = 0.035 * 0.035;
constexpr double usual_sd = 0.34;  // of a Cq, same data

struct Group {
    std::vector<double> cq;
    bool complete = true;  ///< no well without a Cq
};

/// Wells of a target and a sample on a run, with their Cq as if undiluted.
Group wells_of(const Plate& plate, const Panel& panel, const Run& run, const std::string& sample,
               const std::string& name, double log_base) {
    Group found;
    for (const auto& well : plate.wells) {
        if (well.run != &run || well.sample != sample) continue;
        for (const auto& one : well.curves) {
            if (panel_name(panel, one.curve->target) != name || one.curve->excluded || !one.judged) continue;
            if (well.type_of(one) != SampleType::unkn) continue;
            if (one.cq) found.cq.push_back(*one.cq - std::log(well.dilution) / log_base);
            else found.complete = false;
        }
    }
    return found;
}

std::optional<MeanCq> mean_of(const Group& group, double sd) {
    if (group.cq.empty() || !group.complete) return std::nullopt;
    const double n = static_cast<double>(group.cq.size());
    double mean = 0, squares = 0;
    for (const double cq : group.cq) mean += cq / n;
    for (const double cq : group.cq) squares += (cq - mean) * (cq - mean);
    const double own = n > 1 ? squares / (n - 1) : 0;
    return MeanCq{mean, std::max(own, sd * sd) / n};
}

Amplification amplification(const Calibration& calibration) {
    if (!calibration.curve) return {std::log(2.0), usual_variance};
    const double slope = calibration.curve->slope, base = -ln10 / slope;
    return {base, base * base / (slope * slope) * calibration.curve->slope_variance};
}

double sd_of(const Calibration& calibration) {
    return calibration.curve ? calibration.curve->sd : usual_sd;
}

/// The one genome that carries the marker: a donor's index, or the number of donors for the recipient.
std::optional<std::size_t> owner(const AssayMarker& marker) {
    std::optional<std::size_t> found;
    if (marker.recipient > 0) found = marker.donors.size();
    for (std::size_t d = 0; d < marker.donors.size(); ++d) {
        if (marker.donors[d] <= 0) continue;
        if (found) return std::nullopt;
        found = d;
    }
    return found;
}

bool is_own_dna(const CaseSample& sample, const Case& patient, std::size_t who) {
    if (who == patient.donors.size()) return sample.role == Role::recipient || sample.role == Role::baseline;
    if (sample.role != Role::donor) return false;
    return patient.donors.size() == 1 || sample.name.find(patient.donors[who].id) != std::string::npos;
}

}  // namespace

LogShare pfaffl(const MeanCq& target, const MeanCq& target_calibrator, const Amplification& t, const MeanCq& reference,
                const MeanCq& reference_calibrator, const Amplification& r) {
    const double dt = target.cq - target_calibrator.cq, dr = reference.cq - reference_calibrator.cq;
    return {dr * r.log_base - dt * t.log_base,
            t.log_base * t.log_base * (target.variance + target_calibrator.variance) + dt * dt * t.variance +
                r.log_base * r.log_base * (reference.variance + reference_calibrator.variance) + dr * dr * r.variance};
}

std::vector<Classical> delta_cq(const Plate& plate, const Panel& panel, const Calibrations& calibrations,
                                const std::vector<AssayMarker>& markers, const Case& patient,
                                const std::vector<CaseSample>& samples, const std::string& sample) {
    std::vector<Classical> found;
    std::vector<const Run*> runs;
    for (const auto* well : plate.of(sample))
        if (!well->curves.empty() && std::ranges::count(runs, well->run) == 0) runs.push_back(well->run);
    const double z = normal_quantile(0.5 + panel.limits.confidence / 2);
    const auto one = [&](const AssayMarker& marker, const CaseSample& own, const Run& run, const std::string& reference,
                         std::size_t who) {
        const auto& ct = calibrations.of(run, marker.marker->id);
        const auto& cr = calibrations.of(run, reference);
        const auto at = amplification(ct), ar = amplification(cr);
        const auto read = [&](const std::string& whose, const std::string& name, const Amplification& a, double sd) {
            return mean_of(wells_of(plate, panel, run, whose, name, a.log_base), sd);
        };
        const auto ts = read(sample, marker.marker->id, at, sd_of(ct)), rs = read(sample, reference, ar, sd_of(cr));
        const auto tc = read(own.name, marker.marker->id, at, sd_of(ct)), rc = read(own.name, reference, ar, sd_of(cr));
        if (!ts || !rs || !tc || !rc) return false;
        const auto share = pfaffl(*ts, *tc, at, *rs, *rc, ar);
        const double sd = std::sqrt(share.variance);
        double middle = std::min(std::exp(share.value), 1.0), low = std::min(std::exp(share.value - z * sd), 1.0),
               high = std::min(std::exp(share.value + z * sd), 1.0);
        const bool recipient = who == patient.donors.size();
        if (recipient) middle = 1 - middle, std::swap(low, high), low = 1 - low, high = 1 - high;
        found.push_back(
            {marker.marker->id, patient.donors[recipient ? 0 : who].id, reference, own.name, middle, low, high});
        return true;
    };
    for (const auto& marker : markers) {
        const auto who = marker.usable ? owner(marker) : std::nullopt;
        if (!who || (*who == patient.donors.size() && patient.donors.size() > 1)) continue;
        bool done = false;
        for (const auto& own : samples)
            for (const auto* run : runs)
                for (const auto& reference : panel.references) {
                    if (done || own.name == sample || !is_own_dna(own, patient, *who)) continue;
                    if (!marker.marker->reference.empty() && marker.marker->reference != reference.target) continue;
                    done = one(marker, own, *run, reference.target, *who);
                }
    }
    return found;
}

}  // namespace microchim::chimerism
