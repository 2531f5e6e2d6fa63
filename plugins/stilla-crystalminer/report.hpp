// From a run to facts.
#pragma once

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "join.hpp"
#include "microchim/reader.hpp"

namespace microchim::stilla {

using reader::not_stated;
using reader::Sink;
using reader::text;

/// The targets of a chamber's colours: what its row says, else the details, else the colour's own name, which is then
/// all that the files call it.
inline std::string target_of(const Row* row, std::size_t i, const std::vector<std::string>& named,
                             const std::string& colour) {
    if (row && i < row->counts.size() && !row->counts[i].target.empty()) return row->counts[i].target;
    return i < named.size() && !named[i].empty() ? named[i] : colour;
}

inline void report_react(const std::string& well, const std::string& sample, const Sink& sink) {
    microchim_react react{};
    react.well = text(well);
    react.sample = text(sample);
    react.type = MICROCHIM_UNKN;
    react.quantity = react.volume_ul = not_stated;
    sink.react(react);
}

inline void report_row(const Row& row, const Chip& chip, const std::vector<std::string>& named, const Sink& sink) {
    report_react(row.well, row.sample, sink);
    for (std::size_t i = 0; i < row.counts.size(); ++i) {
        const auto& c = row.counts[i];
        const auto target = target_of(&row, i, named, chip.colours[i]);
        microchim_counts counts{};
        counts.well = text(row.well);
        counts.target = text(target);
        counts.channel = text(chip.colours[i]);
        counts.accepted = c.accepted;
        counts.positive = c.positive;
        counts.excluded = -1;
        counts.copies_per_ul = c.concentration;
        counts.threshold = counts.volume_nl = counts.low = counts.high = not_stated;
        counts.status = text(c.status);
        sink.counts(counts);
    }
    sink.attribute(row.well, "ChamberID", row.id);
    for (const auto& [key, value] : row.attributes) sink.attribute(row.well, key, value);
}

/// \returns whether the channels could be given their colours.
inline bool report_droplets(const Run& run, const std::string& well, const Measured& m, const Sink& sink) {
    const auto* row = run.row(well);
    if (!row) report_react(well, "", sink);
    const auto& all = m.droplets.fluorescence;
    const bool coloured = row && run.chip->colours.size() == all.size();
    std::vector<std::string> names, targets;
    for (std::size_t i = 0; i < all.size(); ++i)
        names.push_back(coloured ? run.chip->colours[i] : "Chan" + std::to_string(i + 1));
    const auto named = run.details ? stilla::targets(*run.details, names) : std::vector<std::string>{};
    for (std::size_t i = 0; i < all.size(); ++i)
        targets.push_back(target_of(coloured ? row : nullptr, i, named, coloured ? names[i] : ""));
    std::vector<microchim_channel> channels;
    for (std::size_t i = 0; i < all.size(); ++i)
        channels.push_back({text(names[i]), text(targets[i]), not_stated, all[i].data(), nullptr});
    sink.partitions({text(well), m.droplets.size(), channels.size(), channels.data(), -1, not_stated});
    sink.attribute(well, "fluorescence", m.file.compensated ? "compensated" : "raw");
    const auto listed = static_cast<std::int64_t>(m.droplets.size());
    if (row && row->counts.front().accepted != listed)
        sink.note(MICROCHIM_WARNING, well,
                  "The file of droplets lists " + std::to_string(listed) + " droplets, the table of results " +
                      std::to_string(row->counts.front().accepted) +
                      "; they may be of different analyses. The counts "
                      "remain the table's.");
    return coloured || !row;
}

/// The partition volume that the program's own concentrations imply. It is told, not used: the concentrations may have
/// been multiplied by a dilution.
inline void note_volume(const Chip& chip, const Sink& sink) {
    std::vector<double> volumes;
    for (const auto& row : chip.rows)
        for (const auto& c : row.counts) {
            if (c.positive < 100 || c.positive >= c.accepted || !(c.concentration > 0)) continue;
            const auto p = static_cast<double>(c.positive) / static_cast<double>(c.accepted);
            volumes.push_back(-std::log1p(-p) / c.concentration * 1000);
        }
    if (volumes.empty()) return;
    std::sort(volumes.begin(), volumes.end());
    if (volumes.back() > 1.02 * volumes.front()) return;
    const auto thousandths = std::llround(volumes[volumes.size() / 2] * 1000);
    if (thousandths <= 0 || thousandths > 100000) return;
    const auto digits = std::to_string(thousandths % 1000);
    sink.note(MICROCHIM_INFO, "",
              "The program's own concentrations correspond to droplets of " + std::to_string(thousandths / 1000) + "." +
                  std::string(3 - digits.size(), '0') + digits +
                  " nL. This is not used as the partition volume: the files do not state one, and the concentrations "
                  "may include a dilution.");
}

/// The chip's name, unless that is a mere number.
inline std::string id_of(const Run& run) {
    const bool number = run.name.find_first_not_of("0123456789") == run.name.npos && run.name.size() < 4;
    if (!number) return run.name;
    if (!run.chip) return std::string(stem(run.droplets.begin()->second.file.file));
    return std::string(stem(run.chip->file)) + (run.name.empty() ? "" : "_" + run.name);
}

/// `taken`: the ids so far; no two runs of one drop have the same.
inline void report(const Run& run, std::set<std::string>& taken, const Sink& sink) {
    auto id = id_of(run);
    if (taken.contains(id) && run.chip) id += " (" + std::string(stem(run.chip->file)) + ")";
    const auto base = id;
    for (int i = 2; !taken.insert(id).second; ++i) id = base + " (" + std::to_string(i) + ")";
    std::vector<std::size_t> entries = run.tables;
    if (run.details) entries.push_back(run.details->entry);
    for (const auto& [well, m] : run.droplets) entries.push_back(m.file.entry);
    std::sort(entries.begin(), entries.end());

    microchim_run fact{};
    fact.id = text(id);
    fact.plate = text(run.name);
    fact.software = text("Crystal Miner");
    if (run.details) {
        fact.instrument = text(run.details->instrument);
        fact.consumable = text(run.details->chip_type);
    }
    fact.entries = entries.data();
    fact.entry_count = entries.size();
    sink.run(fact);
    sink.attribute("", "dialect", run.chip ? "Crystal Miner results" : "Crystal Miner droplets");
    if (run.details)
        for (const auto& [key, value] : run.details->facts) sink.attribute("", key, value);
    for (const auto& [severity, what] : run.notes) sink.note(severity, "", what);
    if (run.chip) {
        const auto named = run.details ? targets(*run.details, run.chip->colours) : std::vector<std::string>{};
        if (run.details && !run.details->channels.empty() &&
            std::all_of(named.begin(), named.end(), [](const std::string& target) { return target.empty(); }))
            sink.note(MICROCHIM_WARNING, run.details->file,
                      "These details name no target that could be bound to a colour of the table; the colours' names "
                      "stand for their targets.");
        for (const auto& row : run.chip->rows) report_row(row, *run.chip, named, sink);
        note_volume(*run.chip, sink);
    }
    bool coloured = true;
    std::string others, raw;
    for (const auto& [well, m] : run.droplets) {
        if (!m.file.compensated) raw += (raw.empty() ? "" : ", ") + well;
        coloured = report_droplets(run, well, m, sink) && coloured;
        if (others.empty()) others = m.droplets.others;
    }
    if (run.chip && !run.droplets.empty())
        sink.note(coloured ? MICROCHIM_INFO : MICROCHIM_WARNING, "",
                  coloured
                      ? "Chan1, Chan2 ... of the droplets are taken for the colours of the table in their order; no "
                        "file says so."
                      : "The files of droplets and the table have different numbers of channels; the droplets keep "
                        "the names Chan1, Chan2 ..., because no file says which colour each is.");
    if (!raw.empty())
        sink.note(MICROCHIM_INFO, "",
                  "Raw data, in which the colours still spill over into each other: " + raw +
                      ". Export the compensated data if there are any.");
    if (!others.empty())
        sink.note(MICROCHIM_INFO, "", "Columns of the files of droplets that are not read: " + others + ".");
}

}  // namespace microchim::stilla
