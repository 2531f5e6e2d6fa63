// From the wells of the standards to the curve that the likelihood reads Cq values on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/chimerism/cq_wells.hpp"
#include "core/qpcr/standard_curve.hpp"

namespace microchim::chimerism {

struct FittedCurve {
    std::optional<qpcr::StandardCurve> line;  ///< ordinary least squares, per unit: what a laboratory checks
    std::optional<CqCurve> curve;             ///< weighted, per copy: what the likelihood uses
    std::string reason;                       ///< why there is no curve, the end of a sentence
};

/// Wells without a Cq or without a quantity above 0 are not in the fit.
/// \param copies_per_unit of the target, in a unit of the quantities; above 0
FittedCurve fit_curve(const std::vector<qpcr::StandardWell>& wells, double copies_per_unit);

/// A number in a note on a curve, with so many decimals: "-3.45".
std::string figure(double value, int digits);

}  // namespace microchim::chimerism
