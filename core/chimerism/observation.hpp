// What the statistics are fed: counts or Cq values of one target, with what each genome carries of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/chimerism/cq_wells.hpp"

namespace microchim::chimerism {

/// Negative-control partitions of a target: wells that hold no copy of it. May be scaled, hence no integers.
/// Of real-time PCR: `accepted` wells, `positive` of them with a Cq.
struct Blank {
    double positive = 0;  ///< 0 <= positive < accepted
    double accepted = 0;  ///< > 0
};

/// Classified partitions of one target in one well (or in several wells that were added up), or wells with their Cq.
/// A target that the recipient and all donors carry in equal copies is a reference: it fixes the amount of DNA.
struct Observation {
    std::string target;
    std::int64_t positive = 0;        ///< 0 <= positive <= accepted
    std::int64_t accepted = 0;        ///< partitions, 1 and up
    std::vector<double> donor;        ///< copies per diploid genome, one per donor
    double recipient = 0;             ///< copies per diploid genome
    std::optional<double> volume_nl;  ///< of one partition or of one real-time well; may be left out where all share it
    std::optional<Blank> blank;       ///< of this target: repeated on several wells it is still one blank

    /// Real-time PCR: one Cq a well, missing where nothing amplified; `positive` and `accepted` are not used then.
    std::vector<std::optional<double>> cq = {};
    std::optional<CqCurve> curve = {};  ///< of this target: there where the observation is of real-time PCR
};

}  // namespace microchim::chimerism
