// Projected Newton (Bertsekas 1982, SIAM J Control Optim 20:221): unknowns that sit at 0 and want to go below are held,
// the others take a Newton step that is cut off at 0, shortened until the likelihood rises.
#include "core/chimerism/nonnegative.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <limits>

namespace microchim::chimerism {
namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();
constexpr double ridge = 1e-11;     // relative: keeps the factorisation alive where two columns agree
constexpr double last_step = 1e-7;  // gain (log-likelihood units) below which one more Newton step is exact enough
constexpr double no_gain = 1e-13;   // expected gain below which there is nothing left to do
constexpr int most_iterations = 200;

/// Log-likelihood at these rates.
double log_likelihood(const Counts& counts, const Eigen::VectorXd& rate) {
    double sum = 0;
    for (Eigen::Index i = 0; i < rate.size(); ++i) {
        const double k = counts.positive[i];
        if (const CqWells* cq = counts.wells_of(i)) {
            if (counts.needs_copies(i) && !(rate[i] > 0)) return impossible;
            sum += cq->value(rate[i]) + (k != 0 ? k * std::log(rate[i]) : 0);
            continue;
        }
        if (k > 0) {
            if (!(rate[i] > 0)) return impossible;
            sum += k * std::log(-std::expm1(-rate[i]));
        }
        sum -= (counts.accepted[i] - k) * rate[i] + counts.saturated[i];
    }
    return sum;
}

/// The same of a row of wells.
void differentiate(const CqWells& cq, double moved, Fit& fit, Eigen::Index i) {
    const double rate = fit.rate[i];
    const CqWells::At at = cq.at(rate);
    fit.slope[i] = at.slope + (moved != 0 ? moved / rate : 0);
    fit.curvature[i] = at.curvature + (moved > 0 ? moved / (rate * rate) : 0);
}

/// First and (negative) second derivatives by the rates.
void differentiate(const Counts& counts, Fit& fit) {
    for (Eigen::Index i = 0; i < fit.rate.size(); ++i) {
        const double k = counts.positive[i];
        if (const CqWells* cq = counts.wells_of(i)) {
            differentiate(*cq, k, fit, i);
            continue;
        }
        fit.slope[i] = k - counts.accepted[i];
        fit.curvature[i] = 0;
        if (k > 0) {
            const double p = -std::expm1(-fit.rate[i]);
            const double odds = k * (1 - p) / p;
            fit.slope[i] += odds;
            fit.curvature[i] = odds / p;
        }
    }
}

/// Gradient and (negative) Hessian by the unknowns.
void assemble(const RowMatrix& design, Fit& fit) {
    const Eigen::Index n = fit.y.size();
    fit.gradient.setZero();
    fit.hessian.setZero();
    for (Eigen::Index i = 0; i < design.rows(); ++i) {
        for (Eigen::Index a = 0; a < n; ++a) {
            const double weight = design(i, a);
            if (weight == 0) continue;
            fit.gradient[a] += weight * fit.slope[i];
            const double curved = weight * fit.curvature[i];
            for (Eigen::Index b = 0; b <= a; ++b) fit.hessian(a, b) += curved * design(i, b);
        }
    }
    fit.hessian.triangularView<Eigen::StrictlyUpper>() = fit.hessian.transpose();
}

/// Newton step of the unknowns that are free, given the steps of those that are held.
void solve_free(Fit& fit) {
    const Eigen::Index n = fit.y.size();
    fit.factor = fit.hessian;
    fit.trial = fit.gradient;
    for (Eigen::Index a = 0; a < n; ++a) {
        if (fit.held[a] == 0) {
            fit.factor(a, a) = fit.factor(a, a) * (1 + ridge) + 1e-300;
            continue;
        }
        if (fit.step[a] != 0) fit.trial -= fit.hessian.col(a) * fit.step[a];
        fit.factor.row(a).setZero();
        fit.factor.col(a).setZero();
        fit.factor(a, a) = 1;
    }
    Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factor(fit.factor);
    factor.solveInPlace(fit.trial);
    for (Eigen::Index a = 0; a < n; ++a) {
        if (fit.held[a] == 0) fit.step[a] = fit.trial[a];
    }
}

/// Newton step that stays at y >= 0: unknowns that would go below are taken to 0 and the others solved again.
/// Returns the gain that the gradient promises.
double newton_step(const RowMatrix& design, Fit& fit) {
    assemble(design, fit);
    const Eigen::Index n = fit.y.size();
    fit.step.setZero();
    for (Eigen::Index a = 0; a < n; ++a) {
        const bool rests = fit.y[a] <= 0 && fit.gradient[a] <= 0;
        const bool straight = !(fit.hessian(a, a) > 0) && fit.gradient[a] <= 0;  // downhill all the way
        fit.held[a] = rests || straight ? 1 : 0;
        if (fit.held[a] != 0) fit.step[a] = -fit.y[a];
    }
    for (;;) {  // one at a time, the one that meets 0 first: the others may then stay above
        solve_free(fit);
        Eigen::Index first = -1;
        double nearest = 1;
        for (Eigen::Index a = 0; a < n; ++a) {
            if (fit.held[a] != 0 || fit.y[a] + fit.step[a] >= 0) continue;
            const double part = -fit.y[a] / fit.step[a];
            if (part < nearest) nearest = part, first = a;
        }
        if (first < 0) break;
        fit.held[first] = 1;
        fit.step[first] = -fit.y[first];
    }
    return fit.gradient.dot(fit.step);
}

/// Uphill without fail, but slow: a step of the EM algorithm. For the rare Newton step that the bounds turned downhill.
double sure_step(const RowMatrix& design, const Counts& counts, Fit& fit) {
    for (Eigen::Index a = 0; a < fit.y.size(); ++a) {
        const bool rests = fit.y[a] <= 0 && fit.gradient[a] <= 0;
        const double exposure = design.col(a).dot(counts.accepted);
        fit.step[a] = rests || !(exposure > 0) ? 0 : std::max(fit.y[a], 1 / exposure) * fit.gradient[a] / exposure;
    }
    return fit.gradient.dot(fit.step);
}

/// Moves along the step, cut off at 0 and shortened until the likelihood rises. False: it cannot.
bool move(const RowMatrix& design, const Counts& counts, Fit& fit, double gain) {
    double length = 1;
    for (int attempt = 0; attempt < 60; ++attempt) {
        // The first attempt may put unknowns at 0; later ones keep a tenth of what is there, because what failed is
        // most often a rate that must not vanish.
        const double floor = attempt == 0 ? 0 : 0.1;
        fit.trial = (fit.y + length * fit.step).cwiseMax(floor * fit.y);
        fit.trial_rate.noalias() = design * fit.trial;
        const double value = log_likelihood(counts, fit.trial_rate);
        if (value >= fit.value + 1e-4 * length * gain || (gain < last_step && value > fit.value - last_step)) {
            fit.y.swap(fit.trial);
            fit.rate.swap(fit.trial_rate);
            fit.value = value;
            return true;
        }
        if (attempt > 0) length *= 0.5;
    }
    return false;
}

}  // namespace

void Counts::complete() {
    saturated.resize(positive.size());
    for (Eigen::Index i = 0; i < positive.size(); ++i) {
        const double k = positive[i], n = accepted[i];
        if (wells_of(i) != nullptr) {
            saturated[i] = 0;
            continue;
        }
        saturated[i] = (k > 0 ? k * std::log(k / n) : 0.0) + (k < n ? (n - k) * std::log1p(-k / n) : 0.0);
    }
}

void maximise(const RowMatrix& design, const Counts& counts, Fit& fit) {
    const Eigen::Index rows = design.rows(), n = design.cols();
    for (auto* v : {&fit.slope, &fit.curvature}) v->resize(rows);
    for (auto* v : {&fit.gradient, &fit.step, &fit.trial}) v->resize(n);
    for (auto* m : {&fit.hessian, &fit.factor}) m->resize(n, n);
    fit.held.resize(n);
    fit.rate.noalias() = design * fit.y;
    fit.value = log_likelihood(counts, fit.rate);
    fit.converged = false;
    fit.iterations = 0;
    if (fit.value == impossible) {
        fit.slope.setZero();
        return;
    }
    while (fit.iterations < most_iterations && !fit.converged) {
        ++fit.iterations;
        differentiate(counts, fit);
        double gain = newton_step(design, fit);
        if (!(gain > no_gain)) gain = sure_step(design, counts, fit);
        if (!(gain > no_gain)) {
            fit.converged = true;
            return;
        }
        if (!move(design, counts, fit, gain)) {
            fit.converged = gain < 1e-6;
            return;
        }
        fit.converged = gain < last_step;
    }
    differentiate(counts, fit);
}

}  // namespace microchim::chimerism
