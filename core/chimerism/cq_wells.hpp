// What the wells of one real-time PCR target say about the copies in them, Cq and no Cq in one likelihood:
//     c ~ Poisson(lambda),   c = 0: no Cq,   c >= 1: Cq ~ Normal(intercept + slope log10 c + d, sd)
// with d ~ Normal(0, ...) the calibration's own error, shared by all wells of the curve and integrated out.
// Docs: docs/methods/real-time.md.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace microchim::chimerism {

/// How Cq follows from the copies of one target: Cq = intercept + slope log10(copies).
struct CqCurve {
    double intercept = 0;  ///< Cq of one copy
    double slope = 0;      ///< below 0: Cq per tenfold copies
    double sd = 0;         ///< of a Cq beside the Poisson noise of its copies
    double intercept_variance = 0, slope_variance = 0, covariance = 0;  ///< of the calibration
    std::optional<double> freedom;  ///< degrees of freedom of sd; missing: sd is known

    bool operator==(const CqCurve&) const = default;
};

/// A curve whose quantity is counted in units of so many copies of the target, as a curve of copies.
CqCurve of_copies(CqCurve curve, double copies_per_unit);

/// One well. No Cq: nothing amplified.
struct CqWell {
    std::optional<double> cq;
    double volume = 1;  ///< relative: what it holds of the most that a well of this target holds; above 0, up to 1
};

/// The log-likelihood of all wells of a target as a function of lambda, the copies in a well of volume 1.
class CqWells {
public:
    CqWells(const CqCurve& curve, const std::vector<CqWell>& wells, double confidence = 0.95);

    struct At {
        double value = 0, slope = 0;  ///< of the log-likelihood, and its derivative by lambda
        double curvature = 0;         ///< minus the second derivative, kept above 0 as Newton's method needs it
    };
    At at(double lambda) const;
    /// Less its maximum: <= 0; -inf at lambda = 0 where a well has a Cq.
    double value(double lambda) const;

    double best() const { return best_; }  ///< lambda at the maximum; 0 where no well has a Cq
    std::size_t detected() const { return detected_; }
    double wells() const { return looked_at_; }  ///< sum of the relative volumes
    /// Expected information about lambda: 1 / (lambda / n + lambda^2 (sd^2 / n + calibration)).
    double information(double lambda) const;
    /// Share of the counting noise in it, 0..1: 1 where single copies are counted.
    double counting(double lambda) const;

private:
    struct Node {                          ///< a well with a Cq at one calibration error
        int first = 1;                     ///< copies of the first weight
        double top = 0;                    ///< taken out of the weights
        std::vector<double> weight, logs;  ///< of each number of copies, at lambda = reference, and their logarithm
    };
    struct Sum {
        double value = 0, first = 0, second = 0;  ///< log-likelihood and its derivatives by log lambda
    };
    struct Plenty {                           ///< a well with so many copies that log copies is normal
        double log_copies = 0, variance = 0;  ///< of lambda, at volume 1
    };

    Sum sum(double log_lambda) const;
    Sum given(std::size_t error, double log_lambda) const;
    void maximise();

    std::vector<double> errors_, prior_;  ///< nodes of the calibration error, in log copies, and their log weight
    std::vector<std::vector<Node>> few_;  ///< per calibration error
    std::vector<Plenty> plenty_;
    std::size_t detected_ = 0;
    double counts_ = 0;  ///< relative volumes of the wells whose copies are counted one by one
    double looked_at_ = 0, noise_ = 0, calibration_ = 0;  ///< noise, calibration: variances of log copies
    double reference_ = 0, best_ = 0, peak_ = 0;
};

}  // namespace microchim::chimerism
