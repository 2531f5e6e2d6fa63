// From amplification curves to Cq, efficiency and N0: what a run's real-time curves say, reaction by reaction.
// docs/methods/cq.md explains the methods and what they were measured against.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::qpcr {

enum class Method {
    window,             ///< the curves of a target together: common window, one efficiency
    threshold,          ///< where the curve crosses one threshold of its target
    second_derivative,  ///< the maximum of the second derivative of the smoothed curve
    model,              ///< the maximum of the second derivative of a fitted sigmoid
};

/// What kind of curve it is. From `amplified` to `noisy` there was amplification, and Method::window gives a Cq; the
/// other methods may find none.
enum class Verdict {
    amplified,
    late_rise,    ///< the rise begins so late that little of it was seen
    no_plateau,   ///< still rising exponentially at the last cycle
    hook_effect,  ///< falls again after the plateau
    noisy,        ///< the scatter of the curve makes the Cq doubtful
    no_amplification,
    baseline_error,  ///< rises, but without a baseline before an exponential rise
    too_few_cycles,  ///< too few cycles were read to judge
};

/// One curve of one react.
struct ReactionResult {
    std::size_t react = 0;  ///< index into Run::reacts
    std::size_t curve = 0;  ///< index into React::curves
    Verdict verdict = Verdict::too_few_cycles;
    std::optional<double> cq;          ///< cycles, from 1 on; none without amplification
    std::optional<double> efficiency;  ///< base per cycle, 1 to 2 or a little more; of the target with Method::window
    std::optional<double> own_efficiency;  ///< base per cycle of this reaction alone
    std::optional<double> n0;              ///< fluorescence units at cycle 0; compares reactions of one target
    std::optional<double> threshold;       ///< fluorescence above the baseline at which Cq is taken; of the target
    std::optional<double> baseline;        ///< fluorescence units, at the Cq or, without one, in the middle
    std::optional<double> plateau;         ///< fluorescence units above the baseline
    std::vector<std::string> notes;        ///< full sentences
};

/// True where there was amplification.
bool amplified(Verdict verdict);

/// Analyses every curve that holds fluorescence. Curves of one target and dye are looked at together; the order of
/// wells does not matter. Excluded curves get a result and are not used for others.
/// \return one result per curve with fluorescence, in the order of the run; empty where the run has no curves
std::vector<ReactionResult> analyse(const Run& run, Method method = Method::window);

/// "window", "threshold", "second-derivative", "model"
const char* to_string(Method method);
/// The method of that name; none: there is no such.
std::optional<Method> method_of(std::string_view name);
/// "amplified", "late rise", "no plateau", "hook effect", "noisy", "no amplification", ...
const char* to_string(Verdict verdict);

}  // namespace microchim::qpcr
