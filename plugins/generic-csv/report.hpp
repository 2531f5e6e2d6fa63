// From rows and partitions to facts.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "runs.hpp"

namespace microchim::described {

using reader::Sink;
using reader::text;

/// What the rows of a run say in a column that holds for the run. \throws FormatError where they differ
inline std::string run_text(const Source& source, const RunRows& run, std::vector<ResultTable>& tables) {
    if (source.kind != Source::column) return source.text;
    std::string value, first;
    for (const auto number : run.tables) {
        auto& table = tables[number];
        const auto at = table.cells->bind(source);
        for (const auto* row : run.rows) {
            if (row->table != number) continue;
            const auto cell = table.cells->text(row->row, at);
            if (cell.empty() || cell == value) continue;
            if (!value.empty())
                table.cells->fail(
                    row->row, at,
                    quoted(cell) + " here and " + quoted(value) + " in " + first +
                        ", but a run has only one; if these are several runs, say in [run] id which column "
                        "names them");
            value = cell;
            first = table.where(row->row);
        }
    }
    return value;
}

inline void report_run(const RunRows& run, const Description& d, std::size_t description,
                       std::vector<ResultTable>& tables, const Sink& sink) {
    const auto& s = d.run;
    const auto id = run.id.empty() ? s.id.kind == Source::fixed ? s.id.text : "" : run.id;
    const auto say = [&](const Source& source) { return run_text(source, run, tables); };
    const auto plate = say(s.plate), instrument = say(s.instrument), serial = say(s.serial_number),
               consumable = say(s.consumable), software = say(s.software), version = say(s.software_version),
               started = say(s.started);
    std::vector<std::size_t> entries{description};
    for (const auto number : run.tables) entries.push_back(tables[number].entry);
    entries.insert(entries.end(), run.entries.begin(), run.entries.end());
    microchim_run fact{};
    fact.id = text(id);
    fact.plate = text(plate);
    fact.instrument = text(instrument);
    fact.serial_number = text(serial);
    fact.consumable = text(consumable);
    fact.software = text(software);
    fact.software_version = text(version);
    fact.started = text(started);
    fact.rows = s.rows;
    fact.columns = s.columns;
    fact.entries = entries.data();
    fact.entry_count = entries.size();
    sink.run(fact);
    if (!d.name.empty()) sink.attribute("", "dialect", d.name);
}

/// A reaction of real-time PCR: its result, its curve, or both.
inline void report_reaction(const Row* row, const Curve* curve, const Sink& sink) {
    auto fact = reader::no_curve();
    fact.well = text(row ? row->well : curve->well);
    fact.target = text(row ? row->target : curve->target);
    const std::string_view row_dye = row ? std::string_view(row->dye) : "",
                           own = curve ? std::string_view(curve->dye) : "";
    fact.dye = text(row_dye.empty() ? own : row_dye);
    if (row) {
        fact.type = row->type;
        fact.cq = row->cq;
        fact.amplified = !std::isnan(row->cq);
        fact.quantity = row->quantity;
        fact.unit = text(row->unit);
        fact.threshold = row->threshold;
        fact.status = text(row->status);
    }
    if (curve) {
        fact.signal = curve->signal;
        fact.cycles = curve->values.size();
        fact.fluorescence = curve->values.data();
    }
    sink.curve(fact);
}

/// Curves go with the row of their well and target; one that names no target with the only row of its well.
/// \throws FormatError where there are several.
inline std::map<const Row*, const Curve*> pair_curves(const RunRows& run, const Sink& sink) {
    std::map<std::string, std::vector<const Row*>> wells;
    for (const auto* row : run.rows)
        if (row->real_time) wells[row->well].push_back(row);
    std::map<const Row*, const Curve*> pairs;
    for (const auto* file : run.curves)
        for (const auto& curve : file->curves) {
            std::vector<const Row*> fitting;
            for (const auto* row : wells[curve.well])
                if ((curve.target.empty() || curve.target == row->target) &&
                    (curve.dye.empty() || row->dye.empty() || curve.dye == row->dye))
                    fitting.push_back(row);
            if (fitting.empty()) {
                sink.react({text(curve.well), {}, MICROCHIM_UNKN, not_stated, not_stated});
                report_reaction(nullptr, &curve, sink);
                continue;
            }
            if (fitting.size() > 1)
                throw FormatError(file->name, "well " + curve.well +
                                                  " has several targets; say in [[curves]] of which this curve is");
            if (!pairs.emplace(fitting.front(), &curve).second)
                throw FormatError(file->name, "another curve is of well " + curve.well + " and target " +
                                                  quoted(fitting.front()->target) + " too");
        }
    return pairs;
}

inline void report_row(const Row& row, const Curve* curve, const Sink& sink) {
    if (row.pooled == MICROCHIM_WELL) {
        microchim_react react{};
        react.well = text(row.well);
        react.sample = text(row.sample);
        react.type = row.type;
        react.quantity = row.type == MICROCHIM_STD ? row.quantity : not_stated;
        react.volume_ul = not_stated;
        sink.react(react);
    }
    if (!row.counted) return;
    if (row.real_time) return report_reaction(&row, curve, sink);
    microchim_counts counts{};
    counts.well = text(row.well);
    counts.target = text(row.target);
    counts.dye = text(row.dye);
    counts.channel = text(row.channel);
    counts.pooled = row.pooled;
    counts.members = text(row.members);
    if (row.pooled != MICROCHIM_WELL) counts.sample = text(row.sample);
    counts.accepted = row.accepted;
    counts.positive = row.positive;
    counts.excluded = row.excluded;
    counts.threshold = row.threshold;
    counts.volume_nl = row.volume_nl;
    counts.copies_per_ul = row.concentration;
    counts.low = row.low;
    counts.high = row.high;
    counts.status = text(row.status);
    sink.counts(counts);
}

/// The lines before the header and the columns that mean nothing to us.
inline void report_attributes(const RunRows& run, const Description& d, const std::vector<ResultTable>& tables,
                              const Sink& sink) {
    for (const auto number : run.tables) {
        const auto& t = tables[number];
        for (std::size_t n = 0; n < d.layout.skip_lines && n < 1000; ++n)
            if (const auto line = trimmed(reader::line(t.text, n)); !line.empty())
                sink.attribute("", t.name() + ":" + std::to_string(n + 1), line);
        std::vector<reader::RowName> names(t.table->size());
        std::set<std::pair<std::string_view, std::string_view>> seen;
        for (const auto* row : run.rows) {
            if (row->table != number) continue;
            auto& name = names[row->row];
            name.well = row->well;
            if (d.wide) continue;
            name.label = row->target;
            if (!seen.emplace(row->well, row->target).second) name.label += ", channel " + row->channel + row->dye;
        }
        keep_unused(
            *t.table, names, [&](std::size_t column) { return t.cells->taken(column); }, sink);
    }
}

/// Partitions beside the counts of the table: the same number, and as many positive.
inline void compare(const std::string& well, const WellPartitions& partitions, const Description& d, const RunRows& run,
                    const Sink& sink) {
    bool listed = false;
    for (const auto* row : run.rows) {
        if (row->well != well || row->pooled != MICROCHIM_WELL || !row->counted) continue;
        listed = true;
        const auto size = static_cast<std::int64_t>(partitions.size());
        if (row->accepted != size) {
            sink.note(MICROCHIM_WARNING, well,
                      "The partition table lists " + std::to_string(size) + " partitions, the result table accepts " +
                          std::to_string(row->accepted) + "; they may be of different analyses.");
            return;
        }
        for (std::size_t c = 0; c < partitions.calls.size(); ++c) {
            const auto& calls = partitions.calls[c];
            const auto positive = std::count(calls.begin(), calls.end(), std::uint8_t{1});
            if (d.partitions->channels[c].target == row->target && !calls.empty() && positive != row->positive)
                sink.note(MICROCHIM_WARNING, well,
                          "The partition table has " + std::to_string(positive) + " partitions positive for " +
                              quoted(row->target) + ", the result table has " + std::to_string(row->positive) + ".");
        }
    }
    if (!listed && !run.rows.empty())
        sink.note(MICROCHIM_WARNING, well, "This well has partitions but is not in the result table.");
}

inline void report_partitions(const PartitionFile& file, const Description& d, const RunRows& run,
                              std::set<std::string>& seen, const std::string& name, const Sink& sink) {
    double volume = not_stated;
    if (d.volume.kind == Source::fixed)
        std::from_chars(d.volume.text.data(), d.volume.text.data() + d.volume.text.size(), volume);
    for (const auto& [well, partitions] : file.wells) {
        if (!seen.insert(well).second)
            throw FormatError(name, "another file holds the partitions of well " + well + " too");
        std::vector<microchim_channel> channels;
        for (std::size_t c = 0; c < file.names.size(); ++c) {
            const auto& rule = d.partitions->channels[c];
            const auto& calls = partitions.calls[c];
            channels.push_back({text(file.names[c]), text(rule.target), rule.threshold.value_or(not_stated),
                                partitions.fluorescence[c].data(), rule.call ? calls.data() : nullptr});
        }
        microchim_react react{};
        react.well = text(well);
        react.quantity = react.volume_ul = not_stated;
        sink.react(react);
        sink.partitions({text(well), partitions.size(), channels.size(), channels.data(), partitions.excluded, volume});
        compare(well, partitions, d, run, sink);
    }
}

}  // namespace microchim::described
