// Real-time wells of a sample: which of them are evidence, with which curve, and what their controls say.
#include <algorithm>
#include <cmath>

#include "core/chimerism/real_time_wells.hpp"

namespace microchim::chimerism {
namespace {

constexpr double little = 1.5;  // times the highest standard: above is extrapolated

class Gatherer {
public:
    Gatherer(const GatherRequest& request, Gathered& out) : request_(request), out_(out), readings_(request) {}

    void gather() {
        if (readings_.runs().empty()) return;
        check_inhibition_control(request_, readings_, out_);
        for (const auto& reference : request_.panel.references) {
            Observation o;
            o.target = reference.target;
            o.donor.assign(request_.donors, reference.copies);
            o.recipient = reference.copies;
            add(o, nullptr);
            check_reference(request_, readings_, reference.target, out_);
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
    void in_plate_order(std::vector<std::string>& names) const {
        std::vector<std::string> ordered;
        for (const auto& well : request_.plate.wells)
            if (std::ranges::count(names, well.name) > 0 && std::ranges::count(ordered, well.name) == 0)
                ordered.push_back(well.name);
        names = std::move(ordered);
    }
    void note(Severity severity, const std::string& where, const std::string& what) {
        note_once(out_, severity, where, what);
    }
    std::string where(const Reading& r) const { return request_.plate.where(*r.well); }

    /// Sample wells of a target that are evidence; says what is not.
    std::vector<Reading> wells_of(const std::string& name) {
        std::vector<Reading> found;
        for (const auto& r : readings_.all()) {
            if (r.name != name || !readings_.of_sample(r)) continue;
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
        for (const auto& r : readings_.all())
            if (r.name == name && r.usable() && std::ranges::count(request_.baselines, r.well->sample) > 0 &&
                r.type() == SampleType::unkn)
                baseline.accepted += 1, baseline.positive += r.one->cq ? 1 : 0;
        if (marker.recipient == 0 && baseline.accepted > 0) return baseline;
        Blank controls{0, 0};
        for (const auto& r : readings_.select(name, SampleType::ntc))
            controls.accepted += 1, controls.positive += r.one->cq ? 1 : 0;
        return controls.accepted > 0 ? std::optional(controls) : std::nullopt;
    }

    /// A no-template control that amplified, far behind the sample, is told; near it, the Cq values prove nothing.
    bool controls_are_clean(const std::string& name, const std::vector<Reading>& wells) {
        std::vector<double> own;
        for (const auto& r : wells)
            if (r.one->cq) own.push_back(*r.one->cq);
        bool clean = true;
        for (const auto& r : readings_.select(name, SampleType::ntc)) {
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
        for (const auto& r : readings_.select(name, SampleType::pos)) wells += 1, seen += r.one->cq ? 1 : 0;
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
        for (const auto* run : readings_.runs()) {
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

    const GatherRequest& request_;
    Gathered& out_;
    RealTimeWells readings_;
};

}  // namespace

void gather_real_time(const GatherRequest& request, Gathered& out) {
    Gatherer(request, out).gather();
}

}  // namespace microchim::chimerism
