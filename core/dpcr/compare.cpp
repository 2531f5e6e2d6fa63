#include "core/dpcr/compare.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

#include "core/dpcr/poisson.hpp"

namespace microchim::dpcr {
namespace {

std::string text(double value, int digits) {
    std::array<char, 40> out{};
    return {out.data(),
            std::to_chars(out.data(), out.data() + out.size(), value, std::chars_format::general, digits).ptr};
}

/// Half a unit of the last place that was printed: the shortest decimal that reads back is what the file said. Of the
/// 17 figures of a spreadsheet 15 are its own.
double rounding(double printed) {
    const auto fifteen = text(printed, 15);
    std::from_chars(fifteen.data(), fifteen.data() + fifteen.size(), printed);
    std::array<char, 400> out{};
    const auto end = std::to_chars(out.data(), out.data() + out.size(), printed, std::chars_format::fixed).ptr;
    const std::string_view digits(out.data(), static_cast<std::size_t>(end - out.data()));
    const auto point = digits.find('.');
    const auto places = point == digits.npos ? 0.0 : static_cast<double>(digits.size() - point - 1);
    double half = 0.5 * std::pow(10, -places);
    // Whole numbers from 1000 on are often no better than three figures.
    if (places == 0 && printed >= 1000) half = 0.5 * std::pow(10, std::floor(std::log10(printed)) - 2);
    return half * 1.0001 + 4e-6 * printed;
}

struct Difference {
    std::string where;
    double theirs = 0, ours = 0;

    double ratio() const { return ours / theirs; }
};

struct Comparison {
    std::size_t compared = 0;
    std::vector<Difference> differ;

    void add(const std::string& where, const TargetCounts& counts) {
        const auto theirs = counts.vendor.copies_per_ul;
        if (!theirs || *theirs <= 0 || !counts.volume || counts.accepted <= 0 || counts.positive >= counts.accepted)
            return;
        const double ours = copies_per_ul(lambda(counts.positive, counts.accepted), counts.volume->nl);
        ++compared;
        if (std::abs(ours - *theirs) > rounding(*theirs))
            differ.push_back({where + " " + counts.target, *theirs, ours});
    }
};

}  // namespace

void compare_with_vendor(Run& run) {
    Comparison all;
    for (const auto& react : run.reacts)
        for (const auto& counts : react.counts) all.add(react.well.name(), counts);
    for (const auto& pooled : run.aggregates)
        if (pooled.pooling == Pooling::sum) all.add(pooled.name, pooled.counts);
    auto& differ = all.differ;
    if (differ.empty()) return;
    const auto distance = [](const Difference& d) { return std::abs(std::log(std::max(d.ratio(), 1e-300))); };
    const auto worst = *std::ranges::max_element(differ, {}, distance);
    std::ranges::nth_element(differ, differ.begin() + static_cast<std::ptrdiff_t>(differ.size() / 2), {},
                             &Difference::ratio);
    run.notes.push_back(
        {Severity::warning, "",
         "In " + std::to_string(differ.size()) + " of " + std::to_string(all.compared) +
             " rows the concentration of the instrument software differs from ours by more than rounding: " +
             "ours is " + text(differ[differ.size() / 2].ratio(), 4) + " times theirs in the middle; most in " +
             worst.where + ", " + text(worst.theirs, 5) + " and " + text(worst.ours, 5) +
             " copies/µL. Their software may have used another partition volume or a dilution."});
}

}  // namespace microchim::dpcr
