#include "core/chimerism/cq_wells.hpp"
#include "core/chimerism/interval.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace microchim::chimerism {
namespace {

constexpr double ln10 = 2.302585092994045684;
constexpr double plenty = 30;        // apparent copies above which their logarithm is taken to be normal
constexpr double reach = 7;          // standard deviations of a Cq that are summed over
constexpr double error_reach = 4.5;  // standard deviations of the calibration that are integrated over
constexpr double error_step = 1.2;   // of what the wells leave of it: the trapezoid rule is then exact to 1e-6
constexpr double least_noise = 1e-3, most_noise = 2;  // SD of log copies; 2 are 3 cycles
constexpr double most_calibration = 4;                // the same: a factor of fifty, nothing is known beyond
constexpr int most_copies = 5000, most_nodes = 200;   // of the sums, whatever the input
constexpr double late = 3;  // a Cq later than one copy gives, by more than so many SD, says "one copy" and no more

/// A noise that was measured on few wells is larger than it looks: Student's quantile for the normal one.
double inflation(const CqCurve& curve, double confidence) {
    if (!curve.freedom) return 1;
    const double tail = 0.5 + confidence / 2;
    return boost::math::quantile(boost::math::students_t(std::max(*curve.freedom, 1.0)), tail) / normal_quantile(tail);
}

}  // namespace

CqCurve of_copies(CqCurve curve, double copies_per_unit) {
    const double decades = std::log10(copies_per_unit);
    curve.intercept -= curve.slope * decades;
    curve.intercept_variance += decades * (decades * curve.slope_variance - 2 * curve.covariance);
    curve.covariance -= decades * curve.slope_variance;
    return curve;
}

CqWells::CqWells(const CqCurve& curve, const std::vector<CqWell>& wells, double confidence) {
    const double per_cq = ln10 / curve.slope, wider = inflation(curve, confidence);
    noise_ = std::pow(std::clamp(curve.sd * wider * std::abs(per_cq), least_noise, most_noise), 2);
    std::vector<std::pair<double, double>> seen;  // log of the apparent copies, relative volume
    double mean = 0;
    for (const CqWell& well : wells) {
        looked_at_ += well.volume;
        if (!well.cq) counts_ += well.volume;
        else seen.emplace_back((*well.cq - curve.intercept) * per_cq, well.volume);
        if (well.cq) mean += std::max(seen.back().first, 0.0);
    }
    detected_ = seen.size();
    if (seen.empty()) return;
    const double decades = mean / static_cast<double>(seen.size()) / ln10;
    calibration_ = std::max(0.0, curve.intercept_variance + 2 * decades * curve.covariance +
                                     decades * decades * curve.slope_variance) *
                   per_cq * per_cq * wider * wider;
    calibration_ = std::min(calibration_, most_calibration * most_calibration);

    const double latest = -late * std::sqrt(noise_ + calibration_);
    double apparent = 0;
    std::vector<std::pair<double, double>> few;
    for (auto& [x, volume] : seen) {
        x = std::max(x, latest);
        apparent += std::exp(x);
        if (x < std::log(plenty)) {
            few.emplace_back(x, volume);
            counts_ += volume;
        } else {
            const double counting = std::exp(-x);
            plenty_.push_back({x + counting / 2 - std::log(volume), noise_ + counting});
        }
    }
    reference_ = std::log(apparent / looked_at_);

    const double left = 1 / std::sqrt(1 / std::max(calibration_, 1e-12) + static_cast<double>(few.size()) / noise_);
    const double sd = std::sqrt(calibration_);
    // Wells with plenty of copies only: normal all through, and the calibration is one more variance (see given()).
    const int half = few.empty() || calibration_ < 1e-12
                         ? 0
                         : std::min(most_nodes, static_cast<int>(std::ceil(error_reach * sd / (error_step * left))));
    for (int i = -half; i <= half; ++i) {
        const double error = half == 0 ? 0 : error_reach * sd * i / half;
        errors_.push_back(error);
        prior_.push_back(half == 0 ? 0 : -error * error / (2 * calibration_));
    }
    const double spread = std::sqrt(noise_);
    for (const double error : errors_) {
        auto& nodes = few_.emplace_back();
        for (const auto& [x, volume] : few) {
            Node node;
            const double middle = x - error, here = reference_ + std::log(volume);
            node.first =
                std::max(1, static_cast<int>(std::min<double>(most_copies, std::exp(middle - reach * spread))));
            const int last =
                std::max(node.first,
                         static_cast<int>(std::ceil(std::min<double>(most_copies, std::exp(middle + reach * spread)))));
            node.top = -std::numeric_limits<double>::infinity();
            for (int c = node.first; c <= last; ++c) {
                const double off = middle - std::log(static_cast<double>(c));
                node.logs.push_back(c * here - std::lgamma(c + 1.0) - off * off / (2 * noise_));
                node.top = std::max(node.top, node.logs.back());
            }
            for (double& w : node.logs) node.weight.push_back(std::exp(w -= node.top));
            nodes.push_back(std::move(node));
        }
    }
    maximise();
}

/// All wells with a Cq, for one calibration error.
CqWells::Sum CqWells::given(std::size_t error, double log_lambda) const {
    Sum s;
    const double from_reference = log_lambda - reference_;
    const double step = std::exp(std::clamp(from_reference, -600.0, 600.0));
    for (const Node& node : few_[error]) {
        const auto size = static_cast<int>(node.weight.size());
        double zero = 0, one = 0, two = 0, scale = node.first * from_reference + node.top;
        if (std::abs(size * from_reference) < 600) {
            double power = 1;
            for (int i = 0; i < size; ++i, power *= step) {
                const double term = node.weight[static_cast<std::size_t>(i)] * power;
                zero += term, one += i * term, two += i * (i * term);
            }
        } else {
            double top = -std::numeric_limits<double>::infinity();
            for (int i = 0; i < size; ++i)
                top = std::max(top, node.logs[static_cast<std::size_t>(i)] + i * from_reference);
            for (int i = 0; i < size; ++i) {
                const double term = std::exp(node.logs[static_cast<std::size_t>(i)] + i * from_reference - top);
                zero += term, one += i * term, two += i * (i * term);
            }
            scale += top;
        }
        const double mean = one / zero;
        s.value += scale + std::log(zero);
        s.first += node.first + mean;
        s.second += two / zero - mean * mean;
    }
    if (plenty_.empty()) return s;
    if (errors_.size() == 1 && few_.front().empty()) {
        double weights = 0, middle = 0;
        for (const Plenty& well : plenty_) weights += 1 / well.variance, middle += well.log_copies / well.variance;
        const double variance = 1 / weights + calibration_, off = middle / weights - log_lambda;
        return {-off * off / (2 * variance), off / variance, -1 / variance};
    }
    for (const Plenty& well : plenty_) {
        const double off = well.log_copies - errors_[error] - log_lambda;
        s.value -= off * off / (2 * well.variance);
        s.first += off / well.variance;
        s.second -= 1 / well.variance;
    }
    return s;
}

CqWells::Sum CqWells::sum(double log_lambda) const {
    const double empty = counts_ * std::exp(log_lambda);
    if (detected_ == 0) return {-empty, -empty, -empty};
    Sum all;
    double top = -std::numeric_limits<double>::infinity(), total = 0, square = 0;
    for (std::size_t e = 0; e < errors_.size(); ++e) {
        const Sum one = given(e, log_lambda);
        const double value = one.value + prior_[e];
        if (value > top) {
            const double keep = std::exp(top - value);
            total *= keep, all.first *= keep, square *= keep;
            top = value;
        }
        const double weight = std::exp(value - top);
        total += weight;
        all.first += weight * one.first;
        square += weight * (one.second + one.first * one.first);
    }
    all.value = top + std::log(total) - empty;
    all.first /= total;
    all.second = square / total - all.first * all.first - empty;
    all.first -= empty;
    return all;
}

void CqWells::maximise() {
    double at = reference_, low = reference_ - 40, high = reference_ + 40;
    for (int round = 0; round < 200; ++round) {
        const Sum s = sum(at);
        (s.first > 0 ? low : high) = at;
        double next = s.second < 0 ? at - s.first / s.second : 0.5 * (low + high);
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        const double step = std::abs(next - at);
        at = next;
        if (step < 1e-10) break;
    }
    best_ = std::exp(at);
    peak_ = sum(at).value;
}

double CqWells::value(double lambda) const {
    if (!(lambda > 0)) return detected_ > 0 ? -std::numeric_limits<double>::infinity() : 0;
    return sum(std::log(lambda)).value - peak_;
}

CqWells::At CqWells::at(double lambda) const {
    if (detected_ == 0) return {-counts_ * lambda, -counts_, 0};
    const Sum s = sum(std::log(lambda));
    const double observed = (s.first - s.second) / (lambda * lambda);
    return {s.value - peak_, s.first / lambda, std::max(observed, 0.3 * information(lambda))};
}

double CqWells::information(double lambda) const {
    const double relative = noise_ / looked_at_ + calibration_;
    return 1 / (lambda / looked_at_ + lambda * lambda * relative);
}

double CqWells::counting(double lambda) const {
    const double relative = noise_ / looked_at_ + calibration_;
    return 1 / (1 + lambda * looked_at_ * relative);
}

}  // namespace microchim::chimerism
