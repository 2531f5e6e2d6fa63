// The curves of one target analysed together: the default method.
#pragma once

#include "core/qpcr/verdict.hpp"

namespace microchim::qpcr {

/// Fills Cq, efficiency, N0, threshold, baseline and plateau of every amplified curve of one target.
/// Each curve keeps its own baseline; the efficiency is the target's; the optical gain of a well is taken from its
/// plateau, at most 20 % either way.
/// \param traces of one target, judged; verdicts of curves that do not fit the common shape become `noisy`
/// \param results one per trace, verdict not yet set
void analyse_target(std::span<Trace> traces, std::span<ReactionResult> results);

}  // namespace microchim::qpcr
