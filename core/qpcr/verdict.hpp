// Was there amplification, and can its curve be relied on? Rules on one curve; docs/methods/cq.md lists them.
#pragma once

#include "core/qpcr/analyse.hpp"
#include "core/qpcr/landmarks.hpp"
#include "core/qpcr/onset.hpp"

namespace microchim::qpcr {

/// Where the part of a curve begins that ends at cycle `end` (from 0) and is fitted: 14 cycles earlier, so that the
/// baseline is the one near the rise; without the first cycle, in which lamps and mixing settle.
constexpr std::size_t foot_begin(std::size_t end) {
    return end > 15 ? end - 14 : 1;
}

/// One curve and what was found on it.
struct Trace {
    std::span<const float> fluorescence;
    Landmarks marks;
    Onset onset;
    double height = 0;  ///< top above the baseline, fluorescence units
    Verdict verdict = Verdict::too_few_cycles;
    bool excluded = false;
};

/// Finds landmarks and the onset of a curve and judges it.
Trace trace_of(std::span<const float> fluorescence, bool excluded = false);

/// Takes back amplification where the rise is far smaller than that of the target's other curves. To be called once
/// all curves of a target are traced.
/// \return the median height of curves with a plateau; of any amplified curve where none has one; 0 for none
double compare_heights(std::span<Trace> traces);

}  // namespace microchim::qpcr
