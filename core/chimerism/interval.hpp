// Estimate and confidence interval of one genome's share: profile likelihood of slightly shifted counts.
// The method, its reasons and its measured coverage: docs/methods/fraction.md.
#pragma once

#include <cstddef>

#include "core/chimerism/evidence.hpp"

namespace microchim::chimerism {

/// Maximum of a model, with a local quadratic picture of it that also stands at counts of 0.
struct Solution {
    Fit fit;                      ///< fit.y: genomes per partition, then false positives per partition
    Eigen::VectorXd information;  ///< about each rate, from (k + 1) / (N + 2)
    Eigen::VectorXd started;      ///< the rates that it was taken at
    Eigen::MatrixXd covariance;   ///< of the unknowns, from these
    double genomes = 0;           ///< all genomes, per partition of volume 1
    double share(std::size_t genome) const { return fit.y[static_cast<Eigen::Index>(genome)] / genomes; }
};

/// Of the standard normal distribution; p strictly between 0 and 1.
double normal_quantile(double p);

Solution solve(const Model& model);

/// All in 0..1, low <= fraction <= high.
struct Interval {
    double fraction = 0;
    double low = 0, high = 1;  ///< two-sided
    double upper = 1;          ///< one-sided at the same confidence
};

Interval interval(const Model& model, const Solution& solution, std::size_t genome, double confidence);

/// One-sided p-value of "this genome is absent": signed root of the likelihood ratio with the shift of the lower limit.
double p_absent(const Model& model, const Solution& solution, std::size_t genome);

}  // namespace microchim::chimerism
