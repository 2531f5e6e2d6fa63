// Robust location and spread, as all of qpcr uses them.
#pragma once

#include <vector>

namespace microchim::qpcr {

/// The middle value; of an even number the mean of the middle two. NaN for none. Values must be finite.
double median(std::vector<double> values);

/// Median absolute deviation x 1.4826: the standard deviation of normal values. 0 for fewer than 2.
double spread(const std::vector<double>& values);

}  // namespace microchim::qpcr
