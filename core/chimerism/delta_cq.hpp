// The classical estimator beside the likelihood: ddCq against the person's own DNA before the transplant, corrected for
// the efficiencies (Pfaffl 2001, Nucleic Acids Res 29:e45), with its error.
#pragma once

#include <string>
#include <vector>

#include "core/chimerism/assay.hpp"
#include "core/chimerism/calibration.hpp"
#include "core/chimerism/case.hpp"

namespace microchim::chimerism {

/// A donor's share by one marker.
struct Classical {
    std::string marker, donor, reference, calibrator;
    double fraction = 0, low = 0, high = 1;
};

/// What a difference of Cq is made of.
struct MeanCq {
    double cq = 0, variance = 0;  ///< of the mean
};
struct Amplification {
    double log_base = 0.6931471805599453, variance = 0;  ///< ln of the base per cycle
};
/// Log of the share of the calibrator's kind of DNA, and its variance.
struct LogShare {
    double value = 0, variance = 0;
};
LogShare pfaffl(const MeanCq& target, const MeanCq& target_calibrator, const Amplification& target_amplification,
                const MeanCq& reference, const MeanCq& reference_calibrator,
                const Amplification& reference_amplification);

/// For every usable marker that one kind of genome has alone, where that person's own DNA was run beside the sample and
/// every well has a Cq.
std::vector<Classical> delta_cq(const Plate& plate, const Panel& panel, const Calibrations& calibrations,
                                const std::vector<AssayMarker>& markers, const Case& patient,
                                const std::vector<CaseSample>& samples, const std::string& sample);

}  // namespace microchim::chimerism
