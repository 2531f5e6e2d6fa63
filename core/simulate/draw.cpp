#include "core/simulate/draw.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "core/simulate/random.hpp"

namespace microchim::simulate {
namespace {

// One draw of chance per statement throughout: C++ does not say in which order the parts of an expression are worked
// out, and the order of the draws is the plate.

// Shape of a good duplex of hydrolysis probes, RFU: made up, with the features that real plates have.
constexpr double base1 = 1450, base2 = 1200;                // empty partitions
constexpr double rise1 = 5600, rise2 = 4300;                // of a full amplification
constexpr double crosstalk = 0.03;                          // of channel 1 seen in channel 2
constexpr double competition1 = 0.80, competition2 = 0.90;  // both targets share one supply of reagents
constexpr double gain_spread = 0.025;             // size and light path of a partition, common to both channels
constexpr double noise1 = 70, noise2 = 60;        // of the detector
constexpr double spread1 = 0.05, spread2 = 0.05;  // of the amplification
constexpr double pipetting = 0.02;                // CV of the DNA amount between wells

/// What is expected in a partition of one well.
struct Expectation {
    std::vector<double> origin;  ///< copies of the target: by donor, then recipient, then false positives
    double target = 0, reference = 0;
    double no_target = 1, no_reference = 1;
};

Expectation expectation(const Plan& plan, const Sample& sample, const Marker& marker, Random& chance) {
    const double genomes = genomes_per_partition(plan, sample) * (1 + pipetting * chance.normal());
    Expectation e;
    double rest = 1;
    for (std::size_t d = 0; d < plan.donors.size(); ++d) {
        const double fraction = d < sample.fractions.size() ? sample.fractions[d] : 0;
        rest -= fraction;
        e.origin.push_back(genomes * fraction * marker.donor_copies[d]);
    }
    e.origin.push_back(genomes * std::max(0.0, rest) * marker.recipient_copies);
    e.origin.push_back(plan.false_positives);
    e.target = std::accumulate(e.origin.begin(), e.origin.end(), 0.0);
    e.reference = genomes * plan.reference_copies;
    e.no_target = std::exp(-e.target);
    e.no_reference = std::exp(-e.reference);
    return e;
}

/// Says of each copy of the target whose it was.
void attribute(int count, const Expectation& e, Copies& copies, Random& chance) {
    for (; count > 0; --count) {
        double u = chance.uniform() * e.target;
        std::size_t who = 0;
        while (who + 1 < e.origin.size() && u >= e.origin[who]) u -= e.origin[who++];
        if (who < copies.donor.size()) ++copies.donor[who];
        else if (who == copies.donor.size()) ++copies.recipient;
        else ++copies.false_positives;
    }
}

/// How far the amplification of an occupied partition came: 1, or anything below in the rain.
double amplified(bool occupied, double rain, Random& chance) {
    if (!occupied) return 0;
    if (chance.uniform() >= rain) return 1;
    const double first = chance.uniform();
    return 0.5 * (first + chance.uniform());
}

/// Heavier tails than the normal: one partition in twenty scatters twice as wide.
double scatter(Random& chance) {
    const double z = chance.normal();
    return chance.uniform() < 0.05 ? 2 * z : z;
}

/// 7 significant digits, which a float holds and its shortest decimal form gives back.
float as_written(double value) {
    const double size = std::abs(value);
    const double scale = size < 100 ? 1e5 : size < 1000 ? 1e4 : size < 10000 ? 1e3 : 1e2;
    return static_cast<float>(std::round(value * scale) / scale);
}

struct Partition {
    float channel1, channel2;
    std::uint8_t truth;
};

std::uint8_t code(bool first, bool second) {
    if (first) return second ? 3 : 2;
    return second ? 4 : 1;
}

Partition partition(bool target, bool reference, double rain, Random& chance) {
    const double x1 = amplified(target, rain, chance), x2 = amplified(reference, rain, chance);
    const bool both = target && reference;
    const double y1 = x1 * rise1 * (both ? competition1 : 1) * (1 + spread1 * scatter(chance));
    const double y2 = x2 * rise2 * (both ? competition2 : 1) * (1 + spread2 * scatter(chance));
    const double size = chance.normal();
    const double gain = 1 + gain_spread * (size + 0.5 * (chance.exponential() - 1));
    const double channel1 = gain * (base1 + y1) + noise1 * chance.normal();
    const double channel2 = gain * (base2 + y2 + crosstalk * y1) + noise2 * chance.normal();
    return {as_written(channel1), as_written(channel2), code(target, reference)};
}

DrawnWell draw_well(const Plan& plan, const Thresholds& thresholds, DrawnWell well, Random chance) {
    const Expectation e = expectation(plan, plan.samples[well.sample], plan.markers[well.marker], chance);
    well.copies.donor.assign(plan.donors.size(), 0);
    const double size = std::max(1.0, std::round(plan.partitions + plan.partitions_sd * chance.normal()));

    std::vector<Partition> all;
    all.reserve(static_cast<std::size_t>(size));
    for (auto left = static_cast<std::size_t>(size); left > 0; --left) {
        const int targets = chance.poisson(e.target, e.no_target);
        const int references = chance.poisson(e.reference, e.no_reference);
        attribute(targets, e, well.copies, chance);
        well.copies.reference += references;
        all.push_back(partition(targets > 0, references > 0, plan.rain, chance));
    }
    std::sort(all.begin(), all.end(), [](const Partition& a, const Partition& b) {
        return std::tie(a.channel1, a.channel2, a.truth) < std::tie(b.channel1, b.channel2, b.truth);
    });
    for (const Partition& one : all) {
        well.channel1.push_back(one.channel1);
        well.channel2.push_back(one.channel2);
        well.truth.push_back(one.truth);
        well.cluster.push_back(code(one.channel1 > thresholds.channel1, one.channel2 > thresholds.channel2));
    }
    return well;
}

}  // namespace

DrawnPlate draw(const Plan& plan) {
    check(plan);
    DrawnPlate plate{plan, {}, {}};
    int place = 0;
    for (std::size_t s = 0; s < plan.samples.size(); ++s)
        for (std::size_t m = 0; m < plan.markers.size(); ++m)
            for (int replicate = 0; replicate < plan.samples[s].wells; ++replicate, ++place) {
                DrawnWell well;
                well.well = {place % 8, place / 8};
                well.sample = s;
                well.marker = m;
                plate.wells.push_back(draw_well(plan, plate.thresholds, std::move(well),
                                                Random(plan.seed, static_cast<std::uint64_t>(place))));
            }
    std::sort(plate.wells.begin(), plate.wells.end(),
              [](const DrawnWell& a, const DrawnWell& b) { return a.well < b.well; });
    return plate;
}

}  // namespace microchim::simulate
