// The standard curve of one target: Cq = intercept + slope log10(quantity), over individual wells.
// Methods and what they were held against: docs/methods/real-time.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace microchim::qpcr {

/// One well of a standard. No Cq: undetermined.
struct StandardWell {
    double quantity = 0;  ///< > 0, in any unit
    std::optional<double> cq;
    std::string where;  ///< "A01"
};

enum class Weighting {
    none,    ///< ordinary least squares
    poisson  ///< a well of few copies scatters more and, where it has a Cq, holds more than the mean; needs copies
};

/// A well that does not fit the line. It is in the fit all the same.
struct Outlier {
    std::size_t well = 0;    ///< index into the wells
    double studentised = 0;  ///< residual in its own standard errors, by a fit without it
};

struct StandardCurve {
    double intercept = 0, slope = 0;  ///< Cq of one unit; Cq per tenfold quantity, below 0
    double sd = 0;                    ///< of one well's Cq; with Weighting::poisson beside the Poisson noise
    double freedom = 0;               ///< degrees of freedom of sd
    double intercept_variance = 0, slope_variance = 0, covariance = 0;
    double r2 = 0;
    std::size_t wells = 0, levels = 0, undetermined = 0;
    double lowest = 0, highest = 0;                        ///< quantities with a Cq
    double mean_cq = 0, mean_log = 0, sum_of_squares = 0;  ///< weighted; of log10(quantity) about its mean
    std::optional<double> lack_of_fit;  ///< p-value against a mean of its own for every level; needs replicates
    std::vector<Outlier> outliers;

    /// Base per cycle: 2 doubles. 10^(-1/slope).
    double efficiency() const;
    double efficiency_se() const;
    double quantity(double cq) const;
};

/// Least squares; undetermined wells and those without a quantity above 0 are left out. Nothing where there are fewer
/// than three wells with a Cq, fewer than two levels, or Cq does not fall with quantity.
/// \param copies_per_unit of the target; used by Weighting::poisson
std::optional<StandardCurve> fit_standard_curve(const std::vector<StandardWell>& wells,
                                                Weighting weighting = Weighting::none, double copies_per_unit = 1);

/// A quantity with its interval; `high` is infinite and `low` 0 where the slope is too uncertain for one.
struct Prediction {
    double quantity = 0, low = 0, high = 0;
};

/// Inverse prediction (Fieller) from the mean Cq of `replicates` wells.
Prediction predict(const StandardCurve& curve, double mean_cq, std::size_t replicates, double confidence = 0.95);

/// Two sets of standards under one name: the distance of their parallel lines in cycles, where every replicated level
/// falls apart in the same way. Nothing where one line will do.
std::optional<double> two_lines(const std::vector<StandardWell>& wells);

}  // namespace microchim::qpcr
