// The instrument software's own concentrations beside ours.
#pragma once

#include "core/run/run.hpp"

namespace microchim::dpcr {

/// Adds one note where concentrations that the instrument software printed differ from ours, ln(1 - k/n)/-v, by more
/// than their rounding: how many, by how much, and which is the worst. Half a unit of the last printed place counts as
/// rounding, three significant figures from 1000 on, and 4e-6 for single precision. Wells without a volume, and
/// those of which every partition is positive, are not compared.
void compare_with_vendor(Run& run);

}  // namespace microchim::dpcr
