#include "core/report/planes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>

#include "core/report/json_values.hpp"

namespace microchim::report {
namespace {

constexpr std::size_t side = 64;  // of a thumbnail

template <class Number>
void put(std::string& out, Number number) {
    for (std::size_t i = 0; i < sizeof number; ++i) out += static_cast<char>((number >> (8 * i)) & 0xff);
}
void put(std::string& out, float number) {
    put(out, std::bit_cast<std::uint32_t>(number));
}

std::string header(std::size_t channels, std::size_t n, float scale) {
    std::string out = "MCPL";
    put(out, std::uint16_t{1});
    put(out, static_cast<std::uint16_t>(channels));
    put(out, static_cast<std::uint32_t>(n));
    put(out, scale);
    return out;
}

/// Of all wells of a run, so that their thumbnails can be compared.
struct Axis {
    float low = 0, high = 0;
    bool any = false;

    void widen(const std::vector<float>& values) {
        for (const float value : values) {
            if (!std::isfinite(value)) continue;
            low = any ? std::min(low, value) : value;
            high = any ? std::max(high, value) : value;
            any = true;
        }
    }
    std::size_t cell(float value) const {
        if (!(high > low)) return 0;
        const double share = (static_cast<double>(value) - low) / (static_cast<double>(high) - low);
        return static_cast<std::size_t>(std::clamp(share * side, 0.0, side - 1.0));
    }
};
using Axes = std::map<std::string, Axis>;  // by channel

Axes axes_of(const Run& run) {
    Axes axes;
    for (const auto& react : run.reacts)
        if (react.partitions)
            for (const auto& channel : react.partitions->channels) axes[channel.name].widen(channel.fluorescence);
    return axes;
}

std::size_t droplets_in(const React& react) {
    if (!react.partitions || react.partitions->channels.empty()) return 0;
    return react.partitions->channels.front().fluorescence.size();
}

std::string droplets(const React& react) {
    const auto& channels = react.partitions->channels;
    auto out = header(channels.size(), droplets_in(react), 0);
    for (const auto& channel : channels)
        for (const float value : channel.fluorescence) put(out, value);
    for (const auto& channel : channels) out.append(channel.positive.begin(), channel.positive.end());
    return out;
}

std::string histogram(const React& react, const Axes& axes) {
    const auto& channels = react.partitions->channels;
    const auto n = droplets_in(react);
    const auto& first = channels.front();
    const auto& upwards = channels.size() > 1 ? channels[1] : first;
    const auto &x_axis = axes.at(first.name), &y_axis = axes.at(upwards.name);
    std::array<std::uint16_t, side * side> counts{};
    for (std::size_t i = 0; i < n; ++i) {
        const float x = first.fluorescence[i], y = upwards.fluorescence[i];
        if (!std::isfinite(x) || !std::isfinite(y)) continue;
        const auto column = channels.size() > 1 ? x_axis.cell(x) : i * side / n;
        auto& count = counts.at(y_axis.cell(y) * side + column);
        if (count < 0xffff) ++count;
    }
    auto out = header(1, counts.size(), 1);
    for (const auto count : counts) put(out, count);
    return out;
}

/// A curve, and again as the instrument software corrected it.
struct Plane {
    const Curve* curve;
    const char* signal;
    const std::vector<float>* values;
};

std::vector<Plane> planes_of(const React& react) {
    static constexpr std::array signals{"raw", "normalised", "baselined"};
    std::vector<Plane> list;
    for (const auto& curve : react.curves) {
        if (!curve.fluorescence.empty())
            list.push_back({&curve, signals.at(static_cast<std::size_t>(curve.signal)), &curve.fluorescence});
        if (!curve.baselined.empty()) list.push_back({&curve, "baselined", &curve.baselined});
    }
    return list;
}

std::string curves(const std::vector<Plane>& list) {
    std::size_t cycles = 0;
    for (const auto& plane : list) cycles = std::max(cycles, plane.values->size());
    auto out = header(list.size(), cycles, 0);
    for (const auto& plane : list)
        for (std::size_t i = 0; i < cycles; ++i)
            put(out, i < plane.values->size() ? (*plane.values)[i] : std::nanf(""));
    return out;
}

Json axis_json(const std::string& name, double low, double high) {
    return {{"channel", name}, {"low", number(low)}, {"high", number(high)}};
}

Json droplets_json(const React& react, const Axes& axes) {
    const auto n = droplets_in(react);
    if (n == 0) return nullptr;
    const auto& channels = react.partitions->channels;
    auto list = Json::array();
    for (const auto& channel : channels)
        list.push_back({{"name", channel.name},
                        {"target", channel.target},
                        {"threshold", maybe(channel.threshold)},
                        {"calls", !channel.positive.empty()}});
    const auto axis = [&](std::size_t i) {
        const auto& its = axes.at(channels[i].name);
        return axis_json(channels[i].name, static_cast<double>(its.low), static_cast<double>(its.high));
    };
    const bool two = channels.size() > 1;
    return {{"n", n},
            {"channels", list},
            {"x", two ? axis(0) : axis_json("", 0, static_cast<double>(n))},
            {"y", axis(two ? 1 : 0)}};
}

Json targets_json(const React& react) {
    auto list = Json::array();
    for (const auto& counts : react.counts)
        list.push_back({{"target", counts.target},
                        {"channel", counts.channel},
                        {"accepted", counts.accepted},
                        {"positive", counts.positive},
                        {"threshold", maybe(counts.threshold)}});
    return list;
}

Json curves_json(const std::vector<Plane>& list) {
    auto out = Json::array();
    for (const auto& plane : list)
        out.push_back({{"target", plane.curve->target},
                       {"dye", plane.curve->dye},
                       {"position", plane.curve->position},
                       {"signal", plane.signal},
                       {"cycles", plane.values->size()},
                       {"excluded", plane.curve->excluded}});
    return out;
}

struct Parts {
    std::string names, bytes;
    void add(const std::string& name, const std::string& part) {
        names += name + ' ' + std::to_string(part.size()) + '\n';
        bytes += part;
    }
};

}  // namespace

std::string planes(const std::vector<Run>& runs) {
    Parts parts;
    auto list = Json::array();
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto axes = axes_of(runs[i]);
        auto wells = Json::array();
        for (const auto& react : runs[i].reacts) {
            const auto name = std::to_string(i + 1) + '/' + react.well.name();
            const auto amplification = planes_of(react);
            if (droplets_in(react) > 0) {
                parts.add(name + "/droplets", droplets(react));
                parts.add(name + "/histogram", histogram(react, axes));
            }
            if (!amplification.empty()) parts.add(name + "/curves", curves(amplification));
            wells.push_back({{"well", react.well.name()},
                             {"sample", react.sample},
                             {"type", to_string(react.type)},
                             {"targets", targets_json(react)},
                             {"droplets", droplets_json(react, axes)},
                             {"curves", curves_json(amplification)}});
        }
        list.push_back({{"run", i + 1}, {"id", runs[i].id}, {"rows", runs[i].rows}, {"columns", runs[i].columns}});
        list.back()["wells"] = std::move(wells);
    }
    const auto index = dump({{"schema", "microchim/wells/1"}, {"runs", list}});
    return "microchim/planes/1\nwells.json " + std::to_string(index.size()) + '\n' + parts.names + '\n' + index +
           parts.bytes;
}

}  // namespace microchim::report
