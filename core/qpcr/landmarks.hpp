// Where things happen on one curve: the bend, the steepest rise, the top; and how much it scatters.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace microchim::qpcr {

/// Fewer cycles than this say nothing.
constexpr std::size_t fewest_cycles = 10;

/// Indices count cycles from 0. Only meaningful where `cycles` >= fewest_cycles.
struct Landmarks {
    std::vector<double> filled;  ///< fluorescence without gaps: straight lines across them
    std::size_t cycles = 0;      ///< finite values
    std::size_t bend = 0;        ///< maximum of the second derivative (5 points, parabola), not after `steepest`
    std::size_t steepest = 0;    ///< maximum of the first derivative (central difference)
    double top = 0;              ///< mean of the five highest values; the plateau where there is one
    double last = 0;             ///< mean of the last three values
    double last_step = 0;        ///< mean rise per cycle over the last three cycles
    double steepest_step = 0;    ///< rise per cycle at `steepest`
    double drift = 0;            ///< the usual rise per cycle: median of the steps, of the baseline and the plateau
    double scatter = 0;          ///< of one value, from the second differences: drift and curve leave it alone
};

/// \param fluorescence cycle 1, 2, ...; NaN or infinite for a cycle that was not read
Landmarks find_landmarks(std::span<const float> fluorescence);

/// Second derivative at `at`, of the parabola through five points (Savitzky and Golay 1964); 2 <= at <= size - 3.
double second_derivative(std::span<const double> values, std::size_t at);

}  // namespace microchim::qpcr
