// Do the markers of a sample agree, and what follows where they do not.
#pragma once

#include <optional>
#include <vector>

#include "core/chimerism/evidence.hpp"
#include "core/chimerism/fraction.hpp"
#include "core/chimerism/interval.hpp"

namespace microchim::chimerism {

/// Every marker on its own with all references, for each donor whom it tells apart from all other genomes.
std::vector<Marker> single_markers(const Evidence& evidence, double confidence, std::vector<std::string>& notes);

struct Comparison {
    Heterogeneity found;  ///< tau is still 0
    double freedom = 0;   ///< degrees of freedom of q
};

/// Q test: the joint fit against every marker having its own amount. Nothing where there is nothing to compare.
std::optional<Comparison> compare(const Evidence& evidence, const Model& model, const Solution& joint);

/// Where the markers disagree: p < 0.01 adds a note that names the odd one, p < 2e-4 also estimates tau and widens the
/// intervals by it.
void widen(Estimate& estimate, double freedom, double confidence);

}  // namespace microchim::chimerism
