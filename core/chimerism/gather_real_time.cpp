// Real-time wells of a sample: which of them are evidence, with which curve, and the quality control around them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "core/chimerism/gather.hpp"

namespace microchim::chimerism {
namespace {

constexpr double much_less = 3.3;      // cycles: a tenth of the DNA
constexpr double inhibited_by = 0.75;  // of a dilution's amount that the neat wells must show at least
constexpr double little = 1.5;         // times the highest standard: above is extrapolated

std::string cycles(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

/// A target in a well, where it was read.
struct Reading {
    const PlateWell* well = nullptr;
    const PlateCurve* one = nullptr;
    std::string name;  ///< the panel's; empty: not of the panel
};

double middle(std::vector<double> values) {
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, half);
    return *half;
}

class Gatherer {
public:
    Gatherer(const GatherRequest& request, Gathered& out) : request_(request), out_(out) {
        for (const auto& well : request.plate.wells)
            for (const auto& one : well.curves)
                all_.push_back({&well, &one, panel_name(request.panel, one.curve->target)});
        for (const auto& r : all_)
            if (of_sample(r, request.sample)) runs_.insert(r.well->run);
    }

    void gather() {
        if (runs_.empty()) return;
        check_inhibition_control();
        for (const auto& reference : request_.panel.references) {
            Observation o;
            o.target = reference.target;
            o.donor.assign(request_.donors, reference.copies);
            o.recipient = reference.copies;
            add(o, nullptr);
            check_reference(reference.target);
        }
        for (const auto& marker : request_.markers) {
            if (!marker.usable) continue;
            Observation o;
            o.target = marker.marker->id;
            o.donor = marker.donors;
            o.recipient = marker.recipient;
            add(o, &marker);
        }
        in_plate_order(out_.wells);
    }

private:
    static bool of_sample(const Reading& r, const std::string& sample) {
        return r.well->sample == sample && r.well->type_of(*r.one) == SampleType::unkn;
    }
    void in_plate_order(std::vector<std::string>& names) const {
        std::vector<std::string> ordered;
        for (const auto& well : request_.plate.wells)
            if (std::ranges::count(names, well.name) > 0 && std::ranges::count(ordered, well.name) == 0)
                ordered.push_back(well.name);
        names = std::move(ordered);
    }
    bool here(const Reading& r) const { return runs_.contains(r.well->run); }
    static bool usable(const Reading& r) { return r.one->judged && !r.one->curve->excluded; }

    void note(Severity severity, const std::string& where, const std::string& what) {
        for (const auto& old : out_.notes)
            if (old.where == where && old.what == what) return;
        out_.notes.push_back({severity, where, what});
    }
    std::string where(const Reading& r) const { return request_.plate.where(*r.well); }

    std::vector<Reading> select(const std::string& name, SampleType type) const {
        std::vector<Reading> found;
        for (const auto& r : all_)
            if (r.name == name && here(r) && usable(r) && r.well->type_of(*r.one) == type) found.push_back(r);
        return found;
    }

    /// Sample wells of a target that are evidence; says what is not.
    std::vector<Reading> wells_of(const std::string& name) {
        std::vector<Reading> found;
        for (const auto& r : all_) {
            if (r.name != name || !of_sample(r, request_.sample)) continue;
            if (r.one->curve->excluded)
                note(Severity::info, where(r), name + " was excluded in the file and is no evidence.");
            else if (!r.one->judged)
                note(Severity::warning, where(r),
                     name + " has no Cq in the file and its curve cannot be judged: the well is left out.");
            else found.push_back(r);
        }
        return found;
    }

    /// The blank of a marker in wells: the patient's own baseline where the recipient lacks the target, else the
    /// no-template controls.
    std::optional<Blank> blank_of(const std::string& name, const AssayMarker& marker) const {
        Blank baseline{0, 0};
        for (const auto& r : all_)
            if (r.name == name && usable(r) && std::ranges::count(request_.baselines, r.well->sample) > 0 &&
                r.well->type_of(*r.one) == SampleType::unkn)
                baseline.accepted += 1, baseline.positive += r.one->cq ? 1 : 0;
        if (marker.recipient == 0 && baseline.accepted > 0) return baseline;
        Blank controls{0, 0};
        for (const auto& r : select(name, SampleType::ntc))
            controls.accepted += 1, controls.positive += r.one->cq ? 1 : 0;
        return controls.accepted > 0 ? std::optional(controls) : std::nullopt;
    }

    /// A no-template control that amplified, far behind the sample, is told; near it, the Cq values prove nothing.
    bool controls_are_clean(const std::string& name, const std::vector<Reading>& wells) {
        std::vector<double> own;
        for (const auto& r : wells)
            if (r.one->cq) own.push_back(*r.one->cq);
        bool clean = true;
        for (const auto& r : select(name, SampleType::ntc)) {
            if (!r.one->cq) continue;
            // A sample without a Cq stays one: contamination adds, it takes nothing away.
            const double distance = own.empty() ? 0 : *r.one->cq - middle(own);
            const bool far = own.empty() || distance >= request_.panel.limits.control_distance;
            clean = clean && far;
            note(far ? Severity::warning : Severity::error, where(r),
                 "The no-template control amplified " + name + " at Cq " + cycles(*r.one->cq) +
                     (own.empty() ? std::string(", the sample has no Cq.")
                      : far       ? ", " + cycles(distance) + " cycles behind the sample."
                            : ", " + cycles(std::abs(distance)) + (distance < 0 ? " cycles before" : " cycles behind") +
                                  " the sample: what the sample shows may be contamination. Repeat the run."));
        }
        return clean;
    }

    /// Wells with a little of the target that must amplify.
    bool low_positive_seen(const std::string& name) {
        std::size_t wells = 0, seen = 0;
        for (const auto& r : select(name, SampleType::pos)) wells += 1, seen += r.one->cq ? 1 : 0;
        if (wells == 0 || seen > 0) return true;
        note(Severity::error, request_.sample,
             "The positive control of " + name + " shows no Cq in any of its " + std::to_string(wells) +
                 " wells: a missing signal of the sample proves nothing.");
        return false;
    }

    void leave_out(const Observation& o, const std::string& why) {
        out_.unused[o.target] = why;
        out_.blocked = true;
    }

    void add(Observation o, const AssayMarker* marker) {
        const auto wells = wells_of(o.target);
        if (wells.empty()) return;
        const bool clean = controls_are_clean(o.target, wells);
        if (!clean) {
            out_.contaminated = true;
            return leave_out(o, "a no-template control amplified");
        }
        const bool any = std::ranges::any_of(wells, [](const Reading& r) { return r.one->cq.has_value(); });
        if (marker != nullptr && !low_positive_seen(o.target) && !any)
            return leave_out(o, "its positive control failed");
        if (marker != nullptr) o.blank = blank_of(o.target, *marker);
        for (const auto* run : runs_) {
            std::vector<Reading> own;
            for (const auto& r : wells)
                if (r.well->run == run) own.push_back(r);
            if (own.empty()) continue;
            const auto& calibration = request_.calibrations.of(*run, o.target);
            for (const auto& n : calibration.notes) note(n.severity, n.where, n.what);
            if (!calibration.curve) {
                if (calibration.notes.empty())
                    note(Severity::error, o.target, "No standard curve: " + calibration.reason);
                leave_out(o, "no standard curve: " + calibration.reason);
                continue;
            }
            out_.blocked = out_.blocked || calibration.doubtful;
            o.curve = calibration.curve;
            check_range(o.target, own, calibration);
            for (const auto& r : own) add_well(o, r);
        }
    }

    void add_well(Observation o, const Reading& r) {
        o.cq = {r.one->cq};
        o.volume_nl = 1.0 / r.well->dilution;
        out_.observations.push_back(std::move(o));
        if (std::ranges::count(out_.wells, r.well->name) == 0) out_.wells.push_back(r.well->name);
    }

    void check_range(const std::string& name, const std::vector<Reading>& wells, const Calibration& calibration) {
        for (const auto& r : wells) {
            if (!r.one->cq) continue;
            const auto& line = *calibration.line;
            const double quantity = line.quantity(*r.one->cq);
            if (quantity > little * line.highest)
                note(Severity::warning, name,
                     "The sample holds more than the highest standard: its amount is "
                     "extrapolated.");
            const auto& curve = *calibration.curve;
            const double one = curve.intercept, sd = std::hypot(curve.sd, std::sqrt(curve.intercept_variance));
            if (*r.one->cq > one + 3 * sd)
                note(Severity::warning, where(r),
                     name + " has Cq " + cycles(*r.one->cq) + ", later than one copy gives (" + cycles(one) +
                         "): look at its curve; it counts as one copy.");
        }
    }

    /// A target that is in every reaction in the same amount: the panel's controls, and what the file calls a control
    /// in the sample's own wells and the panel does not know.
    bool is_inhibition_control(const Reading& r) const {
        if (request_.panel.control(r.one->curve->target) != nullptr) return true;
        return r.name.empty() && r.one->curve->type == SampleType::pos;
    }

    void check_inhibition_control() {
        for (const auto* run : runs_) {
            std::vector<double> own, others;
            std::size_t silent = 0;
            for (const auto& r : all_) {
                if (r.well->run != run || !usable(r) || !is_inhibition_control(r)) continue;
                const bool mine = r.well->sample == request_.sample;
                if (mine && !r.one->cq) ++silent;
                if (r.one->cq) (mine ? own : others).push_back(*r.one->cq);
            }
            if (others.empty() || (own.empty() && silent == 0)) continue;
            const double usual = middle(others);
            const bool absent = silent > own.size();
            const double late = own.empty() ? 0 : middle(own) - usual;
            if (!absent && late <= request_.panel.limits.inhibition_delay) continue;
            stop(absent
                     ? "The inhibition control does not amplify in this sample although it does in others: the "
                       "reaction is inhibited. Dilute or purify the DNA."
                     : "The inhibition control comes " + cycles(late) +
                           " cycles later than in other wells: the reaction is inhibited. Dilute or purify the DNA.");
        }
    }

    void stop(const std::string& why) {
        if (out_.stopped.empty()) out_.stopped = why;
        out_.blocked = true;
    }

    /// The reference against its own dilutions, its replicates and the other samples of the plate.
    void check_reference(const std::string& name) {
        for (const auto* run : runs_) {
            const auto& calibration = request_.calibrations.of(*run, name);
            if (!calibration.curve) continue;
            const auto& curve = *calibration.curve;
            const auto neat = [&](const Reading& r) {  // Cq as if undiluted
                return *r.one->cq + curve.slope * std::log10(r.well->dilution);
            };
            std::map<double, std::vector<double>> by_dilution;
            std::vector<double> own, others;
            for (const auto& r : select(name, SampleType::unkn)) {
                if (r.well->run != run || !r.one->cq) continue;
                const bool mine = r.well->sample == request_.sample;
                if (mine) by_dilution[r.well->dilution].push_back(neat(r));
                (mine ? own : others).push_back(neat(r));
            }
            if (own.empty()) continue;
            check_dilutions(name, by_dilution, curve);
            check_replicates(name, *run, neat, own, curve);
            if (others.size() > 1 && middle(own) - middle(others) > much_less)
                note(Severity::warning, request_.sample,
                     name + " comes " + cycles(middle(own) - middle(others)) +
                         " cycles later than in the other samples of the plate: little DNA, or inhibition.");
        }
    }

    void check_dilutions(const std::string& name, const std::map<double, std::vector<double>>& by_dilution,
                         const CqCurve& curve) {
        if (by_dilution.size() < 2) return;
        const auto mean = [](const std::vector<double>& v) {
            double sum = 0;
            for (const double x : v) sum += x / static_cast<double>(v.size());
            return sum;
        };
        const auto& strong = by_dilution.begin()->second;
        const auto& weak = by_dilution.rbegin()->second;
        const double late = mean(strong) - mean(weak);
        const double sd =
            curve.sd * std::sqrt(1.0 / static_cast<double>(strong.size()) + 1.0 / static_cast<double>(weak.size()));
        if (late > 2.5 * sd && std::pow(10, late / curve.slope) < inhibited_by)
            stop(name + " shows less DNA in the stronger than in the weaker dilution of this sample (" + cycles(late) +
                 " cycles): the reaction is inhibited. Use the dilution alone.");
    }

    template <class Neat>
    void check_replicates(const std::string& name, const Run& run, Neat neat, const std::vector<double>& own,
                          const CqCurve& curve) {
        if (own.size() < 3) return;
        const double usual = middle(own);
        for (const auto& r : select(name, SampleType::unkn)) {
            if (r.well->run != &run || r.well->sample != request_.sample || !r.one->cq) continue;
            const double off = neat(r) - usual;
            const double allowed = std::max(
                1.0, 4 * std::hypot(curve.sd, 1.44 * std::pow(10, (usual - curve.intercept) / (-2 * curve.slope))));
            if (std::abs(off) > allowed)
                note(Severity::warning, where(r),
                     name + " is " + cycles(std::abs(off)) + " cycles " + (off > 0 ? "later" : "earlier") +
                         " than in the sample's other wells: inhibition or pipetting. It "
                         "was kept.");
        }
    }

    const GatherRequest& request_;
    Gathered& out_;
    std::vector<Reading> all_;
    std::set<const Run*> runs_;
};

}  // namespace

void gather_real_time(const GatherRequest& request, Gathered& out) {
    Gatherer(request, out).gather();
}

}  // namespace microchim::chimerism
