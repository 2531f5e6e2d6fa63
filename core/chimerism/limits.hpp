// Detection and its limits (CLSI EP17-A2) for the wells of one sample.
#pragma once

#include <cstddef>
#include <optional>

#include "core/chimerism/evidence.hpp"
#include "core/chimerism/interval.hpp"

namespace microchim::chimerism {

/// What is assumed of a marker without a blank, for the call and LoB only: 3 false positives in 1.274e6 partitions,
/// the 60 wells without male DNA of a ZFY assay (Shaw et al. 2023, Prenat Diagn, doi 10.1002/pd.6333, public counts).
constexpr Blank assumed_blank{3, 1.274e6};

/// False-positive partitions to be expected: negative binomial.
struct FalsePositives {
    double mean = 0, variance = 0;

    /// Of N partitions after b of N_b were positive: rate ~ Gamma(b + 1/2, N_b) (Jeffreys).
    static FalsePositives after(const Blank& blank, double partitions);
    FalsePositives operator+(const FalsePositives& other) const {
        return {mean + other.mean, variance + other.variance};
    }

    double probability_of_at_least(double count) const;
    /// Smallest L with P(count <= L) >= 0.95, in partitions: the limit of blank.
    double limit_of_blank() const;
};

/// Copies whose signal exceeds `limit_of_blank` positives in 95 of 100 repeats.
double copies_at_detection(double limit_of_blank, double background_mean);

/// The same in wells of real-time PCR, where two copies in one well are one well with a Cq; infinite where no number of
/// wells would do.
double copies_in_wells(double limit_of_blank, double background_mean, double wells);

struct Detection {
    double p_value = 1;
    bool detected = false;
    std::optional<double> lob, lod, loq;  ///< fractions
    bool assumed = false;                 ///< a marker of digital PCR had no blank
    double copies = 0;  ///< of the markers, had all DNA been the donor's; 0 where no marker is the donor's alone
};

/// Markers that only this donor carries: their counts are added up. `genomes`: per partition of volume 1.
/// Nothing where there is no such marker.
std::optional<Detection> detect_by_counts(const Evidence& evidence, std::size_t donor, double genomes);

/// The limit of quantification of a detection whose wells are of real-time PCR: where the standard error of the
/// fraction, with Cq noise and calibration, is a quarter of it. Missing where it never gets so small.
void quantify_by_error(Detection& seen, const Model& model, const Solution& solution, std::size_t donor);

/// All other markers: likelihood ratio and the standard error of the fraction.
Detection detect_by_likelihood(const Model& model, const Solution& solution, std::size_t donor);

}  // namespace microchim::chimerism
