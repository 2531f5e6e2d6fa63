// From droplets to facts: channels with their targets, counts of wells without a table, and whether the two agree.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/report.hpp"
#include "content.hpp"
#include "microchim/reader.hpp"
#include "tell.hpp"

namespace microchim::qxmanager {

/// Each column of amplitudes is a channel. A target that is alone in its channel has its calls there. Targets that
/// share one, and a target of which nothing tells the channel for sure, have a channel of their own with the same
/// amplitudes: "Ch1Amplitude [SRY]".
inline void report_partitions(const DropletFile& file, const Wells& wells, const std::map<std::string, Told>& told,
                              const Sink& sink) {
    const auto& d = file.droplets;
    std::vector<Column> columns;
    std::map<std::size_t, int> sharing;
    for (std::size_t t = 0; t < file.header.targets(); ++t) {
        columns.push_back(column_of(file, t, wells, told));
        if (columns.back().channel && columns.back().sure) ++sharing[*columns.back().channel];
    }
    std::vector<std::string> names;
    names.reserve(columns.size());  // the channels point into it
    std::vector<microchim_channel> channels(file.header.channels);
    for (std::size_t c = 0; c < channels.size(); ++c)
        channels[c] = {text(file.header.names[c]), text(""), not_stated, d.amplitude[c].data(), nullptr};
    for (std::size_t t = 0; t < columns.size(); ++t) {
        if (!columns[t].channel) continue;  // negative in every well: its counts say all there is
        const auto c = *columns[t].channel;
        auto* channel = &channels[c];
        if (!columns[t].sure || sharing[c] > 1) {
            names.push_back(file.header.names[c] + " [" + file.target(t) + "]");
            channels.push_back({text(names.back()), text(""), not_stated, d.amplitude[c].data(), nullptr});
            channel = &channels.back();
        }
        const auto* r = row_of(wells, file.well, file.target(t));
        channel->target = text(r ? r->target : std::string_view(file.target(t)));
        channel->threshold = r ? r->threshold : not_stated;
        channel->positive = d.calls[t].data();
    }
    sink.partitions({text(file.well), d.rows, channels.size(), channels.data(), -1, not_stated});
}

inline void count_well(const std::string& well, std::string_view target, std::string_view channel,
                       std::int64_t positive, std::int64_t accepted, const Sink& sink) {
    microchim_counts counts{};
    counts.well = text(well);
    counts.target = text(target);
    counts.channel = text(channel);
    counts.positive = positive;
    counts.accepted = accepted;
    counts.excluded = -1;
    counts.threshold = counts.volume_nl = counts.copies_per_ul = counts.low = counts.high = not_stated;
    sink.counts(counts);
}

/// A well that is in no table: its droplets are counted by their calls.
inline void report_well_without_row(const DropletFile& file, const std::map<std::string, Told>& told, bool table,
                                    const Sink& sink) {
    biorad::report_well(file.well, {}, MICROCHIM_UNKN, sink);
    for (std::size_t t = 0; t < file.header.targets(); ++t) {
        const auto& where = told.at(file.target(t));
        count_well(file.well, file.target(t), where.sure ? number_of(where.channel) : "", file.droplets.count(t, 1),
                   file.classified(t), sink);
    }
    if (table)
        sink.note(MICROCHIM_WARNING, file.well, "This well has an amplitude file but is not in the result table.");
}

inline void compare(const DropletFile& file, const Wells& wells, const Sink& sink) {
    const auto listed = static_cast<std::int64_t>(file.droplets.rows);
    for (std::size_t t = 0; t < file.header.targets(); ++t) {
        const auto& target = file.target(t);
        const auto* r = row_of(wells, file.well, target);
        const auto positive = file.droplets.count(t, 1);
        if (!r) {
            sink.note(MICROCHIM_WARNING, file.well,
                      "The result table has no row for the target '" + target + "' of the amplitude file.");
        } else if (r->accepted != listed && r->accepted != file.classified(t)) {
            sink.note(MICROCHIM_WARNING, file.well,
                      "The amplitude file lists " + std::to_string(listed) + " droplets, the result table accepts " +
                          std::to_string(r->accepted) + " for '" + target + "'; they may be of different analyses.");
        } else if (r->positive != positive) {
            sink.note(MICROCHIM_WARNING, file.well,
                      "The amplitude file has " + std::to_string(positive) + " droplets positive for '" + target +
                          "', the result table has " + std::to_string(r->positive) + ".");
        }
    }
}

inline void note_unclassified(const DropletFile& file, const Sink& sink) {
    for (std::size_t t = 0; t < file.header.targets(); ++t)
        if (const auto n = file.droplets.count(t, 2); n > 0)
            sink.note(MICROCHIM_INFO, file.well,
                      std::to_string(n) + (n == 1 ? " droplet is" : " droplets are") + " not classified for '" +
                          file.target(t) +
                          "' (Advanced Classification Mode): counted neither as positive nor as negative.");
}

inline void report_droplets(const DropletFile& file, const Wells& wells, const std::map<std::string, Told>& told,
                            const Sink& sink) {
    if (wells.contains(file.well)) compare(file, wells, sink);
    else report_well_without_row(file, told, !wells.empty(), sink);
    report_partitions(file, wells, told, sink);
    note_unclassified(file, sink);
    std::string lines;
    for (const auto line : file.droplets.uncertain) lines += (lines.empty() ? "" : ",") + std::to_string(line);
    if (!lines.empty()) sink.attribute(file.well, "lines with uncertain decimal commas", lines);
}

/// What holds for the amplitude files of a run: channels that nothing tells for sure, and decimal commas.
inline void note_droplets(const std::vector<const DropletFile*>& files, const Wells& wells,
                          const std::map<std::string, Told>& told, const Sink& sink) {
    std::map<std::string, std::string> unsure;
    std::size_t commas = 0, ambiguous = 0, placed = 0, uncertain = 0;
    for (const auto* file : files) {
        const auto& d = file->droplets;
        commas += d.ambiguous > 0, ambiguous += d.ambiguous, placed += d.placed, uncertain += d.uncertain.size();
        for (std::size_t t = 0; t < file->header.targets(); ++t)
            if (const auto column = column_of(*file, t, wells, told); column.channel && !column.sure)
                unsure[file->target(t)] = file->header.names[*column.channel];
    }
    for (const auto& [target, channel] : unsure)
        sink.note(MICROCHIM_WARNING, "",
                  "Nothing tells for sure in which channel the target '" + target +
                      "' is read; its calls stand beside the amplitudes of " + channel + ".");
    if (ambiguous == 0) return;
    const auto some = [](std::size_t n, const std::string& what) {
        return std::to_string(n) + what + (n == 1 ? "" : "s");
    };
    sink.note(MICROCHIM_INFO, "",
              some(commas, " amplitude file") + " with decimal commas between cells that are separated by commas; in " +
                  some(ambiguous, " line") + " a whole number makes the cut ambiguous: " +
                  some(ambiguous - placed - uncertain, " line") + " with one possible reading, " +
                  std::to_string(placed) + " decided by where the other droplets lie, " + std::to_string(uncertain) +
                  " where the likelier reading was taken (an attribute names the lines). No count depends on it.");
}

/// Wells whose first description is the same and whose others are not: one sample, or several? The first counts.
inline void note_descriptions(const biorad::Results& from, const std::vector<const Result*>& rows, const Sink& sink) {
    std::vector<std::size_t> others;
    for (const char* name : {"Sample description 2", "Sample description 3", "Sample description 4"})
        if (const auto column = from.table.find({name})) others.push_back(*column);
    std::map<std::string_view, std::set<std::string>> descriptions;
    for (const auto* r : rows) {
        std::string rest;
        for (const auto column : others) rest += std::string(from.table.cell(r->row, column)) + '\n';
        if (!r->pooled && !r->sample.empty()) descriptions[r->sample].insert(rest);
    }
    std::string names;
    for (const auto& [sample, rest] : descriptions)
        if (rest.size() > 1 && names.size() < 200) names += (names.empty() ? "'" : ", '") + std::string(sample) + "'";
    if (!names.empty())
        sink.note(MICROCHIM_WARNING, "",
                  "Wells with the same first sample description differ in the others: " + names +
                      ". The sample is the first description; the others are attributes.");
}

}  // namespace microchim::qxmanager
