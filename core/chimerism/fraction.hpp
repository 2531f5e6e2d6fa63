// The donor fraction of one sample: one likelihood for all markers, donors, references and blanks.
// Statistics, references and validation: docs/methods/fraction.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/chimerism/observation.hpp"

namespace microchim::chimerism {

enum class DetectionCall { detected, detected_below_loq, not_detected, not_calculated };
/// "detected", "detected_below_loq", "not_detected", "not_calculated"
const char* to_string(DetectionCall call);

/// One marker on its own, read against all references.
struct Marker {
    std::string target;
    double fraction = 0, low = 0, high = 1;  ///< of the donor's genomes, 0..1, two-sided
    std::size_t donor = 0;                   ///< which one it informs
    std::int64_t positive = 0, accepted = 0;
};

/// Share of one donor's genomes in the sample.
struct DonorEstimate {
    double fraction = 0;       ///< 0..1
    double low = 0, high = 1;  ///< two-sided; low is 0 where the donor is not detected
    double upper = 1;          ///< one-sided, to be printed where the donor is not detected
    double p_value = 1;        ///< of "no donor DNA, only background"
    DetectionCall call = DetectionCall::not_calculated;
    /// CLSI EP17 limits of this sample as fractions; missing where above 1: too little DNA.
    std::optional<double> lob, lod, loq;
};

/// Do the markers agree? Missing where there is nothing to compare.
struct Heterogeneity {
    double q = 0;    ///< likelihood ratio against every marker having its own amount
    double p = 1;    ///< of q, chi-squared
    double tau = 0;  ///< spread of fractions between markers beyond counting; 0 where p >= 2e-4
};

struct Estimate {
    std::vector<DonorEstimate> donors;
    double genomes = 0;  ///< diploid genomes in the partitions of the target that looked at most of them
    std::vector<Marker> markers;
    std::optional<Heterogeneity> heterogeneity;
    bool contradictory = false;      ///< no share of the donors explains the counts: the notes say so
    std::vector<std::string> notes;  ///< full sentences
};

struct Settings {
    double confidence = 0.95;  ///< 0.5..0.9999; detection and LoB, LoD, LoQ stay at EP17's 5 %
};

/// \throws ConfigError with one clear sentence where it cannot be computed.
Estimate estimate(const std::vector<Observation>& observations, const Settings& settings = {});

}  // namespace microchim::chimerism
