// Rows that stand for several wells: "Average" and "Pooled" above the wells of a group.
//
//   Group 1 (8),,Average,20443.63,VIC,Gene A,53.71,...,460     <- means, or sums for "Pooled"
//   Group 1,Cell Lysate A,A1,20413,VIC,Gene A,0,...,0          <- the first of its 8 wells
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cells.hpp"

namespace microchim::absoluteq {

/// Whether a cell of the column Well names a row that stands for several wells.
inline bool names_pool(std::string_view cell) {
    return same_text(cell, "Average") || same_text(cell, "Pooled") || same_text(cell, "Mean") || same_text(cell, "Sum");
}

/// "Group 1" of "Group 1 (8)", and the 8.
inline std::pair<std::string_view, std::optional<std::size_t>> group_size(std::string_view group) {
    group = trimmed(group);
    const auto open = group.rfind('(');
    if (!group.ends_with(')') || open == group.npos) return {group, std::nullopt};
    std::size_t size = 0;
    const char *begin = group.data() + open + 1, *end = group.data() + group.size() - 1;
    const auto [stop, fault] = std::from_chars(begin, end, size);
    if (fault != std::errc{} || stop != end) return {group, std::nullopt};
    return {trimmed(group.substr(0, open)), size};
}

/// Gives the wells below a pooled row to it. Pooled rows one below the other head the same wells; the first row of
/// another group ends them.
class OpenPools {
public:
    void head(Pool pool) {
        if (wells_seen_) close();
        if (open_.size() == 256 || done_.size() == 10'000)  // more would take long, and no table has them
            throw FormatError(pool.where, "too many rows that stand for several wells");
        open_.push_back(std::move(pool));
    }
    void title() { close(); }
    /// A well of the group, whatever was measured in it.
    void seen(std::int64_t accepted) {
        wells_seen_ = true;
        group_total_ += static_cast<double>(accepted);
        group_size_ += 1;
    }
    void well(const Count& count, std::string_view group) {
        for (auto& pool : open_) {
            const auto name = group_size(pool.group).first;
            const bool ours = pool.target == count.target && (pool.dye.empty() || pool.dye == count.dye) &&
                              (group.empty() || name.empty() || same_text(name, group_size(group).first));
            if (!ours) continue;
            pool.members.push_back(count.well);
            sums_[&pool - open_.data()].push_back({count.accepted, count.positive});
        }
    }
    /// All pools, with the members that are certain.
    std::vector<Pool> finish(std::vector<Note>& notes) {
        close();
        for (auto& note : notes_) notes.push_back(std::move(note));
        return std::move(done_);
    }

private:
    struct Numbers {
        std::int64_t accepted, positive;
    };

    void close() {
        for (std::size_t i = 0; i < open_.size(); ++i) {
            check(open_[i], sums_[static_cast<std::ptrdiff_t>(i)]);
            done_.push_back(std::move(open_[i]));
        }
        open_.clear();
        sums_.clear();
        wells_seen_ = false;
        group_total_ = group_size_ = 0;
    }

    /// A row whose numbers are not those of the wells below it stands for others, or for more.
    void check(Pool& pool, const std::vector<Numbers>& wells) {
        pool.exact = !pool.mean;
        if (wells.empty()) return;
        double accepted = 0, positive = 0;
        for (const auto& well : wells) {
            accepted += static_cast<double>(well.accepted);
            positive += static_cast<double>(well.positive);
        }
        const auto n = pool.mean ? static_cast<double>(wells.size()) : 1.0;
        pool.exact = pool.exact || (accepted == pool.total * n && positive == pool.positives * n);
        const auto far = [](double printed, double found) { return std::abs(printed - found) > 1; };  // rounded or cut
        // A summary has one total for all dyes, and not every well has every dye.
        const auto group_total = pool.mean ? group_total_ / group_size_ : group_total_;
        const auto size = group_size(pool.group).second;
        const bool fewer = size && *size != wells.size();
        const bool other =
            far(pool.positives, positive / n) || (far(pool.total, accepted / n) && far(pool.total, group_total));
        if (!fewer && !other) return;
        pool.members.clear();
        notes_.push_back(
            {MICROCHIM_WARNING, pool.where,
             "The row " + reader::detail::quoted(pool.name) + " of the group " + reader::detail::quoted(pool.group) +
                 (fewer ? " stands for " + std::to_string(*size) + " wells, but " + std::to_string(wells.size()) +
                              (wells.size() == 1 ? " is" : " are") + " below it"
                        : std::string(" has other numbers than the wells below it come to")) +
                 "; it is reported without its members."});
    }

    std::vector<Pool> open_, done_;
    std::map<std::ptrdiff_t, std::vector<Numbers>> sums_;
    std::vector<Note> notes_;
    bool wells_seen_ = false;
    double group_total_ = 0, group_size_ = 0;
};

}  // namespace microchim::absoluteq
