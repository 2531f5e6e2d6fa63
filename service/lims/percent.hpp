// Fractions as a laboratory reads them: percent, with as many decimals as the doubt allows.
#pragma once

#include <optional>
#include <string>

namespace microchim::lims {

/// Decimals that give half the width of low..high (fractions, 0..1) two significant digits in percent, but at most two
/// more than the limit of detection has, and enough that a fraction above 0 is not written as 0.
int decimals_of(double fraction, double low, double high, std::optional<double> lod);

/// 0.0042 -> "0.42" with 2 decimals.
std::string percent(double fraction, int decimals);

/// A limit with two significant digits: 0.0005 -> "0.050".
std::string percent_limit(double fraction);
/// The same never rounded down, for "less than".
std::string percent_at_most(double fraction);

}  // namespace microchim::lims
