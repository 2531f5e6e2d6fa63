// What `microchim cq` answers, for the command and for Python.
#pragma once

#include <vector>

#include "core/qpcr/analyse.hpp"
#include "core/report/json.hpp"

namespace microchim::report {

/// A run and what its curves say.
struct AnalysedRun {
    const Run* run = nullptr;
    std::vector<qpcr::ReactionResult> results;

    const React& react(const qpcr::ReactionResult& result) const { return run->reacts[result.react]; }
    const Curve& curve(const qpcr::ReactionResult& result) const { return react(result).curves[result.curve]; }
    /// The run's own name, else where it was read from.
    const std::string& name() const { return run->id.empty() ? run->provenance.path : run->id; }
};

/// Analyses every run; the runs must outlive the answer.
/// \throws ReadError where none of them holds an amplification curve
std::vector<AnalysedRun> analyse_runs(const std::vector<const Run*>& runs, qpcr::Method method);

/// Schema "microchim/cq/1".
Json cq_json(const std::vector<AnalysedRun>& runs, qpcr::Method method);

}  // namespace microchim::report
