// A sample's observations, checked and added up, and the linear model that is made of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/chimerism/nonnegative.hpp"
#include "core/chimerism/observation.hpp"

namespace microchim::chimerism {

/// All partitions that see the same: one target, one set of genotypes, one volume.
struct Group {
    std::string target;
    std::vector<double> copies;  ///< per diploid genome: one per donor, then the recipient
    double volume = 1;           ///< of a partition, relative to the largest of the sample
    std::int64_t positive = 0, accepted = 0;
    std::optional<Blank> blank;  ///< of the target

    bool reference() const;  ///< everyone carries the same number of copies
    bool saturated() const { return positive == accepted; }
};

struct Evidence {
    std::size_t donors = 0;
    std::vector<Group> groups;  ///< in the order in which the targets were first seen
    std::vector<std::string> notes;

    std::size_t recipient() const { return donors; }
};

/// Checks the observations and adds up what belongs together, so that folding or splitting wells changes nothing.
/// \throws ConfigError with one sentence that names the target and what is wrong with it.
Evidence fold(const std::vector<Observation>& observations);

/// Rows: the groups, then the blanks of their targets. Unknowns: genomes per partition of every genome,
/// then false positives per partition of every target that has a blank.
struct Model {
    RowMatrix design;
    Counts counts;
    Eigen::Index genomes = 0;  ///< leading unknowns that are genomes; the last of them is the recipient
};

/// Whether every target has its own false positives per partition, or all markers the same.
enum class Background { own, shared };

/// The model of some groups, with these genomes as unknowns (indices into Group::copies; the recipient's comes last).
Model build(const Evidence& evidence, const std::vector<std::size_t>& groups, const std::vector<std::size_t>& genomes,
            Background background = Background::own);

/// True where two markers or more have blanks, and the blanks do not contradict one rate (likelihood ratio, p >= 0.05).
bool blanks_agree(const Evidence& evidence);

/// True where the groups that are not saturated fix the share of each of these genomes.
bool identifiable(const Evidence& evidence, const std::vector<std::size_t>& groups,
                  const std::vector<std::size_t>& genomes, bool count_saturated = false);

/// \throws ConfigError that says why the donor fractions cannot be computed, where they cannot.
void require_identifiable(const Evidence& evidence);

}  // namespace microchim::chimerism
