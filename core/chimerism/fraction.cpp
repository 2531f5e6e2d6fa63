// From observations to the estimate: fold, solve once, then interval, detection and agreement.
#include "core/chimerism/fraction.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/chimerism/agreement.hpp"
#include "core/chimerism/evidence.hpp"
#include "core/chimerism/interval.hpp"
#include "core/chimerism/limits.hpp"
#include "core/run/errors.hpp"

namespace microchim::chimerism {
namespace {

std::vector<std::size_t> upto(std::size_t n) {
    std::vector<std::size_t> all(n);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
}

/// Several targets see the same DNA, so they are not added up.
double genomes_seen(const Evidence& e, double genomes) {
    std::map<std::string, double> by_target;
    double most = 0;
    for (const Group& g : e.groups) {
        most = std::max(most, by_target[g.target] += g.looked_at() * g.volume * genomes);
    }
    return most;
}

void note_assumed_blank(const Evidence& e, std::vector<std::string>& notes) {
    std::string names;
    for (const Group& g : e.groups) {
        if (g.wells || g.blank || g.copies[e.recipient()] > 0 || names.find("'" + g.target + "'") != std::string::npos)
            continue;
        names += (names.empty() ? "'" : ", '") + g.target + "'";
    }
    notes.push_back("No blank for " + names +
                    ": for the detection call 3 false positives in 1.274 million partitions were assumed "
                    "(Shaw et al. 2023, ZFY); measure negative controls to know.");
}

void note_unblanked_wells(const Evidence& e, std::vector<std::string>& notes) {
    std::string names;
    for (const std::string& target : e.unblanked) names += (names.empty() ? "'" : ", '") + target + "'";
    if (names.empty()) return;
    notes.push_back("No negative control for " + names +
                    ": 0 of 202 wells with a Cq were assumed (Kanaan et al. 2023); run negative controls to know.");
}

/// With no recipient DNA left in the model there is nothing more to give: what then does not fit is no matter of
/// the share. 19.5 is the chi-squared of one degree of freedom at p = 1e-5; at high counts an everyday difference
/// between two assays is significant, too, so a part of the counts is allowed for: some ten percent of spread.
bool contradictory(const Evidence& evidence, const Solution& solution) {
    double positives = 0;
    for (const Group& g : evidence.groups) positives += static_cast<double>(g.positive);
    return solution.share(evidence.recipient()) < 1e-9 && -2 * solution.fit.value > 19.5 + 0.04 * positives;
}

/// A blank that shows clearly more than the sample is a blank of something else.
void note_dirty_blanks(const Evidence& evidence, std::vector<std::string>& notes) {
    for (const Group& g : evidence.groups) {
        if (!g.blank || g.blank->positive < 5) continue;
        const double expected = g.blank->positive / g.blank->accepted * g.looked_at();
        if (expected > static_cast<double>(g.positive) + 3 * std::sqrt(expected) + 3) {
            notes.push_back("The blank of '" + g.target +
                            (g.wells ? "' shows more wells with a Cq than the sample; check it."
                                     : "' shows more positive partitions than the sample; check it."));
        }
    }
}

DonorEstimate one_donor(double fraction, const Model& model, const Solution& solution, std::size_t j,
                        const Detection& seen, double confidence) {
    const Interval i = interval(model, solution, j, confidence);
    const double upper = std::max(i.upper, fraction);
    DonorEstimate d{fraction,
                    std::min(i.low, fraction),
                    std::max(i.high, upper),
                    upper,
                    seen.p_value,
                    DetectionCall::not_detected,
                    seen.lob,
                    seen.lod,
                    seen.loq};
    if (!seen.detected && seen.copies > 0) {
        // However much background is expected: a share whose copies would all have been missed with this probability
        // cannot be excluded. Counting fewer positives than the blank foretells is luck, not more DNA.
        d.upper = std::max(d.upper, std::min(-std::log1p(-confidence) / seen.copies, 1.0));
        d.high = std::max(d.high, d.upper);
    }
    if (seen.detected) {
        const bool quantified = seen.loq && fraction >= *seen.loq;
        d.call = quantified ? DetectionCall::detected : DetectionCall::detected_below_loq;
    }
    return d;
}

}  // namespace

const char* to_string(DetectionCall call) {
    switch (call) {
        case DetectionCall::detected:
            return "detected";
        case DetectionCall::detected_below_loq:
            return "detected_below_loq";
        case DetectionCall::not_detected:
            return "not_detected";
        case DetectionCall::not_calculated:
            return "not_calculated";
    }
    return "not_calculated";
}

Estimate estimate(const std::vector<Observation>& observations, const Settings& settings) {
    const double confidence = settings.confidence;
    if (!(confidence >= 0.5 && confidence <= 0.9999)) {
        throw ConfigError("The confidence must be between 0.5 and 0.9999; 0.95 is usual.");
    }
    const Evidence evidence = fold(observations, confidence);
    const auto groups = upto(evidence.groups.size()), genomes = upto(evidence.donors + 1);
    const Model model = build(evidence, groups, genomes);
    const Solution solution = solve(model);
    // With a background for every marker and small blanks, each background takes up the noise of its marker, and the
    // limits come out too low. Where the blanks allow it, the limits therefore rest on one background for all markers.
    const bool share = blanks_agree(evidence);
    const Model limiting = share ? build(evidence, groups, genomes, Background::shared) : model;
    const Solution limiting_solution = share ? solve(limiting) : solution;

    Estimate result;
    result.notes = evidence.notes;
    result.genomes = genomes_seen(evidence, solution.genomes);
    bool assumed = false;
    for (std::size_t j = 0; j < evidence.donors; ++j) {
        const auto counted = detect_by_counts(evidence, j, solution.genomes);
        Detection seen = counted ? *counted : detect_by_likelihood(limiting, limiting_solution, j);
        if (counted && evidence.real_time) quantify_by_error(seen, limiting, limiting_solution, j);
        assumed = assumed || seen.assumed;
        result.donors.push_back(one_donor(solution.share(j), limiting, limiting_solution, j, seen, confidence));
    }
    if (assumed) note_assumed_blank(evidence, result.notes);
    note_unblanked_wells(evidence, result.notes);
    note_dirty_blanks(evidence, result.notes);
    result.contradictory = contradictory(evidence, solution);
    if (result.contradictory) {
        const bool partitions = std::ranges::any_of(evidence.groups, [](const Group& g) { return !g.curve; });
        result.notes.push_back(std::string(partitions ? "The counts contradict" : "The Cq values contradict") +
                               " the genotypes: not even donor DNA alone explains them. Check who carries what, the "
                               "target names and the " +
                               (partitions ? "thresholds." : "standard curves."));
    }
    result.markers = single_markers(evidence, confidence, result.notes);
    if (const auto comparison = compare(evidence, model, solution)) {
        result.heterogeneity = comparison->found;
        widen(result, comparison->freedom, confidence);
    }
    for (DonorEstimate& d : result.donors) {
        if (d.call == DetectionCall::not_detected) d.low = 0;
    }
    return result;
}

}  // namespace microchim::chimerism
