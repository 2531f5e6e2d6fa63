// The counts and Cq values that speak about one sample: its wells, and its blanks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/chimerism/assay.hpp"
#include "core/chimerism/calibration.hpp"
#include "core/chimerism/observation.hpp"
#include "core/chimerism/plate.hpp"

namespace microchim::chimerism {

struct Gathered {
    std::vector<Observation> observations;  ///< `target` is the marker's id, or the reference's target
    std::vector<std::string> wells;         ///< used, "A01"
    std::vector<Note> notes;
    bool contaminated = false;                  ///< a no-template control amplified
    bool blocked = false;                       ///< by other quality control of real-time PCR
    std::string stopped;                        ///< why nothing may be calculated; empty: nothing stops it
    std::map<std::string, std::string> unused;  ///< why the Cq values of a marker are no evidence
};

/// Which wells to gather from and for whom.
struct GatherRequest {
    const Plate& plate;
    const Panel& panel;
    const std::vector<AssayMarker>& markers;
    const Calibrations& calibrations;
    std::size_t donors;  ///< how many the case has
    std::string sample;
    std::vector<std::string> baselines;  ///< the patient's pre-infusion samples; empty: none, or this is one
};

/// Counts of the sample in all its wells. The blank of a marker is the patient's own baseline sample where the
/// recipient lacks the target and the baseline was run, else the no-template controls.
Gathered gather(const GatherRequest& request);

/// Adds the sample's real-time wells: Cq values with their standard curve, and what quality control says of them.
void gather_real_time(const GatherRequest& request, Gathered& out);

}  // namespace microchim::chimerism
