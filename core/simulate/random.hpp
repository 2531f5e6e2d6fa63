// Chance that gives the same plate on every machine. The standard library fixes the bits of mt19937_64 but not its
// distributions; these use integers, comparisons and + - * / only, which are the same everywhere.
#pragma once

#include <cstdint>
#include <random>

namespace microchim::simulate {

struct Random {
    std::mt19937_64 bits;

    /// One stream per well: a plate does not change where a well is added behind.
    Random(std::uint64_t seed, std::uint64_t stream) : bits(mix(seed + mix(stream + 1))) {}

    /// 0 <= u < 1, 53 bits.
    double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

    /// Mean 0, variance 1, never beyond 6: twelve uniforms less six (Irwin-Hall).
    double normal() {
        std::uint64_t sum = 0;
        for (int word = 0; word < 3; ++word)
            for (std::uint64_t rest = bits(), part = 0; part < 4; ++part, rest >>= 16) sum += rest & 0xffff;
        return (static_cast<double>(sum) + 6) * 0x1p-16 - 6;  // + 6: middle of the twelve 16-bit steps
    }

    /// Mean 1. Lengths of falling runs of uniforms: von Neumann 1951, "Various techniques used in connection with
    /// random digits".
    double exponential() {
        for (double whole = 0;; ++whole) {
            const double first = uniform();
            double last = first;
            bool odd = true;  // the run has an odd number of members
            for (double next = uniform(); next < last; next = uniform()) {
                last = next;
                odd = !odd;
            }
            if (odd) return whole + first;
        }
    }

    /// Poisson with mean `lambda` (0 to about 20), by inversion. `none` is exp(-lambda): its only transcendental, so
    /// that it is taken once per well.
    int poisson(double lambda, double none) {
        const double u = uniform();
        double term = none, below = none;
        int count = 0;
        while (u >= below && count < 200) {
            ++count;
            term *= lambda / count;
            below += term;
        }
        return count;
    }

private:
    /// SplitMix64 (Steele, Lea and Flood 2014): neighbouring seeds become unrelated.
    static std::uint64_t mix(std::uint64_t z) {
        z += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
};

}  // namespace microchim::simulate
