// Maximum likelihood of binomial partition counts whose rates are a nonnegative mixture:
//     k_i ~ Binomial(N_i, 1 - exp(-lambda_i)),   lambda = A y,   y >= 0.
// The log-likelihood k log(1 - exp(-lambda)) - (N - k) lambda is concave in lambda, hence in y: one answer.
// Rows may be wells of real-time PCR as well (cq_wells.hpp): lambda is then the copies in a well.
#pragma once

#include <Eigen/Core>
#include <memory>
#include <vector>

#include "core/chimerism/cq_wells.hpp"

namespace microchim::chimerism {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Counts of n rows; they need not be integers.
struct Counts {
    Eigen::VectorXd positive, accepted;  ///< 0 <= positive <= accepted
    Eigen::VectorXd saturated;           ///< log-likelihood of each row at its own best rate; see complete()
    /// Empty, or one per row: its wells, or null for partitions. Of wells `positive` counts the copies that are added
    /// to what they hold (0, or moved by the interval), `accepted` the wells.
    std::vector<std::shared_ptr<const CqWells>> wells;

    const CqWells* wells_of(Eigen::Index row) const {
        return wells.empty() ? nullptr : wells[static_cast<std::size_t>(row)].get();
    }
    /// True where a rate of 0 is impossible.
    bool needs_copies(Eigen::Index row) const {
        const CqWells* cq = wells_of(row);
        return positive[row] > 0 || (cq != nullptr && cq->detected() > 0);
    }

    /// Fills `saturated` from the other two.
    void complete();
};

/// A point, and on return from maximise() the maximum. Keep one and reuse it: it is the warm start
/// of the next call and owns the scratch memory.
struct Fit {
    Eigen::VectorXd y;      ///< in: start, >= 0; out: the maximum
    double value = 0;       ///< log-likelihood less that of the saturated model: <= 0; -inf where impossible
    Eigen::VectorXd rate;   ///< lambda_i, copies per partition
    Eigen::VectorXd slope;  ///< d log-likelihood / d lambda_i
    int iterations = 0;
    bool converged = false;

    // scratch
    Eigen::VectorXd curvature, gradient, step, trial, trial_rate;
    Eigen::MatrixXd hessian, factor;
    Eigen::VectorXi held;
};

/// Maximises over y >= 0 by projected Newton steps from fit.y, which must have the size of A's columns.
/// A row with positives needs a column that is not zero there, or the value is -inf.
void maximise(const RowMatrix& design, const Counts& counts, Fit& fit);

}  // namespace microchim::chimerism
