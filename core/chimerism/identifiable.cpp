// Can the fractions be computed from these targets at all? And if not: which sentence helps.
#include <Eigen/QR>
#include <algorithm>
#include <numeric>

#include "core/chimerism/evidence.hpp"
#include "core/run/errors.hpp"

namespace microchim::chimerism {
namespace {

std::vector<std::size_t> upto(std::size_t n) {
    std::vector<std::size_t> all(n);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
}

Eigen::Index rank(const Evidence& evidence, const std::vector<std::size_t>& groups,
                  const std::vector<std::size_t>& genomes, bool count_saturated) {
    Eigen::MatrixXd copies(groups.size(), genomes.size());
    Eigen::Index rows = 0;
    for (std::size_t index : groups) {
        const Group& g = evidence.groups[index];
        if (g.saturated() && !count_saturated) continue;
        for (std::size_t c = 0; c < genomes.size(); ++c)
            copies(rows, static_cast<Eigen::Index>(c)) = g.copies[genomes[c]];
        const double largest = copies.row(rows).maxCoeff();
        if (largest > 0) copies.row(rows++) /= largest;  // copies in the thousands must not hide the others
    }
    if (rows == 0) return 0;
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(copies.topRows(rows));
    qr.setThreshold(1e-6);
    return qr.rank();
}

std::string donor(const Evidence& e, std::size_t j) {
    return e.donors == 1 ? std::string("the donor") : "donor " + std::to_string(j + 1);
}

bool agree(const Evidence& e, std::size_t a, std::size_t b) {
    return std::all_of(e.groups.begin(), e.groups.end(), [&](const Group& g) { return g.copies[a] == g.copies[b]; });
}

template <class Wanted>
std::string names(const Evidence& e, Wanted wanted) {
    std::string text;
    for (const Group& g : e.groups) {
        if (!wanted(g)) continue;
        if (!text.empty()) text += ", ";
        text += g.target + " (" + std::to_string(g.positive) + " of " + std::to_string(g.accepted) +
                (g.wells ? " wells)" : ")");
    }
    return text;
}

/// Genotypes that leave the answer open, whatever the counts.
[[noreturn]] void refuse_genotypes(const Evidence& e) {
    for (std::size_t j = 0; j < e.donors; ++j) {
        if (agree(e, j, e.recipient())) {
            throw ConfigError(
                "No target tells " + donor(e, j) +
                " from the recipient: both carry the same copies of all of them; add an informative marker.");
        }
        for (std::size_t other = 0; other < j; ++other) {
            if (!agree(e, j, other)) continue;
            throw ConfigError(
                "Donors " + std::to_string(other + 1) + " and " + std::to_string(j + 1) +
                " carry the same copies of every target and cannot be told apart; add a marker in which they differ.");
        }
    }
    const bool reference = std::any_of(e.groups.begin(), e.groups.end(), [](const Group& g) { return g.reference(); });
    if (!reference) {
        throw ConfigError(
            "There is no reference target (one that donor and recipient carry in equal copies), so the amount of DNA "
            "is "
            "not known; add one.");
    }
    throw ConfigError("The targets are too few, or too much alike, to tell " + std::to_string(e.donors) +
                      " donors from each other and from the recipient; add markers that only one donor carries.");
}

}  // namespace

bool identifiable(const Evidence& evidence, const std::vector<std::size_t>& groups,
                  const std::vector<std::size_t>& genomes, bool count_saturated) {
    return rank(evidence, groups, genomes, count_saturated) == static_cast<Eigen::Index>(genomes.size());
}

void require_identifiable(const Evidence& e) {
    const auto groups = upto(e.groups.size()), genomes = upto(e.donors + 1);
    if (e.groups.empty()) {
        throw ConfigError("No target is carried by the donors or the recipient; check the copies per genome.");
    }
    if (!identifiable(e, groups, genomes, true)) refuse_genotypes(e);
    if (!identifiable(e, groups, genomes)) {
        throw ConfigError("Every partition is positive in " + names(e, [](const Group& g) { return g.saturated(); }) +
                          ", so the amount of DNA has no upper bound; dilute the sample and measure again.");
    }
    const bool reference = std::any_of(e.groups.begin(), e.groups.end(), [](const Group& g) { return g.reference(); });
    const bool empty = std::all_of(e.groups.begin(), e.groups.end(),
                                   [&](const Group& g) { return g.positive == 0 || (reference && !g.reference()); });
    if (empty) {
        const auto asked = [&](const Group& g) { return !reference || g.reference(); };
        bool partitions = false, wells = false;
        for (const Group& g : e.groups)
            if (asked(g)) (g.curve ? wells : partitions) = true;
        const std::string none = !wells        ? "No partition is positive in "
                                 : !partitions ? "No well has a Cq in "
                                               : "No partition is positive and no well has a Cq in ";
        throw ConfigError(none + names(e, asked) + ": there is no sign of DNA, so a fraction cannot be computed.");
    }
}

}  // namespace microchim::chimerism
