// A sample's observations, checked and added up, and the linear model that is made of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
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

    /// Real-time PCR: `accepted` wells, `positive` of them with a Cq; `volume` is that of the largest.
    std::shared_ptr<const CqWells> wells = {};
    std::optional<CqCurve> curve = {};
    std::vector<CqWell> each = {};  ///< volumes as given, until all are known

    /// The same target by the same method: one background.
    bool same_background(const Group& other) const {
        return target == other.target && curve.has_value() == other.curve.has_value();
    }
    bool reference() const;  ///< everyone carries the same number of copies
    bool saturated() const { return !curve && positive == accepted; }
    /// How many partitions, or wells as large as the largest, were looked at.
    double looked_at() const { return wells ? wells->wells() : static_cast<double>(accepted); }
    /// Copies in a partition or a well, by its own counts.
    double best_rate() const;
};

/// What is assumed of a real-time target whose negative controls are few and all without a Cq: these are added to them.
/// 0 of 202 no-template wells amplified (Kanaan et al. 2023, Blood Adv, doi 10.1182/bloodadvances.2023010332).
constexpr Blank published_wells{0, 202};

struct Evidence {
    std::size_t donors = 0;
    std::vector<Group> groups;  ///< in the order in which the targets were first seen
    std::vector<std::string> notes;
    bool real_time = false;           ///< some of it
    std::set<std::string> unblanked;  ///< real-time targets without a negative control

    std::size_t recipient() const { return donors; }
};

/// Checks the observations and adds up what belongs together, so that folding or splitting wells changes nothing.
/// \throws ConfigError with one sentence that names the target and what is wrong with it.
Evidence fold(const std::vector<Observation>& observations, double confidence = 0.95);

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
