#include "core/qpcr/standard_curve.hpp"

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <map>

namespace microchim::qpcr {
namespace {

constexpr double ln10 = 2.302585092994045684;
constexpr double many_copies = 200;  // above: the series of log c is exact enough
constexpr double least_sd = 0.02;    // cycles; no instrument repeats better

/// One well as a point of the line.
struct Point {
    std::size_t well = 0;
    double x = 0, y = 0;  ///< log10 quantity, Cq
    double scatter = 0;   ///< variance of log10 copies
    double weight = 1;
};

/// Mean and variance of log10 c for c ~ Poisson(copies) given that c >= 1: a well with a Cq holds something.
std::pair<double, double> log_copies(double copies) {
    if (copies > many_copies)
        return {std::log10(copies) - (1 / (2 * copies) + 5 / (12 * copies * copies)) / ln10,
                (1 / copies + 3 / (2 * copies * copies)) / (ln10 * ln10)};
    double total = 0, mean = 0, square = 0;
    const int last = static_cast<int>(copies + 12 * std::sqrt(copies) + 20);
    for (int c = 1; c <= last; ++c) {
        const double p = std::exp(c * std::log(copies) - copies - std::lgamma(c + 1.0)), z = std::log10(c);
        total += p, mean += p * z, square += p * z * z;
    }
    mean /= total;
    return {mean, std::max(0.0, square / total - mean * mean)};
}

struct Line {
    double intercept = 0, slope = 0, mean_x = 0, mean_y = 0, weights = 0, sxx = 0, syy = 0, residual = 0;
};

Line fit(const std::vector<Point>& points) {
    Line line;
    for (const Point& p : points) {
        line.weights += p.weight;
        line.mean_x += p.weight * p.x;
        line.mean_y += p.weight * p.y;
    }
    line.mean_x /= line.weights;
    line.mean_y /= line.weights;
    double sxy = 0;
    for (const Point& p : points) {
        const double x = p.x - line.mean_x, y = p.y - line.mean_y;
        line.sxx += p.weight * x * x;
        sxy += p.weight * x * y;
        line.syy += p.weight * y * y;
    }
    line.slope = line.sxx > 0 ? sxy / line.sxx : 0;
    line.intercept = line.mean_y - line.slope * line.mean_x;
    for (const Point& p : points) {
        const double off = p.y - line.intercept - line.slope * p.x;
        line.residual += p.weight * off * off;
    }
    return line;
}

void weigh(std::vector<Point>& points, double slope, double sd) {
    for (Point& p : points) p.weight = 1 / (sd * sd + slope * slope * p.scatter);
}

/// The SD at which the weighted squares are what they should be (Paule and Mandel 1982), and the line with it.
std::pair<Line, double> fit_poisson(std::vector<Point>& points) {
    double slope = fit(points).slope, sd = 0.3;
    const double wanted = static_cast<double>(points.size()) - 2;
    for (int round = 0; round < 20; ++round) {
        double low = least_sd, high = 10;
        for (int step = 0; step < 60; ++step) {
            sd = std::sqrt(low * high);
            weigh(points, slope, sd);
            (fit(points).residual > wanted ? low : high) = sd;
        }
        weigh(points, slope, sd);
        const double next = fit(points).slope;
        const bool settled = std::abs(next - slope) < 1e-10;
        slope = next;
        if (settled) break;
    }
    weigh(points, slope, sd);
    return {fit(points), sd};
}

/// Residuals of each well by the line of the others (externally studentised).
void find_outliers(const std::vector<Point>& points, const Line& line, StandardCurve& curve) {
    const double n = static_cast<double>(points.size());
    if (n < 5) return;
    // Bonferroni at 1 % for the whole curve.
    const double limit = boost::math::quantile(boost::math::students_t(n - 3), 1 - 0.005 / n);
    for (const Point& p : points) {
        const double leverage = p.weight / line.weights + p.weight * std::pow(p.x - line.mean_x, 2) / line.sxx;
        const double off = p.y - line.intercept - line.slope * p.x, square = p.weight * off * off;
        const double room = (1 - leverage) * (line.residual - square / (1 - leverage)) / (n - 3);
        const double t = room > 0 ? std::copysign(std::sqrt(square / room), off) : std::copysign(1e3, off);
        if (leverage < 1 && std::abs(t) > limit) curve.outliers.push_back({p.well, t});
    }
}

using Levels = std::map<long, std::vector<const Point*>>;

/// Wells of one nominal quantity, within rounding of the file.
Levels levels_of(const std::vector<Point>& points, const std::vector<StandardWell>& wells) {
    Levels levels;
    for (const Point& p : points) levels[std::lround(1e4 * std::log10(wells[p.well].quantity))].push_back(&p);
    return levels;
}

std::optional<double> lack_of_fit(const Levels& levels, const Line& line, double n) {
    double pure = 0;
    for (const auto& [quantity, own] : levels) {
        double weights = 0, mean = 0;
        for (const Point* p : own) weights += p->weight, mean += p->weight * p->y;
        mean /= weights;
        for (const Point* p : own) pure += p->weight * (p->y - mean) * (p->y - mean);
    }
    const double count = static_cast<double>(levels.size()), above = count - 2, below = n - count;
    if (above < 1 || below < 1 || !(pure > 0)) return std::nullopt;
    const double f = std::max(0.0, line.residual - pure) / above / (pure / below);
    return boost::math::cdf(boost::math::complement(boost::math::fisher_f(above, below), f));
}

std::vector<Point> points_of(const std::vector<StandardWell>& wells) {
    std::vector<Point> points;
    for (std::size_t i = 0; i < wells.size(); ++i)
        if (wells[i].cq && wells[i].quantity > 0) points.push_back({i, std::log10(wells[i].quantity), *wells[i].cq});
    return points;
}

}  // namespace

double StandardCurve::efficiency() const {
    return std::pow(10, -1 / slope);
}

double StandardCurve::efficiency_se() const {
    return efficiency() * ln10 / (slope * slope) * std::sqrt(slope_variance);
}

double StandardCurve::quantity(double cq) const {
    return std::pow(10, (cq - intercept) / slope);
}

std::optional<StandardCurve> fit_standard_curve(const std::vector<StandardWell>& wells, Weighting weighting,
                                                double copies_per_unit) {
    auto points = points_of(wells);
    const double n = static_cast<double>(points.size());
    const auto levels = levels_of(points, wells);
    if (points.size() < 3 || levels.size() < 2) return std::nullopt;
    if (weighting == Weighting::poisson)
        for (Point& p : points) {
            const auto [mean, variance] = log_copies(wells[p.well].quantity * copies_per_unit);
            p.x = mean - std::log10(copies_per_unit);
            p.scatter = variance;
        }
    StandardCurve curve;
    Line line;
    if (weighting == Weighting::poisson) {
        std::tie(line, curve.sd) = fit_poisson(points);
        double own = 0;  // how much of the scatter that was seen speaks of the sd
        for (const Point& p : points) own += curve.sd * curve.sd * p.weight;
        curve.freedom = std::max(1.0, own - 2);
    } else {
        line = fit(points);
        curve.freedom = n - 2;
        curve.sd = std::max(std::sqrt(line.residual / curve.freedom), 1e-9);
    }
    if (!(line.slope < 0)) return std::nullopt;
    const double unit = weighting == Weighting::poisson ? 1 : curve.sd * curve.sd;
    curve.intercept = line.intercept;
    curve.slope = line.slope;
    curve.slope_variance = unit / line.sxx;
    curve.covariance = -line.mean_x * curve.slope_variance;
    curve.intercept_variance = unit / line.weights + line.mean_x * line.mean_x * curve.slope_variance;
    curve.r2 = line.syy > 0 ? 1 - line.residual / line.syy : 0;
    curve.wells = points.size();
    curve.levels = levels.size();
    curve.mean_log = line.mean_x;
    curve.mean_cq = line.mean_y;
    curve.sum_of_squares = line.sxx * (weighting == Weighting::poisson ? curve.sd * curve.sd : 1);
    curve.lowest = std::numeric_limits<double>::infinity();
    for (const Point& p : points) {
        curve.lowest = std::min(curve.lowest, wells[p.well].quantity);
        curve.highest = std::max(curve.highest, wells[p.well].quantity);
    }
    curve.undetermined = static_cast<std::size_t>(
        std::ranges::count_if(wells, [](const StandardWell& w) { return !w.cq && w.quantity > 0; }));
    curve.lack_of_fit = lack_of_fit(levels, line, n);
    find_outliers(points, line, curve);
    return curve;
}

Prediction predict(const StandardCurve& curve, double mean_cq, std::size_t replicates, double confidence) {
    const double t = boost::math::quantile(boost::math::students_t(curve.freedom), 0.5 + confidence / 2);
    Prediction found{curve.quantity(mean_cq), 0, std::numeric_limits<double>::infinity()};
    // (y - slope x)^2 = t^2 (sd^2 / m + var(mean) + x^2 var(slope)), x and y from the middle of the standards
    const double y = mean_cq - curve.mean_cq, own = curve.sd * curve.sd / static_cast<double>(replicates);
    const double middle = curve.intercept_variance - curve.mean_log * curve.mean_log * curve.slope_variance;
    const double a = curve.slope * curve.slope - t * t * curve.slope_variance;
    if (!(a > 0)) return found;
    const double c = y * y - t * t * (own + middle), b = curve.slope * y;
    const double root = std::sqrt(std::max(0.0, b * b - a * c));
    found.low = std::pow(10, curve.mean_log + (b - root) / a);
    found.high = std::pow(10, curve.mean_log + (b + root) / a);
    return found;
}

std::optional<double> two_lines(const std::vector<StandardWell>& wells) {
    constexpr double apart = 0.8, tighter = 3;  // cycles; how much better two lines must fit
    auto points = points_of(wells);
    const Line one = fit(points);
    double between = 0, within = 0, replicated = 0;
    std::vector<double> gaps;
    for (auto& [quantity, own] : levels_of(points, wells)) {
        if (own.size() < 2) continue;
        auto sorted = own;
        std::ranges::sort(sorted, {}, [](const Point* p) { return p->y; });
        std::size_t split = 1;
        for (std::size_t i = 1; i < sorted.size(); ++i)
            if (sorted[i]->y - sorted[i - 1]->y > sorted[split]->y - sorted[split - 1]->y) split = i;
        double mean[2] = {0, 0};
        for (std::size_t i = 0; i < sorted.size(); ++i)
            mean[i >= split] += sorted[i]->y / static_cast<double>(i < split ? split : sorted.size() - split);
        for (std::size_t i = 0; i < sorted.size(); ++i) within += std::pow(sorted[i]->y - mean[i >= split], 2);
        gaps.push_back(mean[1] - mean[0]);
        replicated += static_cast<double>(sorted.size());
    }
    if (gaps.size() < 3) return std::nullopt;
    double gap = 0;
    for (const double g : gaps) gap += g / static_cast<double>(gaps.size());
    for (const double g : gaps) between += (g - gap) * (g - gap) / 2;
    const double scatter = std::sqrt((within + between) / replicated);
    const double before = std::sqrt(one.residual / static_cast<double>(points.size()));
    if (gap < apart || scatter * tighter > before) return std::nullopt;
    return gap;
}

}  // namespace microchim::qpcr
