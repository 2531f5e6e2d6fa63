// A run while its files come together: what is known of each target in each well, and which curves are whose.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "file.hpp"

namespace microchim::cfx {

using biorad::Row;

/// A curve table, and which row each of its wells belongs to.
struct Tied {
    const File* file;
    std::map<std::string, std::size_t> row_of;  ///< of a well: number in Run::wells
};

struct Run {
    Name name;
    std::vector<const File*> files;
    std::map<std::string, std::vector<Row>> wells;
    std::vector<Tied> curves;
    bool tables = false;  ///< a table of results says what the wells hold
    std::string apart;    ///< why it is a run of its own
    std::vector<std::pair<std::string, std::string>> notes;

    Row* find(const Row& r) {
        const auto well = wells.find(r.well);
        if (well == wells.end()) return nullptr;
        const auto same = [](const auto& a, const auto& b) { return !a || !b || *a == *b; };
        for (auto& known : well->second)
            if (same(known.fluor, r.fluor) && same(known.target, r.target)) return &known;
        return nullptr;
    }

    bool has_curve(const std::string& well) const {
        return std::any_of(curves.begin(), curves.end(), [&](const Tied& tied) { return tied.row_of.contains(well); });
    }

    /// What a table says against what is known: "Cq of A01"; empty where nothing.
    std::string against(const File& file) {
        for (const auto& r : file.rows) {
            const auto well = wells.find(r.well);
            if (well == wells.end()) continue;
            for (const auto& known : well->second)
                if (!known.sample.empty() && !r.sample.empty() && known.sample != r.sample)
                    return "sample of " + r.well;
            const auto* known = file.kind == Kind::alleles ? nullptr : find(r);
            if (const auto what = known ? biorad::difference(*known, r) : ""; !what.empty())
                return what + " of " + r.well;
        }
        return {};
    }

    /// Rows that are known, and how many of these have the same Cq.
    std::pair<std::size_t, std::size_t> shared(const File& file) {
        std::pair<std::size_t, std::size_t> count;
        for (const auto& r : file.rows)
            if (const auto* known = find(r)) {
                ++count.first;
                count.second += !std::isnan(r.cq) && !std::isnan(known->cq);
            }
        return count;
    }

    void add(const File& file) {
        files.push_back(&file);
        if (file.kind == Kind::rows) tables = true;
        for (const auto& r : file.rows) {
            auto* known = find(r);
            if (!known) known = &wells[r.well].emplace_back(Row{r.row, r.well, {}, {}, {}, {}, false});
            if (!known->fluor) known->fluor = r.fluor;
            if (!known->target) known->target = r.target;
            if (known->sample.empty()) known->sample = r.sample;
            if (!known->content) known->content = r.content;
            if (r.has_cq && !known->has_cq) known->has_cq = true, known->cq = r.cq;
            if (std::isnan(known->quantity)) known->quantity = r.quantity;
        }
    }
};

namespace detail {

using Wanted = std::function<bool(const Row&)>;

/// The row of each well that is wanted; nothing where no well has one, or a well has two.
inline std::optional<Tied> tie(const Run& run, const File& file, const Wanted& wanted) {
    Tied tied{&file, {}};
    for (const auto& curve : file.wide.curves) {
        const auto well = run.wells.find(curve.well);
        for (std::size_t i = 0; well != run.wells.end() && i < well->second.size(); ++i)
            if (wanted(well->second[i]) && !tied.row_of.emplace(curve.well, i).second) return std::nullopt;
    }
    if (tied.row_of.empty()) return std::nullopt;
    return tied;
}

inline bool begins(const std::string& text, const std::string& begin) {
    return begin.size() >= 3 && text.starts_with(begin);
}

}  // namespace detail

/// Whose curves these are, by the dye or target in the file's name. Programs name the file by the dye; people rename
/// it, shorten the target, or drop the hint altogether. Nothing where that does not tell it.
inline std::optional<Tied> tie(const Run& run, const File& file) {
    const auto hint = file.name.hint == "0" ? std::string{} : plain(file.name.hint);
    const auto dye = [](const Row& r) { return plain(r.fluor.value_or("")); };
    const auto target = [](const Row& r) { return plain(r.target.value_or("")); };
    std::vector<detail::Wanted> ways;
    if (!hint.empty()) {
        ways.push_back([&](const Row& r) { return dye(r) == hint; });
        ways.push_back([&](const Row& r) { return target(r) == hint; });
    }
    if (run.tables && !hint.empty()) {
        ways.push_back(
            [&](const Row& r) { return detail::begins(target(r), hint) || detail::begins(hint, target(r)); });
        if (file.name.phrase.empty()) {
            ways.push_back([&](const Row& r) { return !dye(r).empty() && hint.ends_with(dye(r)); });
            ways.push_back([&](const Row& r) { return !target(r).empty() && hint.ends_with(target(r)); });
        }
    }
    if (run.tables && !is_dye(hint)) ways.push_back([](const Row&) { return true; });
    for (const auto& way : ways)
        if (auto tied = detail::tie(run, file, way)) return tied;
    return std::nullopt;
}

/// Whether the Cqs of a run lie on these curves: a Cq is where the curve, drawn straight from cycle to cycle, crosses
/// the threshold, which is the same for all wells. Two runs never agree in that.
inline bool on_one_threshold(const Run& run, const Tied& tied) {
    double low = INFINITY, high = -INFINITY;
    std::size_t wells = 0;
    for (const auto& curve : tied.file->wide.curves) {
        const auto row = tied.row_of.find(curve.well);
        if (row == tied.row_of.end()) continue;
        const auto cq = run.wells.at(curve.well)[row->second].cq;
        if (std::isnan(cq) || cq < 1 || cq >= static_cast<double>(curve.values.size())) continue;
        const auto before = static_cast<std::size_t>(cq);  // cycle 1 is value 0
        const double a = curve.values[before - 1], b = curve.values[before];
        const double threshold = a + (cq - std::floor(cq)) * (b - a);
        low = std::min(low, threshold), high = std::max(high, threshold);
        ++wells;
    }
    return wells >= 2 && high - low < 1e-3 * std::abs(high);
}

}  // namespace microchim::cfx
