// chimerism_coverage [samples [grid|others|disagreeing [part parts]]]: the validation tables of
// docs/methods/fraction.md. One line per point that misses a criterion (per point at all but the grid), then the
// summary.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/chimerism/coverage/simulate.hpp"

using namespace microchim::chimerism;
using namespace microchim::chimerism::simulation;

namespace {

struct Negative {
    double rate, partitions;
};

std::vector<Point> grid() {
    std::vector<Point> points;
    for (double fraction : {0.0, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9})
        for (int markers : {1, 2, 3, 4})
            for (double copies : {1.0, 2.0})
                for (Negative b : {Negative{0, 0},
                                   {2.4e-6, 20e3},
                                   {2.4e-6, 200e3},
                                   {2e-5, 20e3},
                                   {2e-5, 60e3},
                                   {5e-5, 20e3},
                                   {5e-5, 200e3}})
                    for (double partitions : {20e3, 40e3, 160e3})
                        for (double lambda : {0.05, 0.3, 1.5})
                            points.push_back({fraction, markers, copies, b.rate, b.partitions, partitions, lambda});
    return points;
}

/// Markers that the recipient carries too, and markers that do not agree: no other interval to compare with.
std::vector<Point> others() {
    std::vector<Point> points;
    for (double fraction : {0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0})
        for (int markers : {1, 3})
            for (double lambda : {0.05, 0.3, 1.5})
                for (auto [copies, recipient] : {std::pair{0.0, 2.0}, {2.0, 1.0}, {0.0, 1.0}})
                    points.push_back({fraction, markers, copies, 0, 0, 20e3, lambda, recipient});
    return points;
}
std::vector<Point> disagreeing() {
    std::vector<Point> points;
    for (double spread : {0.05, 0.12, 0.3})
        for (int markers : {2, 3, 4})
            for (double fraction : {0.01, 0.1}) points.push_back({fraction, markers, 1, 0, 0, 160e3, 0.3, 0, spread});
    return points;
}

/// NaN where there is no MOVER interval.
double ratio(const Found& f) {
    return f.mover_width > 0 ? f.width / f.mover_width : NAN;
}

void print(const char* word, const Point& p, const Found& f) {
    std::printf(
        "%-8s F=%-6g m=%d c=%g r=%g e=%-7g Nb=%-6g N=%-6g lambda=%-4g spread=%-4g | cover %.4f width/MOVER %.4f bias "
        "%+.4f detected "
        "%.4f\n",
        word, p.fraction, p.markers, p.copies, p.recipient, p.false_positive, p.blank, p.partitions, p.lambda, p.spread,
        f.coverage, ratio(f), f.bias, f.detected);
}

struct Summary {
    int points = 0;
    double coverage = 1, mean_coverage = 0, width = 0, mean_width = 0, bias = 0, false_detected = 0;

    void add(const Point& p, const Found& f) {
        ++points;
        coverage = std::min(coverage, f.coverage);
        mean_coverage += f.coverage;
        width = std::max(width, ratio(f));
        mean_width += ratio(f);
        if (!std::isnan(f.bias)) bias = std::max(bias, std::abs(f.bias));
        if (p.fraction == 0) false_detected = std::max(false_detected, f.detected);
    }
    void print(const std::string& name) const {
        std::printf(
            "%-28s %5d points: coverage min %.4f mean %.4f, width/MOVER max %.4f mean %.4f, |bias| max %.4f, false "
            "detected max %.4f\n",
            name.c_str(), points, coverage, mean_coverage / points, width, mean_width / points, bias, false_detected);
    }
};

void run(const std::vector<Point>& points, std::size_t part, std::size_t parts, int samples, bool verbose) {
    std::map<std::string, Summary> summaries;
    for (std::size_t i = part; i < points.size(); i += parts) {
        const Point& p = points[i];
        const Found f = repeat(p, samples, 1000 + i);
        char name[64];
        std::snprintf(name, sizeof name, "F = %g, %s", p.fraction, p.blank > 0 ? "blanks" : "no blanks");
        summaries[name].add(p, f);
        std::snprintf(name, sizeof name, "e = %g, blank of %g", p.false_positive, p.blank);
        summaries[name].add(p, f);
        summaries["total"].add(p, f);
        const char* missed = f.coverage < 0.93                      ? "COVERAGE"
                             : ratio(f) > 1                         ? "WIDTH"
                             : std::abs(f.bias) >= 0.02             ? "BIAS"
                             : p.fraction == 0 && f.detected > 0.05 ? "FALSE"
                                                                    : "";
        if (verbose || *missed != '\0') print(missed, p, f);
    }
    for (const auto& [name, s] : summaries) s.print(name);
}

}  // namespace

int main(int argc, char** argv) {
    const int samples = argc > 1 ? std::atoi(argv[1]) : 2000;
    const std::string what = argc > 2 ? argv[2] : "grid";
    const std::size_t part = argc > 4 ? std::strtoul(argv[3], nullptr, 10) : 0;
    const std::size_t parts = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 1;
    if (parts == 0) return 2;
    run(what == "others"        ? others()
        : what == "disagreeing" ? disagreeing()
                                : grid(),
        part, parts, samples, what != "grid");
    return 0;
}
