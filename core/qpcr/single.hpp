// Each curve by itself: the classic ways to a Cq.
#pragma once

#include <optional>

#include "core/qpcr/verdict.hpp"

namespace microchim::qpcr {

/// Where the curve last rises through `threshold` above its baseline line, log-linear between the two cycles. Cycles,
/// from 1 on; none where it never does.
std::optional<double> threshold_cq(const Trace& trace, double threshold);

/// The maximum of the second derivative, refined by a parabola through its neighbours (Luu-The et al. 2005). Cycles,
/// from 1 on; none where the bend is not bracketed.
std::optional<double> bend_cq(const Trace& trace);

/// Base of the exponential between 1 % and 12 % of the height: the slope of the logarithm over cycles (Ramakers et al.
/// 2003). None with fewer than 3 cycles there.
std::optional<double> window_base(const Trace& trace);

/// floor + height (1 + exp(-rate (c - middle)))^-skew: the five-parameter sigmoid (Spiess, Feig and Ritz 2008).
/// c counts cycles from 1.
struct Sigmoid {
    double floor = 0, height = 0;  ///< fluorescence units
    double rate = 0;               ///< per cycle
    double middle = 0;             ///< cycle
    double skew = 1;
    double residual = 0;  ///< root mean square, fluorescence units

    double at(double cycle) const;
    /// The maximum of the second derivative, in closed form.
    double bend() const;
};

/// Least squares over all cycles but the first (Levenberg-Marquardt). None where it does not converge.
std::optional<Sigmoid> fit_sigmoid(const Trace& trace);

/// Fills the result of one amplified curve by one of these methods.
/// \param threshold fluorescence units above the baseline
void analyse_alone(const Trace& trace, Method method, double threshold, ReactionResult& result);

}  // namespace microchim::qpcr
