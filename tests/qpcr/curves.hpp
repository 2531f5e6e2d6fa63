// Simulated amplification curves whose start, efficiency and plateau are known.
#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "core/run/run.hpp"

namespace testing {

struct Known {
    double copies = 1000;     ///< at cycle 0
    double efficiency = 1.9;  ///< base per cycle
    double plateau = 5e11;    ///< copies
    double gain = 1e-8;       ///< fluorescence per copy
    double baseline = 1000, drift = 0, noise = 2;
    std::size_t cycles = 45;
    unsigned seed = 1;
};

/// Growth by (efficiency - 1)(1 - copies / plateau) each cycle, a straight baseline and normal noise.
inline std::vector<float> curve_of(const Known& known) {
    std::mt19937 random(known.seed);
    std::normal_distribution<double> normal(0, 1);
    std::vector<float> values;
    double copies = known.copies;
    for (std::size_t c = 1; c <= known.cycles; ++c) {
        copies *= 1 + (known.efficiency - 1) * (1 - copies / known.plateau);
        values.push_back(static_cast<float>(known.baseline + known.drift * static_cast<double>(c) +
                                            known.gain * copies + known.noise * normal(random)));
    }
    return values;
}

inline void add(microchim::Run& run, std::vector<float> values, const std::string& target = "SRY") {
    microchim::React react;
    microchim::Curve curve;
    curve.target = target;
    curve.fluorescence = std::move(values);
    react.curves.push_back(std::move(curve));
    run.reacts.push_back(std::move(react));
}

/// Five dilutions, three replicates each, of one target.
inline microchim::Run series(double efficiency = 1.9, double baseline = 1000) {
    microchim::Run run;
    unsigned seed = 0;
    for (const double copies : {1e6, 1e5, 1e4, 1e3, 1e2})
        for (int replicate = 0; replicate < 3; ++replicate)
            add(run, curve_of({.copies = copies, .efficiency = efficiency, .baseline = baseline, .seed = ++seed}));
    return run;
}

}  // namespace testing
