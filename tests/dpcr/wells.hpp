// Random wells of known truth: clusters whose width grows with brightness, rain, a shared droplet-size
// factor, light of channel 1 in channel 2, weaker reactions where both targets share a droplet.
#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "core/run/run.hpp"

namespace testing {

struct Recipe {
    double donor = 0, reference = 0;  ///< copies per partition
    double rain = 0.02;               ///< share of positives that stopped half-way
    double baseline = 0;              ///< RFU added to both channels
    double donor_height = 6000;       ///< RFU above the negatives
    std::size_t partitions = 15000;
};

struct KnownWell {
    microchim::Partitions partitions;
    std::vector<std::vector<std::uint8_t>> truth = std::vector<std::vector<std::uint8_t>>(2);

    double count(std::size_t channel) const {
        double sum = 0;
        for (const auto x : truth[channel]) sum += x;
        return sum;
    }
};

class Bench {
public:
    explicit Bench(unsigned seed) : random_(seed) {}

    KnownWell well(const Recipe& recipe) {
        KnownWell made;
        auto& channels = made.partitions.channels;
        channels.resize(2);
        channels[0].name = "Ch1", channels[1].name = "Ch2";
        for (std::size_t i = 0; i < recipe.partitions; ++i) {
            const bool donor = uniform() > std::exp(-recipe.donor), reference = uniform() > std::exp(-recipe.reference);
            const double both = donor && reference ? 0.75 : 1.0;
            const double one = donor ? full(recipe.rain) * both * (1 + 0.05 * normal()) : 0;
            const double two = reference ? full(recipe.rain) * both * (1 + 0.05 * normal()) : 0;
            const double size = std::exp(0.02 * normal() - 0.015 * std::log(uniform()));
            const double first = size * (2500 + recipe.donor_height * one) + 70 * normal();
            const double second = size * (1500 + 4000 * two + 0.08 * recipe.donor_height * one) + 50 * normal();
            channels[0].fluorescence.push_back(static_cast<float>(first + recipe.baseline));
            channels[1].fluorescence.push_back(static_cast<float>(second + recipe.baseline));
            made.truth[0].push_back(donor), made.truth[1].push_back(reference);
        }
        made.partitions.accepted = static_cast<std::int64_t>(recipe.partitions);
        return made;
    }

    double uniform() { return std::uniform_real_distribution<>(1e-12, 1)(random_); }
    double normal() { return std::normal_distribution<>()(random_); }

private:
    double full(double rain) { return uniform() < rain ? uniform() : 1.0; }

    std::mt19937_64 random_;
};

}  // namespace testing
