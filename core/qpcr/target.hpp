// The curves of one target analysed together: the default method.
#pragma once

#include "core/qpcr/verdict.hpp"

namespace microchim::qpcr {

/// Share of the usual plateau at which Cq is taken: still exponential, well above the baseline.
constexpr double threshold_share = 0.05;

/// Fills Cq, efficiency, N0, threshold, baseline and plateau of every amplified curve of one target.
/// Each curve keeps its own baseline; the efficiency is the target's; the optical gain of a well is taken from its
/// plateau, at most 20 % either way.
/// \param traces of one target, judged
/// \param usual_height what compare_heights gave, fluorescence units
/// \param results one per trace
void analyse_target(std::span<const Trace> traces, double usual_height, std::span<ReactionResult> results);

}  // namespace microchim::qpcr
