// Counts to copies per partition. The limits come from the incomplete beta function of Boost.Math.
#include "core/dpcr/poisson.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace microchim::dpcr {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void require_counts(std::int64_t positive, std::int64_t accepted) {
    if (accepted >= 1 && positive >= 0 && positive <= accepted) return;
    throw std::invalid_argument(
        "Positive partitions must be 0 to the number of accepted ones, of which there must be "
        "at least one: found " +
        std::to_string(positive) + " of " + std::to_string(accepted) + ".");
}

}  // namespace

double lambda(std::int64_t positive, std::int64_t accepted) {
    require_counts(positive, accepted);
    if (positive == accepted) return infinity;
    // log1p: exact to the last digits where one partition in a million is positive.
    return -std::log1p(-static_cast<double>(positive) / static_cast<double>(accepted));
}

double copies_per_ul(double lambda, double volume_nl) {
    if (!(lambda >= 0)) throw std::invalid_argument("Copies per partition must be 0 or more.");
    if (!(volume_nl > 0) || !std::isfinite(volume_nl))
        throw std::invalid_argument("The volume of a partition must be a number of nanolitres above 0.");
    return lambda / volume_nl * 1000.0;
}

Interval lambda_interval(std::int64_t positive, std::int64_t accepted, double confidence) {
    require_counts(positive, accepted);
    if (!(confidence > 0 && confidence < 1))
        throw std::invalid_argument("A confidence level must lie between 0 and 1.");
    const double tail = (1 - confidence) / 2;
    const auto k = static_cast<double>(positive);
    const auto n = static_cast<double>(accepted);
    // ibetac_inv solves for the share, and hands back 1 - share beside it: the logarithm of that
    // is lambda without cancellation, near saturation too.
    Interval limits{0, infinity};
    double negative_share = 0;
    if (positive > 0) {
        boost::math::ibeta_inv(k, n - k + 1, tail, &negative_share);
        limits.low = -std::log(negative_share);
    }
    if (positive == 0) {
        limits.high = -std::log(tail) / n;  // (1 - share)^n = alpha / 2, in closed form
    } else if (positive < accepted) {
        boost::math::ibetac_inv(k + 1, n - k, tail, &negative_share);
        limits.high = -std::log(negative_share);
    }
    return limits;
}

}  // namespace microchim::dpcr
