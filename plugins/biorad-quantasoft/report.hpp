// From rows and droplets to facts: wells with their sample types, counts, everything else as attributes, droplets.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amplitude.hpp"
#include "microchim/reader.hpp"
#include "results.hpp"

namespace microchim::quantasoft {

using reader::not_stated;
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

/// A type belongs to the well, yet the table has it per target. What somebody set ("NTC") goes before what QuantaSoft
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

inline void report_wells(const Wells& wells, const Sink& sink) {
    for (const auto& [well, rows] : wells) {
        microchim_react react{};
        react.well = text(well);
        react.sample = text(rows.front()->sample);
        react.type = well_type(rows, sink);
        react.quantity = react.volume_ul = not_stated;
        sink.react(react);
    }
}

inline void report_counts(const Result& r, const Sink& sink) {
    microchim_counts counts{};
    counts.well = text(r.well);
    counts.target = text(r.target);
    counts.dye = text(r.dye);
    counts.channel = text(r.channel);
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
}

/// How attributes name each row: " [SRY]", with the channel where a well has that target in both.
inline std::vector<std::string> labels(const std::vector<Result>& results) {
    std::map<std::pair<std::string_view, std::string_view>, int> rows;
    for (const auto& r : results) ++rows[{r.well, r.target}];
    std::vector<std::string> names;
    for (const auto& r : results) {
        std::string name(r.target);
        if (name.empty() || rows[{r.well, r.target}] > 1)
            name += (name.empty() ? "channel " : ", channel ") + r.channel;
        names.push_back(" [" + name + "]");
    }
    return names;
}

/// Every column that is not a number of ours, as "Linkage [SRY]". What is the same in all rows is said once, of the
/// run.
inline void report_attributes(const Table& table, const Columns& at, const std::vector<Result>& results,
                              const Sink& sink) {
    const auto names = labels(results);
    for (std::size_t c = 0; c < table.header().size(); ++c) {
        const auto name = table.header()[c];
        if (at.taken(c) || name.empty()) continue;
        const auto value = [&](const Result& r) {
            const auto cell = table.cell(r.row, c);
            const bool plain = (c == at.type || c == at.role) && cell.ends_with("Unknown");
            return plain ? std::string_view{} : cell;
        };
        const auto same = [&](const Result& r) { return value(r) == value(results.front()); };
        if (results.size() > 1 && std::all_of(results.begin(), results.end(), same)) {
            if (!value(results.front()).empty()) sink.attribute("", name, value(results.front()));
            continue;
        }
        for (std::size_t i = 0; i < results.size(); ++i)
            if (const auto said = value(results[i]); !said.empty())
                sink.attribute(results[i].well, std::string(name) + names[i], said);
    }
}

/// A merged row says which wells it pools. One that does not would count its wells twice, so it is left out.
inline bool usable(const Result& r, const Sink& sink) {
    if (!r.pooled || !r.members.empty()) return true;
    sink.note(MICROCHIM_WARNING, r.well,
              "This row pools wells and does not say which; it was left out (" + std::string(r.target) + ": " +
                  std::to_string(r.positive) + " of " + std::to_string(r.accepted) + " droplets positive).");
    return false;
}

/// The rows of one channel in a well that name its target: the only one, or none where several share it.
inline const Result* target_of(const Wells& wells, const std::string& well, std::size_t channel) {
    const auto found = wells.find(well);
    if (found == wells.end()) return nullptr;
    const Result* only = nullptr;
    for (const auto* r : found->second) {
        if (r->channel != std::to_string(channel + 1)) continue;
        if (only) return nullptr;
        only = r;
    }
    return only;
}

inline void compare(const Droplets& droplets, const Wells& wells, const std::string& well, const Sink& sink) {
    const auto rows = wells.find(well);
    if (rows == wells.end()) {
        if (!wells.empty())
            sink.note(MICROCHIM_WARNING, well, "This well has an amplitude file but is not in the result table.");
        return;
    }
    const auto listed = static_cast<std::int64_t>(droplets.size());
    if (const auto accepted = rows->second.front()->accepted; accepted != listed) {
        sink.note(MICROCHIM_WARNING, well,
                  "The amplitude file lists " + std::to_string(listed) + " droplets, the result table accepts " +
                      std::to_string(accepted) + "; they may be of different analyses.");
        return;
    }
    for (std::size_t c = 0; c < 2; ++c) {
        const auto* r = target_of(wells, well, c);
        const auto calls = droplets.positive(c);
        const auto positive = std::count(calls.begin(), calls.end(), 1);
        const bool classified = std::count(calls.begin(), calls.end(), 2) < listed;
        if (r && classified && positive != r->positive)
            sink.note(MICROCHIM_WARNING, well,
                      "The clusters of the amplitude file have " + std::to_string(positive) +
                          " droplets positive for '" + std::string(r->target) + "', the result table has " +
                          std::to_string(r->positive) + ".");
    }
}

inline void report_droplets(std::string_view file, std::string_view bytes, const std::string& well, const Wells& wells,
                            const Sink& sink) {
    const auto header = amplitude_header(bytes);
    const auto droplets = read_droplets(file, bytes, *header);
    const bool clusters = header->names.size() == 3;
    if (!clusters && !bytes.ends_with('\n') && !bytes.ends_with('\r'))
        sink.note(
            MICROCHIM_INFO, well,
            "The last line of the amplitude file has no line end; if the file was cut off, the last droplet is wrong.");
    std::array<microchim_channel, 2> channels{};
    std::array<std::vector<std::uint8_t>, 2> positive{droplets.positive(0), droplets.positive(1)};
    for (std::size_t c = 0; c < channels.size(); ++c) {
        const auto* row = target_of(wells, well, c);
        channels[c].name = text(header->names[c]);
        channels[c].target = text(row ? row->target : std::string_view{});
        channels[c].threshold = row ? row->threshold : not_stated;
        channels[c].fluorescence = droplets.amplitude[c].data();
        channels[c].positive = clusters ? positive[c].data() : nullptr;
    }
    if (!wells.contains(well)) {
        microchim_react react{};
        react.well = text(well);
        react.type = MICROCHIM_UNKN;
        react.quantity = react.volume_ul = not_stated;
        sink.react(react);
    }
    sink.partitions({text(well), droplets.size(), channels.size(), channels.data(), -1, not_stated});
    compare(droplets, wells, well, sink);
}

}  // namespace microchim::quantasoft
