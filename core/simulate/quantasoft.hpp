// The drawn plate as QuantaSoft 1.7.4 exports it.
#pragma once

#include <string>

#include "core/simulate/draw.hpp"

namespace microchim::simulate {

/// The result table: 63 names, rows of 64 fields, all of channel 1 and then all of channel 2. The counts are those of
/// the cluster codes.
std::string quantasoft_table(const DrawnPlate& plate);

/// One amplitude file: both channels and the cluster code of every accepted partition.
std::string quantasoft_amplitudes(const DrawnWell& well);

/// "<run>_A01_Amplitude.csv"
std::string quantasoft_amplitude_name(const Plan& plan, const DrawnWell& well);

}  // namespace microchim::simulate
