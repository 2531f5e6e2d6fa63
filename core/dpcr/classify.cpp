#include "core/dpcr/classify.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>

#include "core/dpcr/separate.hpp"

namespace microchim::dpcr {

namespace {

/// Wells that share channels and targets, and their calls so far.
struct Plate {
    std::vector<const Partitions*> wells;
    std::vector<WellCalls*> calls;
    std::size_t channels = 0;
};

void require_sound(const Partitions& well) {
    for (const auto& channel : well.channels) {
        if (channel.fluorescence.size() != well.channels.front().fluorescence.size())
            throw std::invalid_argument("The channels of one well must hold equally many partitions.");
        // Floats cannot overflow a double's sum: it is finite exactly when every value is.
        const double sum = std::accumulate(channel.fluorescence.begin(), channel.fluorescence.end(), 0.0);
        if (!std::isfinite(sum))
            throw std::invalid_argument("Channel '" + channel.name + "' holds a value that is not finite.");
    }
}

using States = std::vector<std::vector<std::uint8_t>>;  ///< per well and partition, a Partner

Separation look(const Plate& plate, std::size_t channel, const States& partner, bool refine,
                const Separation* earlier = nullptr) {
    std::vector<View> views;
    for (std::size_t w = 0; w < plate.wells.size(); ++w)
        views.push_back({plate.wells[w]->channels[channel].fluorescence,
                         partner.empty() ? std::span<const std::uint8_t>{} : partner[w],
                         earlier ? &earlier->wells[w] : nullptr});
    return separate(views, refine);
}

void apply(const Plate& plate, std::size_t channel, const States& partner, const Separation& separation) {
    constexpr float never = std::numeric_limits<float>::infinity();
    for (std::size_t w = 0; w < plate.wells.size(); ++w) {
        const auto& values = plate.wells[w]->channels[channel].fluorescence;
        const auto& split = separation.wells[w];
        auto& positive = plate.calls[w]->positive[channel];
        std::array threshold{static_cast<float>(split.threshold[0]), static_cast<float>(split.threshold[1]), never};
        if (split.basis == Split::Basis::nothing) threshold.fill(never);
        if (partner.empty()) {
            for (std::size_t i = 0; i < values.size(); ++i) positive[i] = values[i] >= threshold[0];
        } else {
            for (std::size_t i = 0; i < values.size(); ++i) positive[i] = values[i] >= threshold[partner[w][i]];
        }
    }
}

std::string rounded(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", value);
    return text;
}

void describe(const Plate& plate, std::size_t channel, std::size_t partner, const States& states,
              const Separation& separation) {
    for (std::size_t w = 0; w < plate.wells.size(); ++w) {
        const auto& source = plate.wells[w]->channels[channel];
        const auto& split = separation.wells[w];
        const auto& positive = plate.calls[w]->positive[channel];
        auto& call = plate.calls[w]->calls[channel];
        call.accepted = static_cast<std::int64_t>(positive.size());
        call.positive = std::accumulate(positive.begin(), positive.end(), std::int64_t{0});
        call.method = "none";
        if (positive.empty()) {
            call.notes.push_back("The well holds no partition.");
            continue;
        }
        if (split.basis == Split::Basis::nothing) {
            call.notes.push_back("The fluorescence never varies: all partitions are taken as negative.");
            continue;
        }
        call.threshold = split.threshold[0];
        const bool plain = split.basis == Split::Basis::negatives;
        call.method = plain ? "negative cluster only" : "plate mixture";
        if (plain)
            call.notes.push_back("No well shows a positive cluster: the threshold is a margin above the negative one.");
        if (split.no_negatives)
            call.notes.push_back("No negative cluster in this well: it was taken from the other wells.");
        if (!states.empty() && std::abs(split.threshold[1] - split.threshold[0]) > 0.5)
            call.notes.push_back("Partitions that are positive in channel " + plate.wells[w]->channels[partner].name +
                                 " are split at " + rounded(split.threshold[1]) + " instead of " +
                                 rounded(split.threshold[0]) + ".");
        std::int64_t rain = 0;
        for (std::size_t i = 0; i < positive.size(); ++i) {
            const std::size_t cell = states.empty() ? 0 : states[w][i];
            rain += cell != merged && source.fluorescence[i] >= split.rain_from[cell] &&
                    source.fluorescence[i] < split.rain_to[cell];
        }
        call.rain = static_cast<double>(rain) / static_cast<double>(positive.size());
    }
}

/// Two partitions that merged are brighter in all channels by one factor. Taken for such: both channels above the
/// negative cluster by the same ratio, yet not positive in `partner`. In a well where they are many they are something
/// else.
void leave_out_merged(const Plate& plate, std::size_t channel, std::size_t partner, const Separation& own,
                      const Separation& other, States& states) {
    constexpr double beyond = 6, alike = 2.5, most = 0.001;
    for (std::size_t w = 0; w < plate.wells.size(); ++w) {
        const auto &a = own.wells[w].negative, &b = other.wells[w].negative;
        if (!(a.mode > 0 && b.mode > 0)) continue;
        const auto &x = plate.wells[w]->channels[channel].fluorescence,
                   &y = plate.wells[w]->channels[partner].fluorescence;
        const auto x_from = static_cast<float>(a.mode + beyond * a.spread),
                   y_from = static_cast<float>(b.mode + beyond * b.spread);
        const double tolerance = alike * std::hypot(a.spread / a.mode, b.spread / b.mode);
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < x.size(); ++i)
            if (x[i] > x_from && y[i] > y_from && states[w][i] == partner_negative &&
                std::abs(std::log(x[i] / a.mode / (y[i] / b.mode))) < tolerance)
                found.push_back(i);
        if (static_cast<double>(found.size()) > most * static_cast<double>(x.size())) continue;
        for (const auto i : found) states[w][i] = merged;
    }
}

States states_of(const Plate& plate, std::size_t channel) {
    States states;
    for (const auto* calls : plate.calls) states.push_back(calls->positive[channel]);
    return states;
}

/// True where the two targets sit on one molecule: the odds of one are far higher beside the other, in most wells
/// that hold both.
bool are_linked(const Plate& plate) {
    constexpr double least = 50, most_odds_ratio = 20;
    std::vector<double> ratios;
    for (const auto* calls : plate.calls) {
        std::array<std::array<double, 2>, 2> n{{{0.5, 0.5}, {0.5, 0.5}}};  // Haldane's half: no division by zero
        for (std::size_t i = 0; i < calls->positive[0].size(); ++i) ++n[calls->positive[0][i]][calls->positive[1][i]];
        if (n[1][0] + n[1][1] > least && n[0][1] + n[1][1] > least)
            ratios.push_back(n[1][1] * n[0][0] / (n[0][1] * n[1][0]));
    }
    std::sort(ratios.begin(), ratios.end());
    return !ratios.empty() && ratios[ratios.size() / 2] > most_odds_ratio;
}

/// A channel given the calls of the other. Linked targets leave too few partitions positive in one channel alone to
/// learn from; then the channel is split without the other's help, unless its second cluster is so near that it can
/// be light of the other channel.
Separation look_given(const Plate& plate, std::size_t channel, States& states, std::span<const Separation> alone,
                      bool linked, bool refine) {
    constexpr double most_cross_talk = 0.3;
    const bool own_cluster = alone[channel].shift > most_cross_talk * alone[1 - channel].shift;
    if (!linked || !own_cluster) {
        auto found = look(plate, channel, states, refine, &alone[channel]);
        if (found.shift > 0 || !own_cluster) return found;
    }
    states.clear();
    return look(plate, channel, states, refine, &alone[channel]);
}

/// Two channels: the clearer one first, then each given the other, because light of one reaches the other.
void classify_duplex(const Plate& plate) {
    const std::array alone{look(plate, 0, {}, false), look(plate, 1, {}, false)};
    const std::size_t clear = alone[0].distance >= alone[1].distance ? 0 : 1, other = 1 - clear;
    for (const std::size_t channel : {clear, other}) apply(plate, channel, {}, alone[channel]);
    const bool linked = are_linked(plate);
    auto states = states_of(plate, clear);
    apply(plate, other, states, look_given(plate, other, states, alone, linked, false));
    for (const std::size_t channel : {clear, other}) {
        const std::size_t partner = 1 - channel;
        states = states_of(plate, partner);
        leave_out_merged(plate, channel, partner, alone[channel], alone[partner], states);
        const auto found = look_given(plate, channel, states, alone, linked, true);
        apply(plate, channel, states, found);
        describe(plate, channel, partner, states, found);
    }
}

void classify_plate(const Plate& plate) {
    if (plate.channels == 2) return classify_duplex(plate);
    for (std::size_t c = 0; c < plate.channels; ++c) {
        const auto found = look(plate, c, {}, true);
        apply(plate, c, {}, found);
        describe(plate, c, c, {}, found);
    }
}

}  // namespace

std::vector<WellCalls> classify(std::span<const Partitions* const> wells) {
    std::vector<WellCalls> results(wells.size());
    std::map<std::string, Plate> plates;
    for (std::size_t w = 0; w < wells.size(); ++w) {
        const auto& well = *wells[w];
        require_sound(well);
        std::string key;
        for (const auto& channel : well.channels) {
            key += channel.name + '\x1f' + channel.target + '\x1e';
            results[w].calls.push_back({channel.name, channel.target, 0, 0, {}, {}, 0, {}});
            results[w].positive.emplace_back(channel.fluorescence.size(), std::uint8_t{0});
        }
        auto& plate = plates[key];
        plate.channels = well.channels.size();
        plate.wells.push_back(&well);
        plate.calls.push_back(&results[w]);
    }
    for (const auto& [key, plate] : plates) classify_plate(plate);
    return results;
}

}  // namespace microchim::dpcr
