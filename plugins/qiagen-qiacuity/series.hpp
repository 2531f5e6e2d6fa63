// The partitions of one channel of one well, as an RFU file lists them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "cells.hpp"
#include "plate.hpp"

namespace microchim::qiacuity {

struct Series {
    std::size_t plate = 0;  ///< of its file
    std::string well, channel, sample;
    double threshold = not_stated;
    std::map<std::string, std::string> said;  ///< other columns, which hold for the whole well
    std::vector<std::uint32_t> partition;     ///< its number on the image of the well, ascending
    std::vector<float> rfu;                   ///< NaN where an invalid partition has none
    std::vector<std::uint8_t> call;           ///< 0, 1, 2 = not called
    std::vector<std::uint8_t> invalid;

    std::size_t size() const { return partition.size(); }
    std::int64_t valid() const { return std::count(invalid.begin(), invalid.end(), std::uint8_t{0}); }
    std::int64_t positive() const { return std::count(call.begin(), call.end(), std::uint8_t{1}); }

    bool same_data(const Series& other) const {
        return sample == other.sample && partition == other.partition && call == other.call &&
               invalid == other.invalid && rfu.size() == other.rfu.size() &&
               (rfu.empty() || std::memcmp(rfu.data(), other.rfu.data(), rfu.size() * sizeof(float)) == 0);
    }
};

/// One RFU file.
struct RfuFile {
    std::vector<Plate> plates;
    std::vector<Series> series;
    bool reference = false;  ///< of the dye that fills every partition: no target, no calls
};

/// Brings the partitions into ascending order. \throws FormatError where one of them is listed twice.
inline void sort_partitions(Series& s, std::string_view file) {
    const auto& n = s.partition;
    if (std::ranges::adjacent_find(n, std::greater_equal{}) == n.end()) return;
    std::vector<std::size_t> order(n.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return n[i]; });
    const auto sorted = [&](auto& values) {
        auto copy = values;
        for (std::size_t i = 0; i < order.size(); ++i) copy[i] = values[order[i]];
        values = std::move(copy);
    };
    sorted(s.rfu), sorted(s.call), sorted(s.invalid), sorted(s.partition);
    if (const auto twice = std::ranges::adjacent_find(n); twice != n.end())
        throw FormatError(std::string(file), "partition " + std::to_string(*twice) + " of " + s.well +
                                                 " is listed twice in channel " + s.channel +
                                                 "; export the file again");
}

}  // namespace microchim::qiacuity
