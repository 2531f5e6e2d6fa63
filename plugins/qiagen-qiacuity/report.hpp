// From a run to facts: wells, counts, hyperwells, attributes, partitions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attributes.hpp"
#include "channels.hpp"
#include "partitions.hpp"
#include "types.hpp"

namespace microchim::qiacuity {

using reader::text;

inline const char* dialect_of(const Run& run) {
    if (!run.parts.empty()) return run.parts.front().file->dialect;
    return run.occupancies.empty() ? "RFU values" : run.occupancies.front().file->dialect;
}

/// Nanoplates of 24 and 96 wells have eight rows; where the file says the number of wells, it says the layout.
inline std::int64_t columns_of(std::string_view plate_type) {
    const auto type = reader::detail::normalised(plate_type);
    if (type.find("24-well") != type.npos) return 3;
    return type.find("96-well") != type.npos ? 12 : 0;
}

inline void report_run(const Run& run, std::string_view id, const Sink& sink) {
    microchim_run fact{};
    fact.id = text(id);
    fact.plate = text(run.plate.id);
    fact.consumable = text(run.plate.type);
    fact.software = text("QIAcuity Software Suite");
    fact.columns = columns_of(run.plate.type);
    fact.rows = fact.columns > 0 ? 8 : 0;
    fact.entries = run.entries.data();
    fact.entry_count = run.entries.size();
    sink.run(fact);
    sink.attribute("", "dialect", dialect_of(run));
    for (const auto& [severity, what] : run.notes) sink.note(severity, "", what);
}

inline void report_react(const std::string& well, std::string_view sample, std::int32_t type, const Sink& sink) {
    sink.react({text(well), text(sample), type, not_stated, not_stated});
}

/// Rows that stand for several wells have no type of their own in a run.
inline void note_type_of_pool(const std::string& name, const Row& r, const Sink& sink) {
    const auto found = meaning(r);
    if (found.known && found.type == MICROCHIM_UNKN) return;
    sink.note(MICROCHIM_WARNING, name,
              "The table calls this hyperwell '" + (meaning(r.type).stated ? r.type : r.control) +
                  "'. Only wells have a type here: say in a sample sheet what it is, or it may count as a sample.");
}

inline void report_wells(const Run& run, const Sink& sink) {
    bool generic = false;
    for (const auto& [name, rows] : run.places)
        if (rows.front()->place.pooled) note_type_of_pool(name, *rows.front(), sink);
        else report_react(name, run.sample(name), well_type(rows, generic, sink), sink);
    for (const auto& [name, channels] : run.raw.wells)
        if (!run.places.contains(name)) report_react(name, run.sample(name), MICROCHIM_UNKN, sink);
    if (generic)
        sink.note(MICROCHIM_INFO, "",
                  "The type 'Control' does not say which control it is; these wells count as positive controls.");
}

inline void report_counts(const Row& r, std::string_view channel, const Sink& sink) {
    if (!r.analysed) {
        sink.note(MICROCHIM_WARNING, r.place.name,
                  "The table has no counts for '" + r.target + "' here; the row was left out.");
        return;
    }
    const auto members = r.place.member_list();
    microchim_counts fact{};
    fact.well = text(r.place.name);
    fact.target = text(r.target);
    fact.channel = text(channel);
    fact.pooled = r.place.pooled ? MICROCHIM_SUM : MICROCHIM_WELL;
    fact.members = text(members);
    if (r.place.pooled) fact.sample = text(r.sample);
    fact.accepted = r.accepted;
    fact.positive = r.positive;
    fact.excluded = -1;
    fact.threshold = r.threshold;
    fact.volume_nl = not_stated;
    fact.copies_per_ul = r.copies_per_ul;
    fact.low = r.low;
    fact.high = r.high;
    fact.status = text(r.status);
    sink.counts(fact);
    if (r.saturated())
        sink.note(MICROCHIM_WARNING, r.place.name,
                  "Every partition is positive for '" + r.target + "': the concentration has no upper limit.");
}

/// Says where the RFU files and the table differ; the counts remain the table's.
inline void compare(const std::string& well, const Series& s, const Row& r, const Sink& sink) {
    if (s.valid() == r.accepted && s.positive() == r.positive) return;
    sink.note(MICROCHIM_WARNING, well,
              "Channel " + s.channel + " of the RFU files has " + std::to_string(s.positive()) + " of " +
                  std::to_string(s.valid()) + " partitions positive, the table has " + std::to_string(r.positive) +
                  " of " + std::to_string(r.accepted) + " for '" + r.target + "'; they may be of different analyses.");
}

inline void report_partitions(const std::string& well, const Joined& joined,
                              const std::map<std::string, const Row*>& targets, bool table, const Sink& sink) {
    std::vector<microchim_channel> channels;
    for (std::size_t c = 0; c < joined.channels.size(); ++c) {
        const auto& s = *joined.channels[c];
        const auto found = targets.find(s.channel);
        const bool calls = joined.called(c) || joined.size() == 0;
        channels.push_back({text(s.channel), text(found == targets.end() ? std::string_view{} : found->second->target),
                            s.threshold, joined.rfu[c].data(), calls ? joined.call[c].data() : nullptr});
        if (table && found != targets.end()) compare(well, s, *found->second, sink);
    }
    const auto excluded = joined.listed - static_cast<std::int64_t>(joined.size());
    sink.partitions({text(well), joined.size(), channels.size(), channels.data(), excluded, not_stated});
    if (joined.lost > 0)
        sink.note(MICROCHIM_WARNING, well,
                  std::to_string(joined.lost) +
                      " valid partitions have no value in the file of another channel; they were "
                      "left out of the list of partitions.");
}

inline void report(const Bundle& bundle, const Run& run, std::string_view id, const Sink& sink) {
    report_run(run, id, sink);
    report_wells(run, sink);
    const Targets targets(run);
    std::map<const Row*, std::string> channel_of;
    std::vector<std::pair<std::string, std::map<std::string, const Row*>>> wells;
    for (const auto& [well, channels] : run.raw.wells) {
        wells.emplace_back(well, targets.of(well));
        for (const auto& [channel, row] : wells.back().second) channel_of[row] = channel;
    }
    for (const auto& [name, rows] : run.places)
        for (const auto* r : rows) {
            const auto channel = channel_of.find(r);
            report_counts(*r, channel == channel_of.end() ? std::string_view{} : channel->second, sink);
        }
    report_volumes(run.places, sink);
    for (const auto& part : run.parts) report_columns(part, sink);
    for (const auto& part : run.occupancies) report_occupancy(part, sink);
    report_series(run.raw, sink);
    std::vector<Joined> joined(wells.size());
    bundle.each(wells.size(), [&](std::size_t i) { joined[i] = join_channels(run.raw.wells.at(wells[i].first)); });
    for (std::size_t i = 0; i < wells.size(); ++i)
        report_partitions(wells[i].first, joined[i], wells[i].second, !run.parts.empty(), sink);
    if (!run.raw.reference.empty())
        sink.note(MICROCHIM_INFO, "",
                  "The reference channel measures no target: its thresholds were kept as attributes, its fluorescence "
                  "was not.");
}

}  // namespace microchim::qiacuity
