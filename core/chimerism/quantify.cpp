#include "core/chimerism/quantify.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "core/chimerism/assay.hpp"
#include "core/chimerism/gather.hpp"
#include "core/chimerism/interval.hpp"
#include "core/run/errors.hpp"

namespace microchim::chimerism {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::vector<std::string> targets_of(const Plate& plate) {
    std::vector<std::string> names;
    for (const auto& well : plate.wells)
        for (const auto* counts : well.counts)
            if (std::ranges::count(names, counts->target) == 0) names.push_back(counts->target);
    for (const auto& well : plate.wells)
        for (const auto& one : well.curves)
            if (std::ranges::count(names, one.curve->target) == 0) names.push_back(one.curve->target);
    return names;
}

/// Without a panel the case's markers are the panel; with one, a marker that it lacks is still read where the runs
/// have a target of that name.
Panel panel_for(const Question& question, const std::vector<std::string>& measured) {
    Panel panel = question.panel;
    const bool given = !panel.markers.empty();
    for (const auto& patient : question.cases)
        for (const auto& genotype : patient.genotype) {
            const auto& name = genotype.marker;
            const auto same = [&](const PanelMarker& m) { return m.id == name; };
            if (std::ranges::any_of(panel.markers, same) || panel.marker(name) != nullptr ||
                panel.reference(name) != nullptr)
                continue;
            if (!given || std::ranges::count(measured, name) > 0) panel.markers.push_back({name, {}, name, {}, {}, {}});
        }
    return panel;
}

void check_targets(const Panel& panel, const Case& patient, const std::vector<AssayMarker>& markers,
                   const std::vector<std::string>& measured, Result& result) {
    std::size_t found = 0;
    for (const auto& marker : markers) {
        const bool here = std::ranges::any_of(
            measured, [&](const std::string& target) { return panel.marker(target) == marker.marker; });
        found += here && marker.usable ? 1 : 0;
        if (!here && marker.usable)
            result.notes.push_back({Severity::warning, patient.id,
                                    "Marker " + marker.marker->id + " (target '" + marker.marker->target +
                                        "') is informative for this case and was not measured in these runs."});
    }
    if (found > 0) return;
    std::string reasons;
    for (const auto& marker : markers)
        if (!marker.usable) reasons += " " + marker.marker->id + ": " + marker.reason + ".";
    throw ConfigError((patient.file.path.empty() ? std::string("The question") : patient.file.path) +
                          ": none of the informative markers was measured in these runs.",
                      patient.file.path, {}, "The runs have the targets: " + joined(measured) + "." + reasons);
}

/// What the sheet adds about a sample of a case.
void apply_sheet(CaseSample& sample, const std::vector<SheetRow>& sheet) {
    for (const auto& row : sheet) {
        if (row.sample != sample.name) continue;
        for (const auto role : {Role::baseline, Role::follow_up, Role::donor, Role::recipient})
            if (row.role == to_string(role)) sample.role = role;
        if (!row.collected.empty()) sample.collected = row.collected;
        if (!row.specimen.empty()) sample.specimen = row.specimen;
        if (row.dna_ng) sample.dna_ng = row.dna_ng;
    }
}

/// The case's own list, and what the sheet assigns to the case. A case without a list, alone, asks for all unknowns.
std::vector<CaseSample> samples_of(const Case& patient, const Question& question, const Plate& plate) {
    auto samples = patient.samples;
    const auto add = [&](const std::string& name) {
        if (std::ranges::none_of(samples, [&](const CaseSample& s) { return s.name == name; }))
            samples.push_back({name, Role::follow_up, {}, {}, {}});
    };
    for (const auto& row : question.sheet)
        if (!row.sample.empty() && row.case_id == patient.id && !patient.id.empty()) add(row.sample);
    if (samples.empty() && question.cases.size() == 1)
        for (const auto& name : plate.samples()) add(name);
    for (auto& sample : samples) apply_sheet(sample, question.sheet);
    return samples;
}

std::string class_of(const DonorEstimate& estimate, const PanelLimits& limits) {
    if (estimate.call == DetectionCall::not_calculated) return {};
    if (estimate.call == DetectionCall::not_detected) return "none";
    if (estimate.fraction < limits.micro) return "micro";
    return estimate.fraction > limits.full ? "full" : "mixed";
}

DonorResult donor_result(const Case& patient, const CaseSample& sample, const std::string& donor,
                         const DonorEstimate& estimate, const PanelLimits& limits) {
    DonorResult out{donor, estimate, class_of(estimate, limits), {}};
    for (const auto& infusion : patient.infusions)
        if (infusion.donor == donor)
            if (const auto days = days_between(infusion.date, sample.collected); days && *days >= 0)
                out.days_after_infusion.push_back(*days);
    return out;
}

/// Partitions or wells of a marker. Where a sample that could not be calculated has both, they do not add up to
/// anything: the partitions are told.
void count(const std::vector<Observation>& observations, MarkerResult& row) {
    const auto mine = [&](const Observation& o) { return o.target == row.marker; };
    if (std::ranges::any_of(observations, mine))
        row.real_time = std::ranges::none_of(observations, [&](const auto& o) { return mine(o) && !o.curve; });
    for (const auto& o : observations) {
        if (!mine(o) || o.curve.has_value() != row.real_time) continue;
        row.positive += o.positive + std::ranges::count_if(o.cq, [](const auto& cq) { return cq.has_value(); });
        row.accepted += o.accepted + static_cast<std::int64_t>(o.cq.size());
        row.cq.insert(row.cq.end(), o.cq.begin(), o.cq.end());
    }
}

/// A sample that only real-time PCR was run of.
bool only_real_time(const Plate& plate, const std::string& sample) {
    const auto wells = plate.of(sample);
    return std::ranges::any_of(wells, [](const auto* well) { return !well->curves.empty(); }) &&
           std::ranges::all_of(wells, [](const auto* well) { return well->counts.empty(); });
}

std::vector<MarkerResult> marker_results(const Case& patient, const std::vector<AssayMarker>& markers,
                                         const Gathered& evidence, const Estimate& estimate, bool real_time) {
    std::vector<MarkerResult> rows;
    for (const auto& marker : markers) {
        MarkerResult row{marker.marker->id, {}, {}, {}, {}, 0, 0, false, marker.reason, real_time};
        count(evidence.observations, row);
        row.used = marker.usable && row.accepted > 0;
        if (marker.usable && !row.used) {
            const auto why = evidence.unused.find(marker.marker->id);
            row.reason = why != evidence.unused.end() ? why->second : "not measured in this sample";
        }
        bool listed = false;
        for (const auto& own : estimate.markers) {
            if (own.target != marker.marker->id || !row.used) continue;
            auto copy = row;
            copy.donor = patient.donors.at(own.donor).id;
            copy.fraction = own.fraction;
            copy.low = own.low;
            copy.high = own.high;
            rows.push_back(std::move(copy));
            listed = true;
        }
        if (!listed) rows.push_back(std::move(row));
    }
    return rows;
}

DonorEstimate nothing() {
    DonorEstimate estimate{};
    estimate.call = DetectionCall::not_calculated;
    return estimate;
}

void stop(SampleResult& out, const std::string& what) {
    out.blocked = true;
    out.notes.push_back({Severity::error, out.sample, what});
}

/// Partitions and real-time wells in one sample: how much DNA went into a well of the one and of the other is not
/// known, so each is read against its own reference. Counting needs no calibration and gives the result where it can.
Estimate estimate_both(Gathered& evidence, double confidence, SampleResult& out) {
    std::vector<Observation> counted, real_time;
    for (const auto& o : evidence.observations) (o.curve ? real_time : counted).push_back(o);
    if (counted.empty() || real_time.empty()) return chimerism::estimate(evidence.observations, {confidence});
    const auto alone = [&](const std::vector<Observation>& some, std::string& fault) {
        try {
            return std::optional(chimerism::estimate(some, {confidence}));
        } catch (const ConfigError& error) {
            fault = error.what();
            return std::optional<Estimate>();
        }
    };
    std::string counted_fault, real_time_fault;
    const auto by_counts = alone(counted, counted_fault), by_cq = alone(real_time, real_time_fault);
    if (!by_counts && !by_cq)
        throw ConfigError("Digital PCR alone: " + counted_fault + " Real-time PCR alone: " + real_time_fault);
    if (by_counts && by_cq) {
        std::ostringstream text;
        text << "Real-time PCR of this sample is not in the result; alone it gives";
        for (const auto& d : by_cq->donors) text << " " << d.fraction << " (" << d.low << " to " << d.high << ")";
        out.notes.push_back({Severity::info, out.sample, text.str() + "."});
    } else {
        out.notes.push_back({Severity::warning, out.sample,
                             by_counts ? "Real-time PCR of this sample could not be used: " + real_time_fault
                                       : "Digital PCR of this sample could not be used: " + counted_fault});
    }
    evidence.observations = by_counts ? counted : real_time;
    return by_counts ? *by_counts : *by_cq;
}

/// The two estimators are independent enough that they must not differ by chance alone.
void compare_classical(SampleResult& out, double confidence) {
    constexpr double apart = 2.58, worth_telling = 1.25;
    const double z = normal_quantile(0.5 + confidence / 2);
    for (const auto& c : out.classical)
        for (const auto& donor : out.donors) {
            const auto& e = donor.estimate;
            if (donor.donor != c.donor || !(c.fraction > 0) || !(c.low > 0) || !(e.low > 0)) continue;
            const double off = std::abs(std::log(c.fraction / e.fraction));
            const double sd = std::hypot(std::log(c.high / c.low), std::log(e.high / e.low)) / (2 * z);
            if (off > apart * sd && off > std::log(worth_telling))
                out.notes.push_back({Severity::warning, out.sample,
                                     "ddCq of " + c.marker + " against " + c.calibrator +
                                         " disagrees with the likelihood: check the standards and the copies per "
                                         "genome of the case."});
        }
}

SampleResult measure(const Case& patient, const CaseSample& sample, const Panel& panel,
                     const std::vector<AssayMarker>& markers, const Plate& plate, const Calibrations& calibrations,
                     const std::vector<CaseSample>& samples, const std::vector<std::string>& baselines) {
    SampleResult out;
    out.case_id = patient.id;
    out.sample = sample.name;
    out.role = sample.role;
    out.collected = sample.collected;
    out.specimen = sample.specimen;
    const bool is_baseline = sample.role == Role::baseline;
    auto evidence = gather({plate, panel, markers, calibrations, patient.donors.size(), sample.name,
                            is_baseline ? std::vector<std::string>() : baselines});
    out.wells = evidence.wells;
    out.notes = evidence.notes;
    out.blocked = evidence.contaminated || evidence.blocked;

    Estimate estimate;
    try {
        if (!evidence.stopped.empty()) throw ConfigError(evidence.stopped);
        if (evidence.observations.empty()) throw ConfigError("No well of this sample can be used.");
        estimate = estimate_both(evidence, panel.limits.confidence, out);
        out.genomes = estimate.genomes;
        for (const auto& note : estimate.notes)
            out.notes.push_back({estimate.contradictory ? Severity::error : Severity::info, sample.name, note});
        out.blocked = out.blocked || estimate.contradictory;
    } catch (const ConfigError& error) {
        stop(out, error.what());
        estimate.donors.assign(patient.donors.size(), nothing());
    }
    for (std::size_t d = 0; d < patient.donors.size(); ++d)
        out.donors.push_back(donor_result(patient, sample, patient.donors[d].id, estimate.donors.at(d), panel.limits));
    out.heterogeneity = estimate.heterogeneity;
    out.markers = marker_results(patient, markers, evidence, estimate, only_real_time(plate, sample.name));
    out.classical = delta_cq(plate, panel, calibrations, markers, patient, samples, sample.name);
    compare_classical(out, panel.limits.confidence);
    return out;
}

/// Follow-ups are read against the baseline: what it shows counts as background there.
void note_baseline(const SampleResult& sample, Result& result) {
    if (sample.role != Role::baseline) return;
    for (const auto& donor : sample.donors)
        if (donor.estimate.call == DetectionCall::detected || donor.estimate.call == DetectionCall::detected_below_loq)
            result.notes.push_back({Severity::warning, sample.sample,
                                    "The baseline itself shows DNA like that of donor " + donor.donor +
                                        ": follow-ups are measured above it. Check that samples were not exchanged."});
}

void add_curves(const Calibrations& calibrations, Result& result) {
    for (const auto* c : calibrations.all()) {
        const auto& line = *c->line;
        result.curves.push_back({c->target, name_of(*c->run), c->unit, line.slope, line.intercept,
                                 std::sqrt(line.slope_variance), std::sqrt(line.intercept_variance), line.r2, line.sd,
                                 line.efficiency() - 1, line.wells, line.levels});
    }
}

void add_inputs(const std::vector<Run>& runs, const Question& question, const Panel& panel, Result& result) {
    std::set<std::string> instruments;
    std::set<std::tuple<std::string, std::string, std::string>> files;
    for (const auto& run : runs) {
        if (!run.instrument.empty() && instruments.insert(run.instrument).second)
            result.instrument += (result.instrument.empty() ? "" : ", ") + run.instrument;
        for (const auto& file : run.provenance.files)  // runs of one archive share it
            if (files.emplace(file.name, file.sha256, run.provenance.reader_id).second)
                result.inputs.push_back({file.name, file.sha256, run.provenance.reader_id,
                                         run.provenance.reader_version, run.provenance.reader_maturity});
        for (auto note : run.notes) {
            if (runs.size() > 1) note.where = name_of(run) + (note.where.empty() ? "" : ", ") + note.where;
            result.notes.push_back(std::move(note));
        }
    }
    const auto add = [&](const SettingsFile& file, const std::vector<std::string>& ignored) {
        if (!file.path.empty()) result.settings.push_back(file);
        for (const auto& text : ignored) result.notes.push_back({Severity::info, {}, text});
    };
    add(panel.file, panel.ignored);
    for (const auto& patient : question.cases) add(patient.file, patient.ignored);
}

}  // namespace

int Result::exit_code() const {
    return std::ranges::any_of(samples, [](const SampleResult& sample) { return sample.blocked; }) ? 1 : 0;
}

Result quantify(const std::vector<Run>& runs, const Question& question) {
    const auto plate = lay_out(runs, question.sheet);
    const auto measured = targets_of(plate);
    const auto panel = panel_for(question, measured);
    const Calibrations calibrations(plate, panel);
    Result result;
    add_curves(calibrations, result);
    result.confidence = panel.limits.confidence;
    add_inputs(runs, question, panel, result);
    if (std::ranges::none_of(measured, [&](const std::string& t) { return panel.reference(t) != nullptr; }))
        result.notes.push_back({Severity::warning, {}, "No reference target of the panel was measured in these runs."});

    std::vector<std::string> asked;
    for (const auto& patient : question.cases) {
        const auto markers = assay_markers(panel, patient);
        check_targets(panel, patient, markers, measured, result);
        const auto samples = samples_of(patient, question, plate);
        std::vector<std::string> baselines;
        for (const auto& sample : samples)
            if (sample.role == Role::baseline && !plate.of(sample.name).empty()) baselines.push_back(sample.name);
        for (const auto& sample : samples) {
            asked.push_back(sample.name);
            if (!plate.of(sample.name).empty()) {
                result.samples.push_back(
                    measure(patient, sample, panel, markers, plate, calibrations, samples, baselines));
                note_baseline(result.samples.back(), result);
            } else
                result.notes.push_back(
                    {Severity::info, patient.id, "Sample '" + sample.name + "' is not in these runs."});
        }
    }
    for (const auto& name : plate.samples())
        if (std::ranges::count(asked, name) == 0)
            result.notes.push_back(
                {Severity::info, {}, "Sample '" + name + "' belongs to no case: it was not calculated."});
    if (result.samples.empty())
        throw ConfigError("None of the case's samples is in these runs.", {}, {},
                          "The runs have the samples: " + joined(plate.samples()) + ".");
    return result;
}

}  // namespace microchim::chimerism
