#include "tests/chimerism/coverage/real_time.hpp"

#include <algorithm>
#include <cmath>

#include "core/qpcr/standard_curve.hpp"
#include "core/run/errors.hpp"

namespace microchim::chimerism::simulation {
namespace {

/// What the plate really does; slopes and intercept as measured on 482 curves (Kanaan et al. 2023).
struct Assay {
    double intercept = 38.3, slope = -3.45;
};

std::optional<double> draw(double copies, const Assay& assay, double sd, std::mt19937_64& random) {
    const auto c = std::poisson_distribution<std::int64_t>(copies)(random);
    if (c == 0) return std::nullopt;
    return assay.intercept + assay.slope * std::log10(static_cast<double>(c)) +
           std::normal_distribution<>(0, sd)(random);
}

CqCurve curve_of(const Assay& assay, const RealTimePoint& p, std::mt19937_64& random) {
    if (!p.standards) return {assay.intercept, assay.slope, p.sd, 0, 0, 0, {}};
    std::vector<qpcr::StandardWell> wells;
    for (double quantity : {1e1, 1e2, 1e3, 1e4, 1e5})
        for (int i = 0; i < p.standard_wells; ++i) wells.push_back({quantity, draw(quantity, assay, p.sd, random), {}});
    const auto c = qpcr::fit_standard_curve(wells, qpcr::Weighting::poisson).value();
    return {c.intercept, c.slope, c.sd, c.intercept_variance, c.slope_variance, c.covariance, c.freedom};
}

double copies(const std::optional<double>& cq, const CqCurve& curve) {
    return cq ? std::pow(10, (*cq - curve.intercept) / curve.slope) : 0;
}

/// The usual spreadsheet (after the published one of Kanaan et al. 2023): quantities read off the curve are added up,
/// no Cq counts 0, a Cq at least one copy.
double sheet_estimate(const Observation& marker, const Observation& reference) {
    double cells = 0, genomes = 0;
    for (const auto& cq : marker.cq) cells += cq ? std::max(copies(cq, *marker.curve), 1.0) : 0;
    for (const auto& cq : reference.cq) genomes += copies(cq, *reference.curve) / 2;
    genomes *= static_cast<double>(marker.cq.size()) / static_cast<double>(reference.cq.size());
    return genomes > 0 ? cells / genomes : 0;
}

}  // namespace

RealTimeSample sample(const RealTimePoint& p, std::mt19937_64& random) {
    const Assay assay, other{37.6, -3.54};
    const double n = p.wells, genomes = (p.background + p.donor) / n;
    Observation marker{"M", 0, 0, {1}, p.recipient, {}, {}};
    marker.curve = curve_of(assay, p, random);
    const double carried = (p.donor + p.recipient * p.background) / n;
    for (int i = 0; i < p.wells; ++i) marker.cq.push_back(draw(carried, assay, p.sd, random));
    Observation reference{"REF", 0, 0, {2}, 2, {}, {}};
    reference.curve = curve_of(other, p, random);
    for (int i = 0; i < p.reference_wells; ++i) reference.cq.push_back(draw(2 * genomes, other, p.sd, random));
    RealTimeSample s{{marker, reference}, 0};
    s.sheet_fraction = sheet_estimate(marker, reference);
    return s;
}

RealTimeFound repeat(const RealTimePoint& p, int samples, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const double truth = p.donor / (p.donor + p.background);
    RealTimeFound f;
    for (int i = 0; i < samples; ++i) {
        const RealTimeSample s = sample(p, random);
        DonorEstimate d;
        try {
            d = estimate(s.observations).donors.front();
        } catch (const ConfigError&) {
            continue;  // no sign of DNA in the reference
        }
        f.answered += 1;
        f.below += truth < d.low ? 1 : 0;
        f.above += truth > d.high ? 1 : 0;
        f.detected += d.call != DetectionCall::not_detected ? 1 : 0;
        if (truth <= 0) continue;
        const double off = d.fraction / truth - 1, sheet = s.sheet_fraction / truth - 1;
        f.bias += off, f.sheet_bias += sheet;
        f.error += off * off, f.sheet_error += sheet * sheet;
        f.relative_width += (d.high - d.low) / truth;
    }
    for (double* v :
         {&f.below, &f.above, &f.detected, &f.bias, &f.sheet_bias, &f.error, &f.sheet_error, &f.relative_width})
        *v /= f.answered;
    f.coverage = 1 - f.below - f.above;
    f.error = std::sqrt(f.error), f.sheet_error = std::sqrt(f.sheet_error);
    f.answered /= samples;
    return f;
}

}  // namespace microchim::chimerism::simulation
