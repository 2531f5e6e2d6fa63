// Histograms of fluorescence, and what can be read off them: smooth density, peaks, the
// negative cluster. Everything after the first pass over the partitions works on these.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace microchim::dpcr {

/// Equal bins from `low`. Values outside are put into the first or last bin.
struct Grid {
    double low = 0;    ///< RFU, lower edge of bin 0
    double width = 1;  ///< RFU, above 0
    int bins = 1;

    int bin(double value) const {
        const double at = (value - low) / width;
        return at <= 0 ? 0 : at >= bins ? bins - 1 : static_cast<int>(at);
    }
    double centre(int bin) const { return low + (bin + 0.5) * width; }
};

using Counts = std::vector<std::uint32_t>;  ///< one per bin

/// Moving mean over 2 * radius + 1 bins, twice (a triangle): no new peaks from box edges.
/// Mass that would leave at an end stays in the last bin, so the sum is kept.
std::vector<double> smooth(std::span<const double> density, int radius);
std::vector<double> smooth(std::span<const std::uint32_t> counts, int radius);

/// The negative cluster: its mode, and the standard deviation its left side would have under a normal
/// law. The right side is left out because rain and positives lie there.
struct NegativePeak {
    double mode = 0, spread = 0;  ///< RFU
};

/// Lowest peak of at least 3 % of the highest one's height. None for an empty histogram.
std::optional<NegativePeak> find_negative(const Counts& counts, const Grid& grid);

/// The peak at or beyond `first` that rises highest above the valley before it (looked for from `valley_from` on):
/// at least `least` counts near it, and a density of `contrast` times the valley's. Returns its bin.
std::optional<int> find_positive(std::span<const double> counts, int valley_from, int first, int radius, double least,
                                 double contrast);

}  // namespace microchim::dpcr
