#include "core/qpcr/verdict.hpp"

#include <algorithm>
#include <cmath>

#include "core/qpcr/stats.hpp"

namespace microchim::qpcr {
namespace {

Onset onset_of(std::span<const float> fluorescence, const Landmarks& marks) {
    if (marks.bend < 1) return {};
    const std::size_t end = marks.bend - 1;
    return fit_onset(fluorescence, foot_begin(end), end);
}

Verdict judge(const Trace& trace) {
    const auto& marks = trace.marks;
    const auto& onset = trace.onset;
    const double height = trace.height;
    const std::size_t n = marks.filled.size();
    // A line that rises evenly reaches a height too.
    const double straight = std::max(marks.drift, 0.0) * static_cast<double>(n - marks.bend);
    if (!(height - straight > 12 * marks.scatter)) return Verdict::no_amplification;
    // Without cycles before the bend: a sample so rich that it rises at once ends flat; a blank that drifts does not.
    if (onset.points < 5) return straight > 0.25 * height ? Verdict::no_amplification : Verdict::baseline_error;
    if (onset.base <= 1.2 || !(onset.amplitude > 3 * onset.residual) || onset.amplitude > 0.6 * height)
        return Verdict::no_amplification;
    if (marks.bend + 4 > n) return Verdict::late_rise;
    if (marks.last_step > 0.4 * marks.steepest_step) return Verdict::no_plateau;
    if (marks.top - marks.last > 0.15 * height) return Verdict::hook_effect;
    if (marks.scatter > 0.03 * height) return Verdict::noisy;
    return Verdict::amplified;
}

}  // namespace

Trace trace_of(std::span<const float> fluorescence, bool excluded) {
    Trace trace{fluorescence, find_landmarks(fluorescence), {}, 0, Verdict::too_few_cycles, excluded};
    if (trace.marks.cycles < fewest_cycles) return trace;
    trace.onset = onset_of(fluorescence, trace.marks);
    trace.height = trace.marks.top - (trace.onset.points >= 5 ? trace.onset.baseline : trace.marks.filled.front());
    trace.verdict = judge(trace);
    return trace;
}

double compare_heights(std::span<Trace> traces) {
    std::vector<double> whole, any;
    for (const auto& trace : traces) {
        if (trace.excluded || !amplified(trace.verdict)) continue;
        any.push_back(trace.height);
        if (trace.verdict == Verdict::amplified || trace.verdict == Verdict::hook_effect) whole.push_back(trace.height);
    }
    if (any.empty()) return 0;
    const double usual = median(whole.empty() ? any : whole);
    for (auto& trace : traces)
        if (amplified(trace.verdict) && trace.height < 0.02 * usual) trace.verdict = Verdict::no_amplification;
    return usual;
}

}  // namespace microchim::qpcr
