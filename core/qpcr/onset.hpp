// The foot of a curve: a straight baseline and an exponential that leaves it.
#pragma once

#include <span>

namespace microchim::qpcr {

/// baseline + slope (c - end) + amplitude base^(c - end), c counting cycles from 0
struct Onset {
    double baseline = 0;   ///< fluorescence units, at `end`
    double slope = 0;      ///< fluorescence units per cycle
    double amplitude = 0;  ///< rise above the baseline at `end`
    double base = 1;       ///< 1.2 to 2.4 per cycle
    double residual = 0;   ///< root mean square of what is left, fluorescence units
    int points = 0;        ///< values used
};

/// Least squares over cycles first..end: a grid of bases, the other three in closed form (variable projection, Golub
/// and Pereyra 1973). Values that are not finite are left out; with fewer than 5 the result has points < 5 and zeros.
Onset fit_onset(std::span<const float> fluorescence, std::size_t first, std::size_t end);

}  // namespace microchim::qpcr
