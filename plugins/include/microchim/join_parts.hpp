// Files of a drop that each tell a part of a run, merged: those that may be of one run and say nothing different.
//
//   std::vector<Part> parts = ...;                      one per file
//   for (const auto& run : join(std::move(parts), together)) run.report(sink);
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/join.hpp"
#include "microchim/parts.hpp"

namespace microchim::reader {

namespace detail {

/// A number as it is shortest: "10.55".
inline std::string shortest(double value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

/// What the files of one run say of one thing: the first that is stated, or that with more digits.
class Merging {
public:
    std::string difference;  ///< the first one, as a sentence

    void text(std::string& to, const std::string& from, const std::string& what) {
        if (to.empty()) to = from;
        else if (!from.empty() && from != to) differ(what, quoted(to), quoted(from));
    }
    /// Numbers are the same where they differ by `absolute` or by `relative`: one export rounds, the other does not.
    void number(double& to, double from, double absolute, double relative, const std::string& what) {
        if (std::isnan(from)) return;
        if (std::isnan(to)) to = from;
        else if (std::abs(to - from) > std::max(absolute, relative * std::abs(to)))
            differ(what, shortest(to), shortest(from));
        else if (shortest(from).size() > shortest(to).size()) to = from;
    }
    template <class T>
    void either(T& to, T from, T none, const std::string& what) {
        if (to == none) to = from;
        else if (from != none && from != to) differ(what, std::to_string(to), std::to_string(from));
    }
    void curve(std::vector<float>& to, const std::vector<float>& from, const std::string& what) {
        const auto same = [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); };
        if (to.empty()) to = from;
        else if (!from.empty() && !std::equal(to.begin(), to.end(), from.begin(), from.end(), same) &&
                 difference.empty())
            difference = what + " is not the same curve in both";
    }
    void differ(const std::string& what, const std::string& one, const std::string& other) {
        if (difference.empty()) difference = what + " is " + one + " in one and " + other + " in the other";
    }

    void reaction(Reaction& to, const Reaction& from) {
        const auto of = [&](const char* what) { return std::string(what) + " of " + to.well; };
        if ((to.amplified == 0 && !std::isnan(from.cq)) || (from.amplified == 0 && !std::isnan(to.cq)))
            differ(of("the Cq"), std::isnan(to.cq) ? "none" : shortest(to.cq),
                   std::isnan(from.cq) ? "none" : shortest(from.cq));
        text(to.target, from.target, of("the target"));
        text(to.dye, from.dye, of("the dye"));
        text(to.unit, from.unit, of("the unit"));
        number(to.cq, from.cq, 0.0051, 0, of("the Cq"));
        number(to.quantity, from.quantity, 0, 0.0051, of("the quantity"));
        number(to.threshold, from.threshold, 0, 0.0051, of("the threshold"));
        number(to.efficiency, from.efficiency, 0.0051, 0, of("the efficiency"));
        either(to.type, from.type, static_cast<std::int32_t>(MICROCHIM_UNKN), of("the type"));
        either(to.amplified, from.amplified, -1, of("the call"));
        either(to.baseline_first, from.baseline_first, std::int64_t{-1}, of("the baseline"));
        either(to.baseline_last, from.baseline_last, std::int64_t{-1}, of("the baseline"));
        to.excluded = std::max(to.excluded, from.excluded);
        if (to.sample.empty()) to.sample = from.sample;
        if (to.status.empty()) to.status = from.status;
        else if (!from.status.empty() && from.status != to.status) to.status += ", " + from.status;
        curves(to, from, of("the fluorescence"));
    }

private:
    void curves(Reaction& to, const Reaction& from, const std::string& what) {
        auto other = from;
        const auto corrected = [](Reaction& r) {  // where both have a curve, and one is the other's correction
            if (r.signal == MICROCHIM_BASELINED && r.baselined.empty()) std::swap(r.fluorescence, r.baselined);
        };
        if (!to.fluorescence.empty() && !other.fluorescence.empty() && to.signal != other.signal)
            corrected(to), corrected(other);
        if (to.fluorescence.empty()) to.signal = other.fluorescence.empty() ? to.signal : other.signal;
        curve(to.fluorescence, other.fluorescence, what);
        curve(to.baselined, other.baselined, what);
    }
};

inline std::map<std::string_view, std::vector<Reaction*>> by_well(Reactions& reactions) {
    std::map<std::string_view, std::vector<Reaction*>> wells;
    for (auto& reaction : reactions.all()) wells[reaction.well].push_back(&reaction);
    return wells;
}

/// The same reaction in another file: of the same names, or the only one that it can be.
inline Reaction* counterpart(const Reaction& one, const std::vector<Reaction*>& there) {
    const auto may = [](const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; };
    Reaction* found = nullptr;
    for (auto* other : there) {
        if (other->position != one.position) continue;
        if (other->target == one.target && other->dye == one.dye) return other;
        if (!may(other->target, one.target) || !may(other->dye, one.dye)) continue;
        if (found) return nullptr;
        found = other;
    }
    return found;
}

/// Adds what another file says; what it says differently, and nothing is added then.
inline std::string merge(Part& into, Part& from) {
    Part both = into;
    Merging merging;
    for (const auto& [field, what] : stated_texts) merging.text(both.*field, from.*field, what);
    auto wells = by_well(both.reactions), others = by_well(from.reactions);
    std::map<std::string_view, std::string> samples;
    for (auto* all : {&wells, &others})
        for (const auto& [well, reactions] : *all)
            for (const auto* reaction : reactions)
                merging.text(samples[well], reaction->sample, "the sample of " + std::string(well));
    std::vector<std::pair<Reaction*, const Reaction*>> pairs;  // all are found before any is changed
    for (const auto& reaction : from.reactions.all()) {
        auto* known = counterpart(reaction, wells[reaction.well]);
        if (known && counterpart(*known, others[reaction.well]) != &reaction) known = nullptr;
        pairs.emplace_back(known, &reaction);
    }
    for (const auto& [known, reaction] : pairs)
        if (known) merging.reaction(*known, *reaction);
    if (!merging.difference.empty()) return merging.difference;
    Reactions all;  // once more by name, because names were learnt
    const auto keep = [&](const Reaction& r) { all.at(r.well, r.target, r.dye, r.position) = r; };
    for (const auto& reaction : both.reactions.all()) keep(reaction);
    for (const auto& [known, reaction] : pairs)
        if (!known) keep(*reaction);
    both.reactions = std::move(all);
    if (std::isnan(both.volume_ul)) both.volume_ul = from.volume_ul;
    both.rows = std::max(both.rows, from.rows);
    both.columns = std::max(both.columns, from.columns);
    const auto append = [](auto& to, const auto& more) { to.insert(to.end(), more.begin(), more.end()); };
    const auto append_new = [](auto& to, const auto& more) {
        for (const auto& one : more)
            if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
    };
    append_new(both.entries, from.entries);
    append_new(both.dialects, from.dialects);
    append(both.attributes, from.attributes);
    append(both.series, from.series);
    append(both.notes, from.notes);
    into = std::move(both);
    return {};
}

}  // namespace detail

/// The runs of a drop. Two files are of one run where `together` says that they may be and nothing differs; a run that
/// was kept apart from one that it might have belonged to says why.
inline std::vector<Part> join(std::vector<Part> parts,
                              const std::function<bool(const Part& run, const Part& file)>& together) {
    std::vector<Part> runs;
    for (auto& part : parts) {
        std::string why;
        const auto against = [&](Part& run) -> std::optional<std::string> {
            if (!together(run, part)) return std::nullopt;
            const auto difference = detail::merge(run, part);
            if (difference.empty()) return difference;
            return part.name + " was kept apart from " + run.name + ": " + difference + ".";
        };
        if (home(runs, against, why)) continue;
        if (!why.empty()) part.note(MICROCHIM_WARNING, "", why);
        runs.push_back(std::move(part));
    }
    return runs;
}

}  // namespace microchim::reader
