// Heterogeneity between markers: likelihood-ratio Q, Paule-Mandel tau, Student factor.
#include "core/chimerism/agreement.hpp"
#include "core/chimerism/interval.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstdio>

namespace microchim::chimerism {
namespace {

constexpr double noteworthy = 0.01;    // p of Q below which the user is told
constexpr double disagreement = 2e-4;  // p of Q below which it is widened: 0.01 would cost 1 to 14 % of mean width

bool same_marker(const Group& a, const Group& b) {
    return a.target == b.target && a.copies == b.copies;
}

std::vector<std::size_t> references(const Evidence& e) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < e.groups.size(); ++i) {
        if (e.groups[i].reference()) found.push_back(i);
    }
    return found;
}

/// First group of every marker.
std::vector<std::size_t> first_of_markers(const Evidence& e) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < e.groups.size(); ++i) {
        if (e.groups[i].reference()) continue;
        auto known = [&](std::size_t other) { return same_marker(e.groups[other], e.groups[i]); };
        if (std::none_of(found.begin(), found.end(), known)) found.push_back(i);
    }
    return found;
}

/// The donor that differs from all other genomes, who are alike.
std::optional<std::size_t> informs(const Evidence& e, const Group& g) {
    std::optional<std::size_t> donor;
    for (std::size_t j = 0; j < e.donors; ++j) {
        if (g.copies[j] == g.copies[e.recipient()]) continue;
        if (donor) return std::nullopt;
        donor = j;
    }
    return donor;
}

/// Paule and Mandel 1982 (J Res Natl Bur Stand 87:377): tau^2 at which the weighted squares equal their expectation.
double tau_squared(const std::vector<double>& values, const std::vector<double>& variances) {
    auto excess = [&](double tau2) {
        double weights = 0, sum = 0, squares = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            weights += 1 / (variances[i] + tau2);
            sum += values[i] / (variances[i] + tau2);
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            squares += (values[i] - sum / weights) * (values[i] - sum / weights) / (variances[i] + tau2);
        }
        return squares - static_cast<double>(values.size() - 1);
    };
    double low = 0, high = 1;  // shares differ by no more than 1
    if (excess(0) <= 0) return 0;
    for (int step = 0; step < 60; ++step) {
        const double middle = 0.5 * (low + high);
        (excess(middle) > 0 ? low : high) = middle;
    }
    return high;
}

std::string sentence(const Estimate& e, const Marker& odd) {
    char text[256];
    std::snprintf(text, sizeof text, "The markers disagree (p = %.2g): '", e.heterogeneity->p);
    std::string note = text + odd.target;
    std::snprintf(text, sizeof text, "' alone gives %.3g where all together give %.3g", odd.fraction,
                  e.donors[odd.donor].fraction);
    note += text;
    return note + (e.heterogeneity->tau > 0 ? "; the interval was widened." : "; check that marker.");
}

/// Adds the spread between markers to both sides of a donor's interval.
void widen_donor(DonorEstimate& d, double extra, double factor, double z) {
    auto side = [&](double counting) { return factor * std::hypot(counting, z * extra); };
    d.low = std::max(0.0, d.fraction - side(d.fraction - d.low));
    d.upper = std::min(1.0, d.fraction + side(d.upper - d.fraction));
    d.high = std::min(1.0, std::max(d.upper, d.fraction + side(d.high - d.fraction)));
}

/// One donor's markers, as values with their counting error.
struct Readings {
    std::vector<double> values, variances;
    const Marker* odd = nullptr;  ///< the one that deviates most
    double oddness = -1;          ///< by how many standard errors
};

Readings readings(const Estimate& e, std::size_t donor, double z) {
    Readings r;
    for (const Marker& m : e.markers) {
        if (m.donor != donor) continue;
        const double sd = std::max((m.high - m.low) / (2 * z), 1e-12);
        r.values.push_back(m.fraction);
        r.variances.push_back(sd * sd);
        const double deviation = std::abs(m.fraction - e.donors[donor].fraction) / sd;
        if (deviation > r.oddness) r.oddness = deviation, r.odd = &m;
    }
    return r;
}

}  // namespace

std::vector<Marker> single_markers(const Evidence& e, double confidence, std::vector<std::string>& notes) {
    std::vector<Marker> result;
    const auto refs = references(e);
    if (refs.empty()) return result;
    for (std::size_t first : first_of_markers(e)) {
        const Group& g = e.groups[first];
        const auto donor = informs(e, g);
        if (!donor) continue;
        std::vector<std::size_t> groups;
        Marker m{g.target, 0, 0, 1, *donor, 0, 0};
        for (std::size_t i = 0; i < e.groups.size(); ++i) {
            if (!same_marker(e.groups[i], g)) continue;
            groups.push_back(i);
            m.positive += e.groups[i].positive;
            m.accepted += e.groups[i].accepted;
        }
        groups.insert(groups.end(), refs.begin(), refs.end());
        const std::vector<std::size_t> genomes{*donor, e.recipient()};
        if (!identifiable(e, groups, genomes)) {
            notes.push_back("Target '" + g.target +
                            "' gives no estimate of its own: too many partitions are positive.");
            continue;
        }
        const Model model = build(e, groups, genomes);
        const Interval found = interval(model, solve(model), 0, confidence);
        m.fraction = found.fraction, m.low = found.low, m.high = found.high;
        result.push_back(m);
    }
    return result;
}

std::optional<Comparison> compare(const Evidence& e, const Model& model, const Solution& joint) {
    const auto markers = first_of_markers(e);
    const bool with_reference = !references(e).empty();
    const auto own = static_cast<Eigen::Index>(markers.size() + (with_reference ? 1 : 0));
    const auto freedom = static_cast<double>(own - model.genomes);
    if (freedom < 1) return std::nullopt;
    const Eigen::Index blanks = model.design.cols() - model.genomes;
    RowMatrix design = RowMatrix::Zero(model.design.rows(), own + blanks);
    design.rightCols(blanks) = model.design.rightCols(blanks);
    for (std::size_t i = 0; i < e.groups.size(); ++i) {
        const Group& g = e.groups[i];
        Eigen::Index column = own - 1;
        for (std::size_t m = 0; m < markers.size() && !g.reference(); ++m) {
            if (same_marker(e.groups[markers[m]], g)) column = static_cast<Eigen::Index>(m);
        }
        design(static_cast<Eigen::Index>(i), column) = g.volume * (g.reference() ? g.copies.front() : 1);
    }
    Fit fit;
    fit.y.resize(own + blanks);
    fit.y.tail(blanks) = joint.fit.y.tail(blanks).cwiseMax(1e-9);
    fit.y[own - 1] = joint.genomes;
    for (std::size_t m = 0; m < markers.size(); ++m) {
        const Group& g = e.groups[markers[m]];
        const double p = (static_cast<double>(g.positive) + 0.5) / (static_cast<double>(g.accepted) + 1);
        const double rate = g.wells ? g.wells->best() + 0.5 / g.looked_at() : -std::log1p(-p);
        fit.y[static_cast<Eigen::Index>(m)] = rate / g.volume;
    }
    maximise(design, model.counts, fit);
    Comparison c;
    c.freedom = freedom;
    c.found.q = std::max(0.0, 2 * (fit.value - joint.fit.value));
    c.found.p = boost::math::gamma_q(freedom / 2, c.found.q / 2);
    return c;
}

void widen(Estimate& e, double freedom, double confidence) {
    if (!e.heterogeneity || e.heterogeneity->p >= noteworthy) return;
    Heterogeneity& h = *e.heterogeneity;
    const double tail = 0.5 + confidence / 2, z = normal_quantile(tail);
    // From nothing at the threshold to all of tau: no jump, and a false alarm costs little.
    const double threshold = 2 * boost::math::gamma_q_inv(freedom / 2, disagreement);
    const double ramp = h.q > threshold ? 1 - std::pow(threshold / h.q, 2) : 0;
    const Marker* odd = nullptr;
    double oddness = -1;
    for (std::size_t j = 0; j < e.donors.size(); ++j) {
        const Readings r = readings(e, j, z);
        if (r.values.size() < 2) continue;
        if (r.oddness > oddness) oddness = r.oddness, odd = r.odd;
        const double tau2 = ramp * tau_squared(r.values, r.variances);
        double weights = 0, squares = 0;
        for (double v : r.variances) weights += 1 / v, squares += 1 / (v * v);
        h.tau = std::max(h.tau, std::sqrt(tau2));
        const boost::math::students_t student(static_cast<double>(r.values.size() - 1));
        const double factor = 1 + ramp * (boost::math::quantile(student, tail) / z - 1);
        if (tau2 > 0) widen_donor(e.donors[j], std::sqrt(tau2 * squares) / weights, factor, z);
    }
    if (odd) e.notes.push_back(sentence(e, *odd));
}

}  // namespace microchim::chimerism
