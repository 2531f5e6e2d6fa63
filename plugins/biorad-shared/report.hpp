// From rows to facts: wells with their sample types, counts, everything else as attributes.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "results.hpp"

namespace microchim::biorad {

using reader::Sink;
using reader::text;

/// The rows of each well of the plate; merged rows are no wells.
using Wells = std::map<std::string_view, std::vector<const Result*>>;

inline std::int32_t sample_type(const Result& r, const Sink& sink) {
    static const std::map<std::string_view, std::int32_t> types{
        {"", MICROCHIM_UNKN},       {"Unknown", MICROCHIM_UNKN},         {"Reference", MICROCHIM_UNKN},
        {"NTC", MICROCHIM_NTC},     {"PosCtrl", MICROCHIM_POS},          {"Positive Control", MICROCHIM_POS},
        {"NegCtrl", MICROCHIM_NTP}, {"Negative Control", MICROCHIM_NTP},
    };
    if (const auto type = types.find(r.role); type != types.end()) return type->second;
    sink.note(
        MICROCHIM_WARNING, r.well,
        "The sample type '" + std::string(r.role) + "' is not known to this reader; the well counts as a sample.");
    return MICROCHIM_UNKN;
}

/// A type belongs to the well, yet the table has it per target. What somebody set ("NTC") goes before what the program
/// sets by itself ("Unknown"); two that contradict each other make no type.
inline std::int32_t well_type(const std::vector<const Result*>& rows, const Sink& sink) {
    std::set<std::int32_t> types;
    std::string words;
    for (const auto* r : rows) {
        types.insert(sample_type(*r, sink));
        words += (words.empty() ? "'" : ", '") + std::string(r->role) + "'";
    }
    if (types.size() == 1) return *types.begin();
    types.erase(MICROCHIM_UNKN);
    const bool contradiction = types.size() > 1;
    sink.note(MICROCHIM_WARNING, rows.front()->well,
              "The targets of this well have different sample types (" + words + "); " +
                  (contradiction ? "the well counts as a sample." : "the well counts as what is not 'Unknown'."));
    return contradiction ? std::int32_t{MICROCHIM_UNKN} : *types.begin();
}

inline void report_well(std::string_view well, std::string_view sample, std::int32_t type, const Sink& sink) {
    microchim_react react{};
    react.well = text(well);
    react.sample = text(sample);
    react.type = type;
    react.quantity = react.volume_ul = not_stated;
    sink.react(react);
}

inline void report_wells(const Wells& wells, const Sink& sink) {
    for (const auto& [well, rows] : wells) report_well(well, rows.front()->sample, well_type(rows, sink), sink);
}

inline void report_counts(const Result& r, const Sink& sink) {
    microchim_counts counts{};
    counts.well = text(r.well);
    counts.target = text(r.target);
    counts.dye = text(r.dye);
    counts.channel = text(r.channel);
    counts.pooled = r.pooled ? MICROCHIM_SUM : MICROCHIM_WELL;
    counts.members = text(r.members);
    if (r.pooled) counts.sample = text(r.sample);
    counts.accepted = r.accepted;
    counts.positive = r.positive;
    counts.excluded = -1;
    counts.threshold = r.threshold;
    counts.volume_nl = not_stated;
    counts.copies_per_ul = r.copies_per_ul;
    counts.low = r.low;
    counts.high = r.high;
    counts.status = text(r.status);
    sink.counts(counts);
    if (r.saturated)
        sink.note(
            MICROCHIM_WARNING, r.well,
            "Every droplet is positive for '" + std::string(r.target) + "': the concentration has no upper limit.");
    if (r.pooled && r.members.empty())
        sink.note(MICROCHIM_WARNING, r.well,
                  "This row pools wells and does not say which (" + std::string(r.target) + ": " +
                      std::to_string(r.positive) + " of " + std::to_string(r.accepted) + " droplets positive).");
}

/// How attributes name each row of the table: by its target, with the channel where a well has that target in both.
/// Rows that were left out have no name.
inline std::vector<reader::RowName> row_names(const Results& from, const std::vector<const Result*>& rows) {
    std::map<std::pair<std::string_view, std::string_view>, int> times;
    for (const auto* r : rows) ++times[{r->well, r->target}];
    std::vector<reader::RowName> names(from.table.size());
    for (const auto* r : rows) {
        std::string label(r->target);
        if (label.empty() || times[{r->well, r->target}] > 1)
            label += (label.empty() ? "channel " : ", channel ") + r->channel;
        names[r->row] = {r->well, std::move(label)};
    }
    return names;
}

/// Every column that is not a number of ours, as "Linkage [SRY]".
inline void report_attributes(const Results& from, const std::vector<const Result*>& rows, const Sink& sink) {
    reader::keep_unused(
        from.table, row_names(from, rows), [&](std::size_t c) { return from.at.taken(c); }, sink);
}

/// The wells of these rows.
inline Wells by_well(const std::vector<const Result*>& rows) {
    Wells wells;
    for (const auto* r : rows)
        if (!r->pooled) wells[r->well].push_back(r);
    return wells;
}

}  // namespace microchim::biorad
