// Which channel a target is read in. QX Manager's tables name dyes and its amplitude files name targets; neither says a
// channel's number next to a target's name. Three things tell it; where none does it stays open.
//
//   the dye                FAM is channel 1, HEX and VIC are channel 2
//   the quadrant columns   a target of channel 3 has Ch3+Ch4+ and Ch3+Ch4- positives, together, in all of its wells
//   the droplets           those that are positive for this target alone are brighter in its channel than negative ones
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/results.hpp"
#include "amplitude.hpp"

namespace microchim::qxmanager {

/// Bio-Rad's channels: 1 takes FAM or EvaGreen, 2 HEX or VIC; of the instruments with more, 3 takes Cy5, and 6 ATTO
/// 590.
inline std::string channel_of_dye(std::string_view dye, std::size_t colours) {
    const auto name = reader::detail::normalised(dye);
    if (name == "fam" || name == "evagreen") return "1";
    if (name == "hex" || name == "vic") return "2";
    if (name == "cy5" && colours >= 4) return "3";
    if (name == "atto590" && colours >= 6) return "6";
    return {};
}

/// The columns of one pair of channels: both positive, the first, the second, none.
using Quadrants = std::array<std::size_t, 4>;

inline std::map<int, Quadrants> quadrant_columns(const reader::Table& table) {
    std::map<int, Quadrants> pairs;  // by their first channel
    for (const int first : {1, 3, 5}) {
        const auto a = "Ch" + std::to_string(first), b = "Ch" + std::to_string(first + 1);
        const auto pp = table.find({a + "+" + b + "+", a + b}), pn = table.find({a + "+" + b + "-", a + b + "1"});
        const auto np = table.find({a + "-" + b + "+", a + b + "2"}), nn = table.find({a + "-" + b + "-", a + b + "3"});
        if (pp && pn && np && nn) pairs[first] = {*pp, *pn, *np, *nn};
    }
    return pairs;
}

/// The four counts of a pair; nothing where a cell holds none.
inline std::optional<std::array<std::int64_t, 4>> quadrant_counts(const reader::Table& table, const Quadrants& columns,
                                                                  std::size_t row) {
    std::array<std::int64_t, 4> n{};
    for (std::size_t q = 0; q < 4; ++q) {
        const auto cell = reader::detail::trimmed(table.cell(row, columns[q]));
        const auto* end = cell.data() + cell.size();
        const auto [stop, fault] = std::from_chars(cell.data(), end, n[q]);
        if (fault != std::errc{} || stop != end || n[q] < 0 || n[q] > 1'000'000'000) return std::nullopt;
    }
    return n;
}

inline std::int64_t sum(const std::array<std::int64_t, 4>& n) {
    return n[0] + n[1] + n[2] + n[3];
}

/// A table may end with a quadrant count, and natively has no line end there: a number that was cut short shows only by
/// its sum, where the sums of all other rows are right. \throws FormatError where the last row does not add up.
inline void require_whole_quadrants(const biorad::Results& results) {
    const auto& last = results.rows.back();
    for (const auto& [first, columns] : quadrant_columns(results.table)) {
        if (columns[3] + 1 != results.table.header().size()) continue;
        bool all = results.rows.size() > 1;
        for (const auto& r : results.rows) {
            const auto n = quadrant_counts(results.table, columns, r.row);
            all = all && (r.row == last.row || (n && sum(*n) == r.accepted));
        }
        const auto n = quadrant_counts(results.table, columns, last.row);
        if (all && (!n || sum(*n) != last.accepted))
            throw reader::FormatError(results.table.where(last.row, columns[3]),
                                      "the last row's counts do not add up to its " + std::to_string(last.accepted) +
                                          " accepted droplets; the file may have been cut off, export it again");
    }
}

/// The channels in which as many droplets are positive as for this row; nothing where the quadrants are left empty.
inline std::set<int> channels_of_quadrants(const reader::Table& table, const std::map<int, Quadrants>& pairs,
                                           const biorad::Result& r) {
    std::set<int> channels;
    for (const auto& [first, columns] : pairs) {
        const auto n = quadrant_counts(table, columns, r.row);
        if (!n || sum(*n) != r.accepted) continue;
        if ((*n)[0] + (*n)[1] == r.positive) channels.insert(first);
        if ((*n)[0] + (*n)[2] == r.positive) channels.insert(first + 1);
    }
    return channels;
}

/// Fills the channels that the dyes leave open: the one channel that fits every row of a dye.
inline void channels_from_quadrants(biorad::Results& results) {
    const auto pairs = quadrant_columns(results.table);
    std::map<std::string_view, std::optional<std::set<int>>> fitting;
    for (const auto& r : results.rows) {
        if (!r.channel.empty() || r.dye.empty() || r.pooled || r.positive == 0) continue;
        const auto here = channels_of_quadrants(results.table, pairs, r);
        auto& known = fitting[r.dye];
        if (!known) known = here;
        else std::erase_if(*known, [&](int channel) { return !here.contains(channel); });
    }
    for (auto& r : results.rows) {
        const auto found = fitting.find(r.dye);
        if (r.channel.empty() && found != fitting.end() && found->second && found->second->size() == 1)
            r.channel = std::to_string(*found->second->begin());
    }
}

/// How far droplets that are positive for one target lie from negative ones, in one channel.
struct Distance {
    double alone = 0, weight_alone = 0;  ///< those that are positive for no other target; in standard deviations
    double any = 0, weight_any = 0;      ///< all of them

    void add(const Distance& other) {
        alone += other.alone, weight_alone += other.weight_alone;
        any += other.any, weight_any += other.weight_any;
    }
    double distance() const {
        if (weight_alone > 0) return alone / weight_alone;
        return weight_any > 0 ? any / weight_any : 0;
    }
};

/// By target and channel.
using Distances = std::vector<std::vector<Distance>>;

namespace detail {

/// Sums over the droplets of one class in one channel.
struct Sums {
    double n = 0, sum = 0, squares = 0;

    void add(double x) { n += 1, sum += x, squares += x * x; }
    void add(const Sums& other) { n += other.n, sum += other.sum, squares += other.squares; }
    double mean() const { return n > 0 ? sum / n : 0; }
    double scatter() const { return n > 0 ? std::max(0.0, squares - sum * sum / n) : 0; }
};

inline void distance(const Sums& positive, const Sums& negative, double& weighted, double& weight) {
    weight = std::min(positive.n, negative.n);
    const double spread = std::sqrt((positive.scatter() + negative.scatter()) / std::max(1.0, positive.n + negative.n));
    weighted = weight > 0 ? weight * (positive.mean() - negative.mean()) / std::max(spread, 1e-3) : 0;
}

/// Droplets by the calls of all targets together, numbered as they first appear.
struct Classes {
    std::vector<std::uint32_t> of;   ///< by droplet
    std::vector<std::size_t> first;  ///< by class: a droplet of it
};

inline Classes classes(const Droplets& d) {
    constexpr auto none = ~std::uint32_t{0};
    Classes found{std::vector<std::uint32_t>(d.rows, 0), {0}};
    for (const auto& calls : d.calls) {
        std::vector<std::uint32_t> number(found.first.size() * 3, none);  // by class so far, and call
        found.first.clear();
        for (std::size_t i = 0; i < d.rows; ++i) {
            auto& mine = number[found.of[i] * std::size_t{3} + calls[i]];
            if (mine == none) {
                mine = static_cast<std::uint32_t>(found.first.size());
                found.first.push_back(i);
            }
            found.of[i] = mine;
        }
    }
    return found;
}

}  // namespace detail

/// How well the calls of each target are told apart in each channel of one well. Droplets are summed by class once,
/// whatever the number of targets.
inline Distances distances(const Droplets& d) {
    const auto channels = d.amplitude.size();
    Distances all(d.calls.size(), std::vector<Distance>(channels));
    if (d.rows == 0 || d.calls.empty()) return all;
    const auto classes = detail::classes(d);
    std::vector<detail::Sums> sums(classes.first.size() * channels);
    for (std::size_t i = 0; i < d.rows; ++i)
        for (std::size_t c = 0; c < channels; ++c) sums[classes.of[i] * channels + c].add(d.amplitude[c][i]);
    std::vector<std::size_t> called;  // by class: targets that are not negative
    for (const auto first : classes.first)
        called.push_back(static_cast<std::size_t>(
            std::count_if(d.calls.begin(), d.calls.end(), [&](const auto& calls) { return calls[first] != 0; })));
    for (std::size_t t = 0; t < d.calls.size(); ++t)
        for (std::size_t c = 0; c < channels; ++c) {
            std::array<detail::Sums, 3> by_call;
            detail::Sums alone, none;
            for (std::size_t k = 0; k < classes.first.size(); ++k) {
                const auto& here = sums[k * channels + c];
                const auto call = d.calls[t][classes.first[k]];
                by_call[call].add(here);
                if (called[k] == 0) none.add(here);
                else if (called[k] == 1 && call == 1) alone.add(here);
            }
            detail::distance(alone, none, all[t][c].alone, all[t][c].weight_alone);
            detail::distance(by_call[1], by_call[0], all[t][c].any, all[t][c].weight_any);
        }
    return all;
}

/// Where a target is read.
struct Place {
    std::optional<std::size_t> channel;  ///< a column of the amplitude files
    bool sure = false;
};

/// The channel in which a target's positives are brightest. Sure where they are three standard deviations above the
/// negatives, and twice as far as in any other channel.
inline Place place(const std::vector<Distance>& by_channel) {
    Place found;
    double best = 0, second = 0;
    for (std::size_t c = 0; c < by_channel.size(); ++c) {
        const double here = by_channel[c].distance();
        if (here > best) {
            second = best;
            best = here;
            found.channel = c;
        } else {
            second = std::max(second, here);
        }
    }
    found.sure = best >= 3 && best >= 2 * second;
    return found;
}

}  // namespace microchim::qxmanager
