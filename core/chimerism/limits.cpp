// Limit of blank by Poisson-Gamma, limit of detection by Poisson, limit of quantification by the counting error.
#include "core/chimerism/limits.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <set>
#include <string>

namespace microchim::chimerism {
namespace {

constexpr double error = 0.05;  // EP17: alpha = beta = 5 %
constexpr double z95 = 1.6448536269514722;
constexpr double quantified_cv = 0.25;  // counting error at the limit of quantification

std::optional<double> within_one(double fraction) {
    return fraction > 0 && fraction <= 1 ? std::optional(fraction) : std::nullopt;
}

/// The donor's own: the recipient and all other donors lack it.
bool unique_to(const Group& g, std::size_t donor) {
    for (std::size_t c = 0; c < g.copies.size(); ++c) {
        if ((g.copies[c] > 0) != (c == donor)) return false;
    }
    return true;
}

/// Standard error of a share that is f, at the counts to be expected then.
double standard_error(const Model& model, const Solution& s, Eigen::Index genome, double f) {
    Eigen::VectorXd y = s.fit.y;
    const double others = s.genomes - y[genome];
    for (Eigen::Index c = 0; c < model.genomes; ++c) {
        if (c == genome) continue;
        y[c] = others > 0 ? y[c] * (1 - f) * s.genomes / others
                          : (1 - f) * s.genomes / static_cast<double>(model.genomes - 1);
    }
    y[genome] = f * s.genomes;
    Eigen::VectorXd information = model.design * y;
    for (Eigen::Index i = 0; i < information.size(); ++i) {
        const double n = model.counts.accepted[i];
        if (const CqWells* cq = model.counts.wells_of(i)) {
            information[i] = cq->information(std::max(information[i], 1 / n));
            continue;
        }
        information[i] = n / std::expm1(std::clamp(information[i], 1 / n, 500.0));
    }
    Eigen::MatrixXd curvature = model.design.transpose() * information.asDiagonal() * model.design;
    curvature.diagonal() *= 1 + 1e-12;
    Eigen::VectorXd gradient = Eigen::VectorXd::Zero(y.size());
    gradient.head(model.genomes).setConstant(-f / s.genomes);
    gradient[genome] += 1 / s.genomes;
    return std::sqrt(gradient.dot(Eigen::LLT<Eigen::MatrixXd>(curvature).solve(gradient)));
}

}  // namespace

FalsePositives FalsePositives::after(const Blank& blank, double partitions) {
    const double mean = (blank.positive + 0.5) * partitions / blank.accepted;
    return {mean, mean * (1 + partitions / blank.accepted)};
}

double FalsePositives::probability_of_at_least(double count) const {
    if (count <= 0) return 1;
    const double p = mean / variance;
    return boost::math::ibeta(count, mean * p / (1 - p), 1 - p);
}

double FalsePositives::limit_of_blank() const {
    double above = 0, step = 1;  // probability_of_at_least(above + 1) is what must not exceed 5 %
    while (probability_of_at_least(above + 1) > error) {
        above += step;
        step *= 2;
    }
    double below = above - step / 2;
    while (above - below > 1) {
        const double middle = std::floor((above + below) / 2);
        (probability_of_at_least(middle + 1) > error ? below : above) = middle;
    }
    return above;
}

double copies_at_detection(double limit_of_blank, double background_mean) {
    return boost::math::gamma_p_inv(limit_of_blank + 1, 1 - error) - background_mean;
}

double copies_in_wells(double limit_of_blank, double background_mean, double wells) {
    if (limit_of_blank >= wells) return std::numeric_limits<double>::infinity();
    const double share = boost::math::ibeta_inv(limit_of_blank + 1, wells - limit_of_blank, 1 - error);
    return -std::log1p(-share) * wells - background_mean;
}

std::optional<Detection> detect_by_counts(const Evidence& evidence, std::size_t donor, double genomes) {
    FalsePositives background;
    Detection result;
    double positive = 0, copies = 0, unblanked = 0, looked_at = 0;
    bool wells = false;
    std::set<std::string> seen;
    for (const Group& g : evidence.groups) {
        if (!unique_to(g, donor)) continue;
        const auto accepted = static_cast<double>(g.accepted);
        positive += static_cast<double>(g.positive);
        copies += g.copies[donor] * g.looked_at() * g.volume * genomes;
        looked_at += accepted;
        wells = wells || g.wells;
        if (!g.blank) unblanked += accepted;
        if (!g.blank || !seen.insert(g.target + (g.wells ? "\n" : "")).second) continue;
        double partitions = 0;  // wells of one target share what is not known about its background
        for (const Group& other : evidence.groups) {
            if (other.same_background(g) && unique_to(other, donor)) partitions += static_cast<double>(other.accepted);
        }
        background = background + FalsePositives::after(*g.blank, partitions);
    }
    if (copies <= 0) return std::nullopt;
    result.copies = copies;
    result.assumed = unblanked > 0;
    if (result.assumed) background = background + FalsePositives::after(assumed_blank, unblanked);
    const double limit = background.limit_of_blank();
    // A background that is large and little known can put the expected signal at detection below the blank's limit.
    const double signal =
        wells ? copies_in_wells(limit, background.mean, looked_at) : copies_at_detection(limit, background.mean);
    const double lod = std::max(signal, limit);
    result.p_value = background.probability_of_at_least(positive);
    result.detected = positive > limit;
    result.lob = limit == 0 ? std::optional(0.0) : within_one(limit / copies);
    result.lod = within_one(lod / copies);
    result.loq = within_one(std::max(lod, 1 / (quantified_cv * quantified_cv)) / copies);
    return result;
}

void quantify_by_error(Detection& seen, const Model& model, const Solution& solution, std::size_t donor) {
    const auto genome = static_cast<Eigen::Index>(donor);
    const auto relative = [&](double f) { return standard_error(model, solution, genome, f) / f; };
    seen.loq.reset();
    if (!seen.lod) return;
    double low = std::log(*seen.lod), high = 0;
    if (relative(*seen.lod) <= quantified_cv) {
        seen.loq = seen.lod;
        return;
    }
    // The first point that is good enough, from below: near 1 the error of a share shrinks for another reason.
    constexpr int steps = 60;
    double above = 0;
    bool found = false;
    for (int i = 1; i <= steps && !found; ++i) {
        above = low + (high - low) * i / steps;
        found = relative(std::exp(above)) <= quantified_cv;
        if (!found && i == steps) return;
        if (found) high = above, low = low + (above - low) * (i - 1) / i;
    }
    for (int round = 0; round < 40; ++round) {
        const double middle = 0.5 * (low + high);
        (relative(std::exp(middle)) <= quantified_cv ? high : low) = middle;
    }
    seen.loq = std::exp(high);
}

Detection detect_by_likelihood(const Model& model, const Solution& solution, std::size_t donor) {
    const auto genome = static_cast<Eigen::Index>(donor);
    Detection result;
    result.p_value = p_absent(model, solution, donor);
    result.detected = result.p_value < error;
    const double lob = z95 * standard_error(model, solution, genome, 0);
    double lod = lob, loq = lob;
    for (int round = 0; round < 30; ++round) {
        lod = std::min(lob + z95 * standard_error(model, solution, genome, std::min(lod, 1.0)), 2.0);
        loq = std::min(standard_error(model, solution, genome, std::min(loq, 1.0)) / quantified_cv, 2.0);
    }
    result.lob = within_one(lob);
    result.lod = within_one(lod);
    result.loq = within_one(std::max(loq, lod));
    return result;
}

}  // namespace microchim::chimerism
