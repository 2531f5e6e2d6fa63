// Profile likelihood in the share f of one genome. With f fixed the other genomes keep to a linear model:
// y_o genomes of kind o come with y_o f / (1 - f) of the one, so the column of o becomes (1 - f) A_o + f A_j.
#include "core/chimerism/interval.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

namespace microchim::chimerism {
namespace {

/// Half of the step between two neighbouring outcomes, a little narrowed: 0.5 would reproduce Clopper and Pearson,
/// 0.40 keeps the exact coverage of a Poisson count at or above 0.948 for every mean.
constexpr double continuity = 0.40;
constexpr double close_enough = 1e-7;  // of the signed root, in standard errors
constexpr double right_angle = 1.57079632679489661923;

/// d share / d unknowns at the maximum.
Eigen::VectorXd share_gradient(const Model& model, const Solution& s, std::size_t genome) {
    Eigen::VectorXd g = Eigen::VectorXd::Zero(model.design.cols());
    g.head(model.genomes).setConstant(-s.share(genome) / s.genomes);
    g[static_cast<Eigen::Index>(genome)] += 1 / s.genomes;
    return g;
}

enum class Side { low, high };

/// The counts moved by a part of one event, shared out by how much of the variance of f each row causes.
/// (1 - 2p) / 6 takes away the skewness of the signed root (Barndorff-Nielsen and Cox 1994, for one Poisson count:
/// 1/6); `continuity` bridges the steps between outcomes, outwards.
Counts shifted(const Model& model, const Solution& s, const Eigen::VectorXd& reach, double variance, Side side) {
    Counts moved{model.counts.positive, model.counts.accepted, {}, model.counts.wells};
    for (Eigen::Index i = 0; i < reach.size(); ++i) {
        const double k = model.counts.positive[i], n = model.counts.accepted[i];
        const double weight = reach[i] * reach[i] * s.information[i] / variance;
        const double outwards = (reach[i] > 0) == (side == Side::high) ? continuity : -continuity;
        if (const CqWells* cq = model.counts.wells_of(i)) {
            const double events = weight * cq->counting(s.started[i]) * (1.0 / 6 + outwards);
            moved.positive[i] = cq->detected() > 0 ? events : std::max(events, 0.0);
            continue;
        }
        moved.positive[i] = std::clamp(k + weight * ((1 - 2 * k / n) / 6 + outwards), 0.0, n);
    }
    moved.complete();
    return moved;
}

/// Signed root of the profile deviance, as a function of u = asin(sqrt(f)), on which it is nearly straight.
class Profile {
public:
    Profile(const Model& model, const Solution& solution, std::size_t genome, Side side)
        : model_(model), genome_(static_cast<Eigen::Index>(genome)) {
        const Eigen::VectorXd gradient = share_gradient(model, solution, genome);
        const Eigen::VectorXd direction = solution.covariance * gradient;
        variance_ = gradient.dot(direction);
        counts_ = shifted(model, solution, model.design * direction, variance_, side);
        fit_.y = solution.fit.y;
        lift(fit_, model.design);
        maximise(model.design, counts_, fit_);
        best_ = fit_.value;
        const double all = fit_.y.head(model.genomes).sum();
        top_ = all > 0 ? fit_.y[genome_] / all : 0;
        start_profile(all);
    }

    double top() const { return top_; }

    /// -inf at f = 0 where positives need the genome.
    double root(double f, double* slope_in_u = nullptr) {
        fix(f);
        lift(profile_, design_);
        maximise(design_, counts_, profile_);
        const double r = std::copysign(std::sqrt(std::max(0.0, 2 * (best_ - profile_.value))), f - top_);
        if (slope_in_u) *slope_in_u = slope(f, r);
        return r;
    }

    /// The share at which the root is +z (side high) or -z (side low); the end of 0..1 where it stays inside.
    double limit(Side side, double z);

private:
    /// A start must not have a rate of 0 where there are positives.
    void lift(Fit& fit, const RowMatrix& design) const {
        for (Eigen::Index i = 0; i < design.rows(); ++i) {
            if (counts_.needs_copies(i) && !(design.row(i).dot(fit.y) > 0)) {
                for (Eigen::Index c = 0; c < fit.y.size(); ++c) {
                    if (design(i, c) > 0) fit.y[c] = least_rate(i) / design(i, c);
                }
            }
        }
    }

    double least_rate(Eigen::Index i) const {
        const CqWells* cq = counts_.wells_of(i);
        if (cq != nullptr && cq->detected() > 0) return cq->best();
        return counts_.positive[i] / counts_.accepted[i];
    }

    void start_profile(double all) {
        const Eigen::Index others = model_.genomes - 1, rest = model_.design.cols() - model_.genomes;
        profile_.y.resize(others + rest);
        const double scale = others > 0 && all > fit_.y[genome_] ? all / (all - fit_.y[genome_]) : 0;
        for (Eigen::Index o = 0, c = 0; c < model_.genomes; ++c) {
            if (c != genome_) profile_.y[o++] = scale > 0 ? fit_.y[c] * scale : all / static_cast<double>(others);
        }
        profile_.y.tail(rest) = fit_.y.tail(rest);
        design_.resize(model_.design.rows(), others + rest);
        design_.rightCols(rest) = model_.design.rightCols(rest);
    }

    /// Columns of the other genomes for this share.
    void fix(double f) {
        for (Eigen::Index o = 0, c = 0; c < model_.genomes; ++c) {
            if (c == genome_) continue;
            design_.col(o++) = (1 - f) * model_.design.col(c) + f * model_.design.col(genome_);
        }
    }

    /// Envelope theorem: only the direct effect of f on the rates counts.
    double slope(double f, double r) const {
        double derivative = 0;
        for (Eigen::Index o = 0, c = 0; c < model_.genomes; ++c) {
            if (c == genome_) continue;
            const double y = profile_.y[o++];
            if (y == 0) continue;
            derivative += y * profile_.slope.dot(model_.design.col(genome_) - model_.design.col(c));
        }
        const double df_du = 2 * std::sqrt(f * (1 - f));
        return r == 0 ? 0 : -derivative * df_du / r;
    }

    const Model& model_;
    Eigen::Index genome_;
    Counts counts_;
    Fit fit_, profile_;
    RowMatrix design_;
    double best_ = 0, top_ = 0, variance_ = 0;
};

double Profile::limit(Side side, double z) {
    const double sign = side == Side::high ? 1 : -1, end = side == Side::high ? 1 : 0;
    if (top_ == end) return end;
    const double middle = std::asin(std::sqrt(top_));
    double inner = middle, outer = side == Side::high ? right_angle : 0;
    bool end_tried = false;
    const double sd = std::sqrt(variance_), unit = variance_ / std::max(top_ * (1 - top_), sd);
    double u = middle + sign * z * 0.5 * std::sqrt(unit);
    for (int step = 0; step < 100; ++step) {
        const bool outside = sign * (u - outer) >= 0;
        if (outside && !end_tried) {
            end_tried = true;
            if (sign * root(end) <= z) return end;
        }
        if (outside || sign * (u - inner) <= 0) u = 0.5 * (inner + outer);
        double slope = 0;
        const double sine = std::sin(u);
        const double miss = root(sine * sine, &slope) - sign * z;
        if (std::abs(miss) < close_enough || std::abs(outer - inner) < 1e-15) break;
        (sign * miss > 0 ? outer : inner) = u;
        u = slope > 0 ? u - miss / slope : 0.5 * (inner + outer);
    }
    const double sine = std::sin(u);
    return sine * sine;
}

}  // namespace

double normal_quantile(double p) {
    return boost::math::quantile(boost::math::normal(), p);
}

Solution solve(const Model& model) {
    const Eigen::Index rows = model.design.rows(), unknowns = model.design.cols();
    Solution s;
    s.information.resize(rows);
    Eigen::VectorXd& rate = s.started;
    rate.resize(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        if (const CqWells* cq = model.counts.wells_of(i)) {
            rate[i] = cq->best() + 1 / cq->wells();
            s.information[i] = cq->information(rate[i]);
            continue;
        }
        const double p = (model.counts.positive[i] + 1) / (model.counts.accepted[i] + 2);
        s.information[i] = model.counts.accepted[i] * (1 - p) / p;
        rate[i] = -std::log1p(-p);
    }
    const Eigen::MatrixXd weighted = model.design.transpose() * s.information.asDiagonal();
    Eigen::MatrixXd curvature = weighted * model.design;
    curvature.diagonal() *= 1 + 1e-12;
    s.covariance = Eigen::LLT<Eigen::MatrixXd>(curvature).solve(Eigen::MatrixXd::Identity(unknowns, unknowns));
    // Least squares is where the search starts, a little away from 0 so that no rate vanishes.
    s.fit.y = (s.covariance * (weighted * rate)).cwiseMax(0.2 * s.covariance.diagonal().cwiseSqrt());
    maximise(model.design, model.counts, s.fit);
    s.genomes = s.fit.y.head(model.genomes).sum();
    return s;
}

Interval interval(const Model& model, const Solution& solution, std::size_t genome, double confidence) {
    const double two_sided = normal_quantile(0.5 + confidence / 2), one_sided = normal_quantile(confidence);
    Interval result;
    result.fraction = solution.share(genome);
    Profile below(model, solution, genome, Side::low), above(model, solution, genome, Side::high);
    result.low = std::min(below.limit(Side::low, two_sided), result.fraction);
    result.high = std::max(above.limit(Side::high, two_sided), result.fraction);
    result.upper = std::clamp(above.limit(Side::high, one_sided), result.fraction, result.high);
    return result;
}

double p_absent(const Model& model, const Solution& solution, std::size_t genome) {
    Profile below(model, solution, genome, Side::low);
    if (below.top() <= 0) return 1;
    return 0.5 * std::erfc(-below.root(0) / std::sqrt(2.0));
}

}  // namespace microchim::chimerism
