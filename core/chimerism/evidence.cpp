// Checking, adding up and the design matrix. What cannot be computed is said in identifiable.cpp.
#include "core/chimerism/evidence.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numeric>

#include "core/run/errors.hpp"

namespace microchim::chimerism {
namespace {

constexpr double most_copies = 1e5;     // DYZ1, the largest repeat used as a marker, has some thousands per genome
constexpr double fewest_copies = 1e-3;  // above 0: less is no copy number but a mistake
constexpr std::int64_t most_partitions = 1'000'000'000'000;
constexpr double least_volume = 1e-6, most_volume = 1e6;  // nL: a femtolitre, a millilitre
constexpr std::size_t most_donors = 20;
constexpr std::size_t most_wells = 4000;
constexpr double most_cycles = 100, steepest = -10, shallowest = -1;

[[noreturn]] void refuse(const std::string& target, const std::string& what) {
    throw ConfigError("Target '" + target + "': " + what);
}

bool sane(double copies) {
    return copies == 0 || (copies >= fewest_copies && copies <= most_copies);
}

void check_blank(const Observation& o) {
    const Blank& b = *o.blank;
    if (!(b.accepted > 0) || !std::isfinite(b.accepted) || !(b.positive >= 0) || b.positive > b.accepted ||
        (!o.curve && b.positive == b.accepted)) {
        refuse(o.target, o.curve ? "its blank must have at least one well, and no more wells with a Cq than wells."
                                 : "its blank must have at least one partition, and fewer positive partitions than "
                                   "accepted ones.");
    }
}

void check_cq(const Observation& o) {
    const CqCurve& c = *o.curve;
    if (o.cq.empty()) refuse(o.target, "no well was given; at least one Cq, or one well without, is needed.");
    if (o.cq.size() > most_wells) refuse(o.target, "more than 4000 wells were given; no run has them.");
    const bool cycles = std::all_of(o.cq.begin(), o.cq.end(), [](const std::optional<double>& cq) {
        return !cq || (*cq > 0 && *cq <= most_cycles);
    });
    if (!cycles) refuse(o.target, "a Cq must be a number above 0 and up to 100 cycles; a well without a Cq has none.");
    if (!(c.slope <= shallowest && c.slope >= steepest))
        refuse(o.target,
               "the slope of its standard curve must lie between -10 and -1 cycles per tenfold amount; "
               "-3.32 is a doubling in every cycle.");
    if (!(c.intercept >= 5 && c.intercept <= most_cycles))
        refuse(o.target, "the intercept of its standard curve, the Cq of one unit, must lie between 5 and 100 cycles.");
    if (!(c.sd > 0 && c.sd <= 3))
        refuse(o.target, "the standard deviation of a Cq must be above 0 and no more than 3 cycles.");
    const double product = c.intercept_variance * c.slope_variance;
    if (!(c.intercept_variance >= 0 && c.slope_variance >= 0 && std::isfinite(product)) ||
        !(c.covariance * c.covariance <= product * (1 + 1e-9)))
        refuse(o.target,
               "the errors of its standard curve are no variances and covariance of an intercept and a slope.");
    if (c.freedom && !(*c.freedom >= 1))
        refuse(o.target, "the degrees of freedom of its standard curve must be 1 or more.");
}

void check_counts(const Observation& o) {
    if (o.curve) {
        check_cq(o);
        if (o.blank) check_blank(o);
        return;
    }
    const std::string counts = std::to_string(o.positive) + " of " + std::to_string(o.accepted);
    if (o.accepted <= 0) {
        refuse(o.target, std::to_string(o.accepted) + " accepted partitions were given; at least one is needed.");
    }
    if (o.positive < 0 || o.positive > o.accepted) {
        refuse(o.target, counts + " partitions are positive, which is not possible; correct the counts.");
    }
    if (o.accepted > most_partitions || (o.blank && o.blank->accepted > static_cast<double>(most_partitions))) {
        refuse(o.target, "more than 10^12 partitions were given; no run has them.");
    }
    if (o.blank) check_blank(o);
}

void check_genomes(const Observation& o, std::size_t donors) {
    if (o.donor.size() != donors) {
        refuse(o.target, "copies are given for " + std::to_string(o.donor.size()) +
                             " donors, but the first target has " + std::to_string(donors) +
                             "; give one number per donor for every target.");
    }
    if (!sane(o.recipient) || !std::all_of(o.donor.begin(), o.donor.end(), sane)) {
        refuse(o.target, "copies per diploid genome must be 0 or numbers from 0.001 to 100000.");
    }
    if (o.volume_nl && !(*o.volume_nl >= least_volume && *o.volume_nl <= most_volume)) {
        refuse(o.target, std::string(o.curve ? "the volume of a well" : "the partition volume") +
                             " must be above 0 nL: a number from 0.000001 to 1000000.");
    }
}

void check(const std::vector<Observation>& observations) {
    if (observations.empty()) {
        throw ConfigError("There are no observations; give at least one marker and one reference target.");
    }
    const std::size_t donors = observations.front().donor.size();
    if (donors == 0)
        throw ConfigError("There is no donor; give the donor's copies per diploid genome of every target.");
    if (donors > most_donors)
        throw ConfigError("More than 20 donors cannot be told apart; name those of this case only.");
    for (const Observation& o : observations) {
        check_counts(o);
        check_genomes(o, donors);
    }
}

/// What a partition holds where it is not said: the volume that all the others have.
/// \throws ConfigError where they differ.
double shared_volume(const std::vector<Observation>& observations) {
    std::optional<double> shared;
    bool missing = false, differ = false, partitions = false, wells = false;
    for (const Observation& o : observations) {
        missing = missing || !o.volume_nl;
        (o.curve ? wells : partitions) = true;
        differ = differ || (shared && o.volume_nl && *o.volume_nl != *shared);
        if (o.volume_nl) shared = std::max(*o.volume_nl, shared.value_or(0));
    }
    if (missing && partitions && wells) {
        throw ConfigError(
            "Partitions of digital PCR and wells of real-time PCR are mixed, and some have no volume; give volume_nl "
            "for all of them (20000 is a well of 20 uL), so that it is known how much DNA each holds.");
    }
    if (missing && differ) {
        throw ConfigError("The volumes differ and some observations have none; give volume_nl for all of them.");
    }
    return shared.value_or(1);
}

bool same(const Blank& a, const Blank& b) {
    return a.positive == b.positive && a.accepted == b.accepted;
}

/// One target has one background, whatever its wells: the same blank again is the same blank.
void share_blank(std::vector<Group>& groups, const Observation& o) {
    for (Group& g : groups) {
        if (g.target != o.target || !o.blank || g.curve.has_value() != o.curve.has_value()) continue;
        if (g.blank && !same(*g.blank, *o.blank)) {
            refuse(o.target,
                   "two different blanks were given; add up the negative controls of a target and give them as one "
                   "blank.");
        }
        g.blank = o.blank;
    }
}

/// The wells of an observation; their volumes stay relative to the sample's largest until all are there.
void add_wells(Group& g, const Observation& o) {
    g.curve = o.curve;
    g.accepted = static_cast<std::int64_t>(o.cq.size());
    g.positive = std::count_if(o.cq.begin(), o.cq.end(), [](const auto& cq) { return cq.has_value(); });
    for (const auto& cq : o.cq) g.each.push_back({cq, g.volume});
}

/// No copy in a well whose siblings have so many is a failed reaction, not a sample without DNA.
constexpr double surely_copies = 20;

/// Leaves failed reactions out, and says so; then makes the likelihood of the wells.
void finish_wells(Evidence& evidence, Group& g, double confidence) {
    std::vector<double> copies;
    for (const CqWell& well : g.each)
        if (well.cq) copies.push_back(std::pow(10, (*well.cq - g.curve->intercept) / g.curve->slope) / well.volume);
    if (2 * copies.size() > g.each.size()) {
        const auto middle = copies.begin() + static_cast<std::ptrdiff_t>(copies.size() / 2);
        std::nth_element(copies.begin(), middle, copies.end());
        const auto failed = std::erase_if(
            g.each, [&](const CqWell& well) { return !well.cq && *middle * well.volume > surely_copies; });
        if (failed > 0) {
            g.accepted -= static_cast<std::int64_t>(failed);
            evidence.notes.push_back("Target '" + g.target + "': " + std::to_string(failed) +
                                     (failed == 1 ? " well has no Cq although the others hold"
                                                  : " wells have no Cq although the others hold") +
                                     " many copies; taken for failed reactions and left out.");
        }
    }
    for (CqWell& well : g.each) well.volume /= g.volume;
    g.wells = std::make_shared<CqWells>(*g.curve, g.each, confidence);
    if (g.blank && g.blank->positive == 0) g.blank->accepted += published_wells.accepted;
    if (!g.blank && !g.reference()) g.blank = published_wells, evidence.unblanked.insert(g.target);
}

void add(Evidence& evidence, const Observation& o, double largest_volume) {
    Group g{o.target, o.donor, o.volume_nl.value_or(largest_volume) / largest_volume, o.positive, o.accepted, o.blank};
    g.copies.push_back(o.recipient);
    if (o.curve) add_wells(g, o);
    auto& groups = evidence.groups;
    const auto old = std::find_if(groups.begin(), groups.end(), [&](const Group& other) {
        return other.target == g.target && other.copies == g.copies && other.curve == g.curve &&
               (g.curve || other.volume == g.volume);
    });
    if (old == groups.end()) {
        for (const Group& other : groups) {
            if (other.same_background(g) && !g.blank) g.blank = other.blank;
        }
        groups.push_back(std::move(g));
    } else {
        old->positive += g.positive;
        old->accepted += g.accepted;
        old->volume = std::max(old->volume, g.volume);
        old->each.insert(old->each.end(), g.each.begin(), g.each.end());
    }
    share_blank(groups, o);
}

/// A target that nobody carries says nothing about the sample; a negative control put in the wrong place.
void drop_empty(Evidence& evidence) {
    auto& groups = evidence.groups;
    for (auto g = groups.begin(); g != groups.end();) {
        if (g->reference() && g->copies.front() == 0) {
            evidence.notes.push_back("Target '" + g->target +
                                     "' was left out: neither the donors nor the recipient carry it.");
            g = groups.erase(g);
        } else {
            ++g;
        }
    }
}

/// A target that has a blank, by its first group, and which unknown is its background.
struct Blanked {
    const Group* group;
    Eigen::Index column;
};

std::vector<Blanked> blanked_targets(const Evidence& evidence, const std::vector<std::size_t>& groups,
                                     Background background) {
    std::vector<Blanked> found;
    Eigen::Index columns = 0, markers = -1;
    for (std::size_t index : groups) {
        const Group& g = evidence.groups[index];
        auto same_target = [&](const Blanked& b) { return b.group->same_background(g); };
        if (!g.blank || std::any_of(found.begin(), found.end(), same_target)) continue;
        const bool joins = background == Background::shared && !g.reference() && !g.wells;
        if (!joins) {
            found.push_back({&g, columns++});
        } else {
            if (markers < 0) markers = columns++;
            found.push_back({&g, markers});
        }
    }
    return found;
}

}  // namespace

bool Group::reference() const {
    return std::all_of(copies.begin(), copies.end(), [&](double c) { return c == copies.front(); });
}

double Group::best_rate() const {
    if (wells) return wells->best();
    return -std::log1p(-static_cast<double>(positive) / static_cast<double>(accepted));
}

Evidence fold(const std::vector<Observation>& observations, double confidence) {
    check(observations);
    Evidence evidence;
    evidence.donors = observations.front().donor.size();
    const double largest = shared_volume(observations);
    for (const Observation& o : observations) add(evidence, o, largest);
    for (Group& g : evidence.groups)
        if (g.curve) finish_wells(evidence, g, confidence), evidence.real_time = true;
    drop_empty(evidence);
    require_identifiable(evidence);
    return evidence;
}

Model build(const Evidence& evidence, const std::vector<std::size_t>& groups, const std::vector<std::size_t>& genomes,
            Background background) {
    const std::vector<Blanked> blanked = blanked_targets(evidence, groups, background);
    const auto rows = static_cast<Eigen::Index>(groups.size()), blanks = static_cast<Eigen::Index>(blanked.size());
    Eigen::Index columns = 0;
    for (const Blanked& b : blanked) columns = std::max(columns, b.column + 1);
    Model model;
    model.genomes = static_cast<Eigen::Index>(genomes.size());
    model.design = RowMatrix::Zero(rows + blanks, model.genomes + columns);
    model.counts.positive.resize(rows + blanks);
    model.counts.accepted.resize(rows + blanks);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const Group& g = evidence.groups[groups[static_cast<std::size_t>(i)]];
        for (Eigen::Index c = 0; c < model.genomes; ++c) {
            model.design(i, c) = g.volume * g.copies[genomes[static_cast<std::size_t>(c)]];
        }
        for (const Blanked& b : blanked) {
            if (b.group->same_background(g)) model.design(i, model.genomes + b.column) = 1;
        }
        model.counts.positive[i] = static_cast<double>(g.positive);
        model.counts.accepted[i] = static_cast<double>(g.accepted);
        if (!g.wells) continue;
        model.counts.wells.resize(static_cast<std::size_t>(rows + blanks));
        model.counts.wells[static_cast<std::size_t>(i)] = g.wells;
        model.counts.positive[i] = 0;
        model.counts.accepted[i] = g.wells->wells();
    }
    for (Eigen::Index i = 0; i < blanks; ++i) {
        const Blanked& b = blanked[static_cast<std::size_t>(i)];
        model.design(rows + i, model.genomes + b.column) = 1;
        model.counts.positive[rows + i] = b.group->blank->positive;
        model.counts.accepted[rows + i] = b.group->blank->accepted;
    }
    model.counts.complete();
    return model;
}

bool blanks_agree(const Evidence& evidence) {
    std::vector<std::size_t> all(evidence.groups.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    double positive = 0, accepted = 0, deviance = 0, targets = 0;
    auto term = [](double k, double n) { return k > 0 ? k * std::log(k / n) : 0; };
    for (const Blanked& b : blanked_targets(evidence, all, Background::own)) {
        if (b.group->reference() || b.group->wells) continue;
        ++targets;
        positive += b.group->blank->positive;
        accepted += b.group->blank->accepted;
        deviance += 2 * term(b.group->blank->positive, b.group->blank->accepted);
    }
    if (targets < 2) return false;
    deviance -= 2 * term(positive, accepted);
    return boost::math::gamma_q((targets - 1) / 2, std::max(0.0, deviance) / 2) >= 0.05;
}

}  // namespace microchim::chimerism
