// Drawing samples, and the interval that others would use: MOVER (Donner and Zou 2012, Stat Methods Med Res 21:347)
// on Clopper-Pearson limits, with the blank taken off first.
#include "tests/chimerism/coverage/simulate.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <map>

namespace microchim::chimerism::simulation {
namespace {

struct Limits {
    double middle, low, high;
};

/// Copies per partition from k of n, two-sided 95 %.
Limits clopper_pearson(double k, double n) {
    static std::map<std::pair<double, double>, Limits> known;
    const auto [at, fresh] = known.try_emplace({k, n});
    if (fresh) {
        auto rate = [](double p) { return -std::log1p(-p); };
        at->second = {rate(k / n), k > 0 ? rate(boost::math::ibeta_inv(k, n - k + 1, 0.025)) : 0,
                      rate(boost::math::ibeta_inv(k + 1, n - k, 0.975))};
    }
    return at->second;
}

Limits difference(const Limits& a, const Limits& b) {
    const double d = a.middle - b.middle;
    return {std::max(d, 0.0), std::max(d - std::hypot(a.middle - a.low, b.high - b.middle), 0.0),
            std::max(d + std::hypot(a.high - a.middle, b.middle - b.low), 0.0)};
}

double mover_width(const std::vector<Observation>& sample, double copies) {
    double k = 0, n = 0, b = 0, m = 0;
    for (const Observation& o : sample) {
        if (o.target == "REF") continue;
        k += static_cast<double>(o.positive), n += static_cast<double>(o.accepted);
        if (o.blank) b += o.blank->positive, m += o.blank->accepted;
    }
    Limits t = clopper_pearson(k, n);
    if (m > 0) t = difference(t, clopper_pearson(b, m));
    const Limits r =
        clopper_pearson(static_cast<double>(sample.back().positive), static_cast<double>(sample.back().accepted));
    const double product = t.middle * r.middle, up = r.high * (2 * r.middle - r.high),
                 down = r.low * (2 * r.middle - r.low);
    const double low =
        (product - std::sqrt(std::max(product * product - t.low * (2 * t.middle - t.low) * up, 0.0))) / up;
    const double high =
        (product + std::sqrt(std::max(product * product - t.high * (2 * t.middle - t.high) * down, 0.0))) / down;
    return std::clamp(high * 2 / copies, 0.0, 1.0) - std::clamp(low * 2 / copies, 0.0, 1.0);
}

std::int64_t draw(double partitions, double rate, std::mt19937_64& random) {
    return std::binomial_distribution<std::int64_t>(static_cast<std::int64_t>(partitions), -std::expm1(-rate))(random);
}

}  // namespace

std::vector<Observation> sample(const Point& p, std::mt19937_64& random) {
    std::vector<Observation> all;
    const auto n = static_cast<std::int64_t>(p.partitions);
    const double carried = p.fraction * p.copies + (1 - p.fraction) * p.recipient;
    for (int m = 0; m < p.markers; ++m) {
        const double off = p.spread > 0 ? std::exp(std::normal_distribution<>(0, p.spread)(random)) : 1;
        const double rate = p.lambda / 2 * carried * off + p.false_positive;
        Observation o{"M" + std::to_string(m), draw(p.partitions, rate, random), n, {p.copies}, p.recipient, {}, {}};
        if (p.blank > 0) o.blank = Blank{static_cast<double>(draw(p.blank, p.false_positive, random)), p.blank};
        all.push_back(o);
    }
    all.push_back({"REF", draw(p.partitions, p.lambda, random), n, {2}, 2, {}, {}});
    return all;
}

Found repeat(const Point& p, int samples, std::uint64_t seed, bool with_mover) {
    std::mt19937_64 random(seed);
    Found found;
    double sum = 0;
    for (int i = 0; i < samples; ++i) {
        const auto observations = sample(p, random);
        const Estimate e = estimate(observations);
        const DonorEstimate& d = e.donors.front();
        sum += d.fraction;
        found.width += d.high - d.low;
        found.coverage += p.fraction >= d.low && p.fraction <= d.high ? 1 : 0;
        found.detected += d.call != DetectionCall::not_detected ? 1 : 0;
        if (with_mover && p.recipient == 0) found.mover_width += mover_width(observations, p.copies);
    }
    for (double* v : {&found.coverage, &found.width, &found.mover_width, &found.detected, &sum}) *v /= samples;
    const double donor_copies = p.fraction * p.copies * p.lambda / 2 * p.partitions * p.markers;
    found.bias = donor_copies >= 30 ? sum / p.fraction - 1 : std::numeric_limits<double>::quiet_NaN();
    return found;
}

}  // namespace microchim::chimerism::simulation
