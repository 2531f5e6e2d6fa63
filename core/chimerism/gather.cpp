#include "core/chimerism/gather.hpp"

#include <algorithm>
#include <cmath>

namespace microchim::chimerism {
namespace {

/// More positives than this in one no-template well is an accident, not background: real controls
/// show 0 to 2 (186 wells, Shaw et al. 2023, doi:10.1002/pd.6333).
constexpr std::int64_t contaminated_from = 10;

struct Sum {
    double positive = 0, accepted = 0;
};

using Wells = std::vector<const PlateWell*>;

template <class Wanted>
Sum total(const Wells& wells, Wanted wanted) {
    Sum sum;
    for (const auto* well : wells)
        for (const auto* counts : well->counts)
            if (wanted(counts->target)) {
                sum.positive += static_cast<double>(counts->positive);
                sum.accepted += static_cast<double>(counts->accepted);
            }
    return sum;
}

/// The fewest partitions that a well must have, and who says so.
struct Floor {
    std::int64_t partitions = 0;
    const char* whose = "";
};

/// The panel's word, else the instrument's, else half of what is usual in the run: plates have from 765 chambers to
/// 26,000 partitions a well, so no one number would do.
Floor floor_of(const PlateWell& well, const Plate& plate, const Panel& panel) {
    if (const auto minimum = panel.limits.minimum_partitions) return {*minimum, "that the panel asks for"};
    if (const auto minimum = well.run->minimum_partitions) return {*minimum, "that the instrument's profile asks for"};
    const auto usual = plate.usual.find(well.run);
    if (usual == plate.usual.end()) return {};
    return {usual->second / 2, "that are half of what is usual in this run"};
}

/// The wells with enough partitions; says which are left out where `notes` is given.
Wells enough(const Wells& wells, const Plate& plate, const Panel& panel, std::vector<Note>* notes) {
    Wells good;
    for (const auto* well : wells) {
        const auto accepted = well->accepted();
        const auto floor = floor_of(*well, plate, panel);
        if (accepted >= floor.partitions && accepted > 0) good.push_back(well);
        else if (notes != nullptr && !well->counts.empty())
            notes->push_back({Severity::warning, plate.where(*well),
                              std::to_string(accepted) + " partitions, fewer than the " +
                                  std::to_string(floor.partitions) + " " + floor.whose + ": the well is left out."});
    }
    return good;
}

/// Copies of the reference per partition: how much DNA a well got.
double load(const Wells& wells, const Panel& panel) {
    const auto sum = total(wells, [&](const std::string& target) { return panel.reference(target) != nullptr; });
    if (sum.accepted <= 0 || sum.positive >= sum.accepted) return 0;
    return -std::log1p(-sum.positive / sum.accepted);
}

/// Cross-reaction scales with the patient's DNA, stray partitions with their number. Where the sample got more
/// DNA than its blank, the blank counts for proportionally fewer partitions: the larger of the two rates is assumed.
double exposure(double blank_load, double sample_load) {
    if (blank_load <= 0 || sample_load <= blank_load) return 1;
    return blank_load / sample_load;
}

/// A control speaks of the plate it was on.
Wells of_same_runs(const Wells& controls, const Wells& wells) {
    Wells same;
    for (const auto* control : controls)
        if (std::ranges::any_of(wells, [&](const PlateWell* well) { return well->run == control->run; }))
            same.push_back(control);
    return same;
}

/// Leaves contaminated controls out of the blank, and says so.
Wells clean_controls(const Wells& controls, const Plate& plate, const Panel& panel, Gathered& out) {
    Wells clean;
    for (const auto* well : controls) {
        bool dirty = false;
        for (const auto* counts : well->counts) {
            const bool ours = panel.marker(counts->target) != nullptr || panel.reference(counts->target) != nullptr;
            if (!ours || counts->positive < contaminated_from) continue;
            dirty = true;
            out.contaminated = true;
            out.notes.push_back({Severity::error, plate.where(*well),
                                 "The no-template control has " + std::to_string(counts->positive) +
                                     " positive partitions of " + counts->target +
                                     ": the plate is contaminated. Repeat the run."});
        }
        if (!dirty) clean.push_back(well);
    }
    return clean;
}

/// What does not depend on the target: the wells of the sample, of its blanks and controls.
struct Surroundings {
    const Panel& panel;
    Wells wells, baseline, controls;
};

std::optional<Blank> blank_of(const AssayMarker& marker, const Surroundings& around) {
    const auto is_marker = [&](const std::string& target) { return around.panel.marker(target) == marker.marker; };
    if (marker.recipient == 0) {
        const auto own = total(around.baseline, is_marker);
        const double share = exposure(load(around.baseline, around.panel), load(around.wells, around.panel));
        // The share never makes the blank smaller than its own positives.
        if (own.accepted > 0) return Blank{own.positive, std::max(own.accepted * share, own.positive + 1)};
    }
    const auto control = total(around.controls, is_marker);
    if (control.accepted > 0) return Blank{control.positive, control.accepted};
    return std::nullopt;
}

/// The observation that these counts are; nothing where the panel or the case cannot use the target.
std::optional<Observation> observe(const GatherRequest& request, const Surroundings& around,
                                   const TargetCounts& counts) {
    Observation out;
    out.positive = counts.positive;
    out.accepted = counts.accepted;
    if (const auto* reference = request.panel.reference(counts.target)) {
        out.target = reference->target;
        out.donor.assign(request.donors, reference->copies);
        out.recipient = reference->copies;
        return out;
    }
    const auto* wanted = request.panel.marker(counts.target);
    if (wanted == nullptr) return std::nullopt;
    const auto marker = std::ranges::find(request.markers, wanted, &AssayMarker::marker);
    if (marker == request.markers.end() || !marker->usable) return std::nullopt;
    out.target = wanted->id;
    out.donor = marker->donors;
    out.recipient = marker->recipient;
    out.blank = blank_of(*marker, around);
    return out;
}

/// Volumes are used where every count has one; else all partitions count as equal, and that is told where some have
/// one.
bool know_volumes(const Wells& wells, const std::string& sample, Gathered& out) {
    bool some = false, all = true;
    for (const auto* well : wells)
        for (const auto* counts : well->counts) (counts->volume ? some : all) = counts->volume.has_value();
    if (some && !all)
        out.notes.push_back({Severity::warning, sample,
                             "The partition volume is known of some wells only: all partitions count as equally large. "
                             "Where they are not, quantify the runs one at a time."});
    return all;
}

}  // namespace

Gathered gather(const GatherRequest& request) {
    Gathered out;
    const auto& plate = request.plate;
    const auto& panel = request.panel;
    Surroundings around{panel, enough(plate.of(request.sample), plate, panel, &out.notes), {}, {}};
    for (const auto& baseline : request.baselines)
        for (const auto* well : enough(plate.of(baseline), plate, panel, nullptr)) around.baseline.push_back(well);
    const auto controls =
        clean_controls(of_same_runs(plate.no_template(), plate.of(request.sample)), plate, panel, out);
    around.controls = enough(controls, plate, panel, nullptr);

    const bool volumes = know_volumes(around.wells, request.sample, out);
    for (const auto* well : around.wells) {
        bool used = false;
        for (const auto* counts : well->counts) {
            auto observation = counts->accepted > 0 ? observe(request, around, *counts) : std::nullopt;
            if (!observation) continue;
            observation->volume_nl = (volumes ? counts->volume->nl : 1.0) / well->dilution;
            out.observations.push_back(std::move(*observation));
            used = true;
        }
        if (!used) continue;
        out.wells.push_back(well->name);
        if (well->pooled != nullptr)
            out.notes.push_back({Severity::info, plate.where(*well),
                                 "This row pools wells that have no rows of their own; it stands in for them."});
    }
    gather_real_time(request, out);
    return out;
}

}  // namespace microchim::chimerism
