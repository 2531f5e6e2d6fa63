// The common shape of the curves of one target: what they share (efficiency, where growth slows down) and what each
// has of its own (baseline, when it rises).
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace microchim::qpcr {

/// What the reactions of one target share. In units of a curve's plateau the rise above the baseline is
/// u(c) = kappa / (1 + exp(-log_base (c - tau))): exponential at first with base exp(log_base), growing by
/// (1 - u / kappa) less later (Verhulst; Rutledge and Stewart 2008 call it loss of efficiency).
struct Shape {
    double log_base = 0.64;  ///< natural logarithm of the efficiency as a base
    double kappa = 1.2;      ///< in plateaus; above 1 where the real curve levels off more slowly than the logistic
};

/// One curve, in units of its plateau.
struct Foot {
    std::span<const float> fluorescence;
    std::size_t first = 0, end = 0;  ///< cycles used, from 0, both included
    double plateau = 1;              ///< fluorescence units above the baseline
    double scatter = 0.002;          ///< of one value, in plateaus
    double baseline = 0, slope = 0;  ///< at `end`; per cycle; in plateaus
    double tau = 0;                  ///< cycle, from 0
    double misfit = 0;               ///< mean squared residual over its expectation; 1 is good
    bool shared = true;              ///< tells about the shape
};

/// Fits shape and feet together by Gauss-Newton; the curves' own parameters are eliminated (Schur complement), so the
/// work grows with the number of curves only. Values weigh 1 / (scatter^2 + (0.12 u)^2); a curve that fits badly
/// counts little (Cauchy weight). A weak prior (efficiency 1.9 +- 0.2, kappa 1.2 within a factor 1.6, drift
/// 0 +- 0.2 % of the plateau per cycle) decides where a
/// single curve cannot. Curves that are not `shared` get their own parameters under the final shape.
Shape fit_shape(std::span<Foot> feet);

/// Natural logarithm of the efficiency of one curve alone, with the kappa of the shape. None where it does not settle.
std::optional<double> own_log_base(Foot foot, Shape shape);

}  // namespace microchim::qpcr
