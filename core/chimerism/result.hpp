// What is handed on: for every sample the donor fraction with its interval and all that it rests on.
// core/report turns it into the one JSON document that the command, Python and the service share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/chimerism/case.hpp"
#include "core/chimerism/delta_cq.hpp"
#include "core/chimerism/fraction.hpp"
#include "core/run/run.hpp"

namespace microchim::chimerism {

/// A file that was read, and by whom.
struct ResultInput {
    std::string path, sha256, reader, reader_version, reader_maturity;
};

struct DonorResult {
    std::string donor;
    DonorEstimate estimate;
    std::string chimerism_class;           ///< "none", "micro", "mixed", "full"; empty: not calculated
    std::vector<int> days_after_infusion;  ///< one per infusion of this donor before the sample
};

struct MarkerResult {
    std::string marker, donor;
    std::optional<double> fraction, low, high;
    std::int64_t positive = 0, accepted = 0;  ///< partitions; of real-time PCR wells, those with a Cq and all
    bool used = false;
    std::string reason;                          ///< why it was not used
    bool real_time = false;                      ///< wells are counted, not partitions
    std::vector<std::optional<double>> cq = {};  ///< real-time PCR: of each well, in plate order
};

struct SampleResult {
    std::string case_id, sample;
    Role role = Role::follow_up;
    std::string collected, specimen;
    std::vector<std::string> wells;  ///< "A01", in plate order
    std::optional<double> genomes;   ///< diploid genomes looked at
    std::vector<DonorResult> donors;
    std::vector<MarkerResult> markers;
    std::optional<Heterogeneity> heterogeneity;
    std::vector<Classical> classical;  ///< the second estimator, marker by marker
    std::vector<Note> notes;
    bool blocked = false;  ///< quality control stops it: the notes say why
};

/// A standard curve, as a laboratory checks it: ordinary least squares over individual wells.
struct CurveResult {
    std::string target, run, unit;
    double slope = 0, intercept = 0, slope_se = 0, intercept_se = 0, r2 = 0, sd = 0, efficiency = 0;
    std::size_t wells = 0, levels = 0;
};

struct Result {
    std::string instrument;  ///< "QX200", as the completed runs say
    std::vector<ResultInput> inputs;
    std::vector<SettingsFile> settings;
    std::vector<SampleResult> samples;
    std::vector<CurveResult> curves;
    std::vector<Note> notes;
    double confidence = 0.95;
    int exit_code() const;  ///< 0, or 1 where a sample is blocked
};

}  // namespace microchim::chimerism
