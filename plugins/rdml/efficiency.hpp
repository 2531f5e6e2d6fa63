// The efficiency of an amplification. RDML means a base from 1 to 2, but programs write what they like:
//
//   93.9 percent (StepOne)    1.939 base (Bio-Rad, rdmlpython)    0.939 fraction (RDML-Tools)    0 not set (LightCycler
//   96)
#pragma once

#include <optional>

#include "microchim/reader.hpp"
#include "microchim/xml.hpp"

namespace microchim::rdml {

struct Efficiency {
    double base = reader::not_stated;
    bool unclear = false;  ///< stated, but it could be one thing or another
};

/// A fraction of 1.05 and a base of 1.05 look alike, and so do all fractions and the lowest bases: they are not used.
inline Efficiency read_efficiency(const reader::xml::Document& document, reader::xml::Node node) {
    const auto value = document.number<double>(node).value_or(0);
    if (value <= 0) return {};
    if (value >= 1.3 && value <= 2.5) return {value, false};
    if (value > 10 && value <= 150) return {1 + value / 100, false};
    return {reader::not_stated, true};
}

}  // namespace microchim::rdml
