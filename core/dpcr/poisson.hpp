// From counted partitions to copies: the Poisson step of digital PCR.
//
// A partition is negative when no copy fell into it, which happens with probability
// exp(-lambda); so lambda = -ln(1 - positive / accepted).
#pragma once

#include <cstdint>

namespace microchim::dpcr {

/// Limits of an interval, same unit as the estimate. `high` is infinity where there is none.
struct Interval {
    double low = 0, high = 0;
};

/// Mean copies per partition, 0 and up; infinity when every partition is positive (saturated).
/// \throws std::invalid_argument unless accepted >= 1 and 0 <= positive <= accepted.
double lambda(std::int64_t positive, std::int64_t accepted);

/// Copies per uL of reaction, from copies per partition and the volume of one partition in nL.
/// Infinity stays infinity. \throws std::invalid_argument for lambda < 0, volume <= 0 or NaN.
double copies_per_ul(double lambda, double volume_nl);

/// Exact interval of lambda: Clopper and Pearson's limits of the positive share (Biometrika 26, 1934, 404),
/// taken through -ln(1 - share). Covers at least `confidence` at every lambda.
/// No positive: low = 0 and high = -ln(alpha / 2) / accepted. All positive: high = infinity.
/// \param confidence two-sided, between 0 and 1, both excluded
/// \throws std::invalid_argument for counts as in lambda(), or a confidence outside its range.
Interval lambda_interval(std::int64_t positive, std::int64_t accepted, double confidence = 0.95);

}  // namespace microchim::dpcr
