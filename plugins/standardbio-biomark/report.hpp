// From files to runs: exports of one chip are one run.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "file.hpp"
#include "microchim/join.hpp"
#include "microchim/reader.hpp"

namespace microchim::biomark {

using reader::Sink;
using reader::text;

/// Files of one chip; the first is the one whose counts are reported.
struct Chip {
    std::vector<File> files;
    std::string apart;  ///< why it is not one with an earlier chip; empty: nothing to say
};

namespace detail {

/// The assay of another file that is the same: by dye where both name one, else by position.
inline const Assay* counterpart(const Panel& panel, const Assay& assay, std::size_t position) {
    for (const auto& other : panel.assays)
        if (!assay.dye.empty() && other.dye == assay.dye) return &other;
    const bool unnamed = position < panel.assays.size() && (assay.dye.empty() || panel.assays[position].dye.empty());
    if (!unnamed) return nullptr;
    for (const auto& other : panel.assays)  // blocks may stand in another order
        if (other.target == assay.target && other.hits == assay.hits) return &other;
    return &panel.assays[position];
}

/// Why two panels are not the same; empty: they agree.
inline std::string difference(const Panel& a, const Panel& b) {
    const auto well = "panel " + a.well() + ": ";
    if (a.sample != b.sample) return well + "sample " + quoted(a.sample) + " and " + quoted(b.sample);
    for (std::size_t i = 0; i < a.assays.size(); ++i) {
        const auto& one = a.assays[i];
        const auto* other = counterpart(b, one, i);
        if (!other) return well + "the dye " + quoted(one.dye) + " is in one of them only";
        if (one.target != other->target) return well + "target " + quoted(one.target) + " and " + quoted(other->target);
        if (one.hits != other->hits)
            return well + std::to_string(one.hits) + " and " + std::to_string(other->hits) + " hits of " +
                   quoted(one.target);
    }
    return {};
}

/// Why a file is not of a chip; empty: it is.
inline std::string difference(const Chip& chip, const File& file) {
    const auto& known = chip.files.front().preamble;
    if (!known.barcode.empty() && !file.preamble.barcode.empty() && known.barcode != file.preamble.barcode)
        return "their chips are " + known.barcode + " and " + file.preamble.barcode;
    bool shared = !known.barcode.empty() && known.barcode == file.preamble.barcode;
    for (const auto& other : chip.files)
        for (const auto& a : other.panels)
            for (const auto& b : file.panels)
                if (a.number == b.number) {
                    // Rows are compared with rows: what a summary has is the name of the chip.
                    if (other.detailed && file.detailed && a.chambers != b.chambers)
                        return "panel " + a.well() + ": " + std::to_string(a.chambers) + " and " +
                               std::to_string(b.chambers) + " chambers";
                    if (const auto why = difference(a, b); !why.empty()) return why;
                    shared = true;
                }
    return shared ? "" : "they name neither the same chip nor a panel that both list";
}

}  // namespace detail

/// Sorts the files into chips: detailed exports first, because they say more.
inline std::vector<Chip> chips(std::vector<File> files) {
    std::stable_sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.detailed > b.detailed; });
    std::vector<Chip> all;
    for (auto& file : files) {
        std::string why;
        const auto against = [&](const Chip& chip) {
            const auto reason = detail::difference(chip, file);
            if (reason.empty()) return reason;
            return chip.files.front().name + " and " + file.name + " are kept apart as two runs: " + reason + ".";
        };
        auto* home = reader::home(all, against, why);
        if (!home) {
            for (const auto& chip : all)  // another reading of the same chip: it has as many chambers
                if (const auto& known = chip.files.front(); known.preamble.barcode == file.preamble.barcode)
                    for (auto& panel : file.panels)
                        if (panel.chambers < 0 && !file.preamble.barcode.empty())
                            panel.chambers = known.panels.front().chambers;
            home = &all.emplace_back(Chip{{}, why});
        }
        home->files.push_back(std::move(file));
    }
    return all;
}

inline void report_panel(const Panel& panel, std::int64_t chambers, const Sink& sink) {
    const auto well = panel.well();
    microchim_react react{};
    react.well = text(well);
    react.sample = text(panel.sample);
    react.type = sample_type(panel.type);
    react.quantity = react.volume_ul = reader::not_stated;
    if (double rconc = 0; react.type == MICROCHIM_STD) {
        const auto [stop, fault] = std::from_chars(panel.rconc.data(), panel.rconc.data() + panel.rconc.size(), rconc);
        if (fault == std::errc{} && stop == panel.rconc.data() + panel.rconc.size() && rconc > 0)
            react.quantity = rconc;
    }
    sink.react(react);
    if (!panel.type.empty()) sink.attribute(well, "Type", panel.type);
    if (!panel.rconc.empty()) sink.attribute(well, "rConc.", panel.rconc);
    for (const auto& assay : panel.assays) {
        microchim_counts counts{};
        counts.well = text(well);
        counts.target = text(assay.target);
        counts.dye = text(assay.dye);
        counts.channel = text(assay.channel);
        counts.accepted = chambers;
        counts.positive = assay.hits;
        counts.excluded = -1;
        counts.threshold = assay.threshold;
        counts.volume_nl = counts.copies_per_ul = counts.low = counts.high = reader::not_stated;
        sink.counts(counts);
    }
}

/// The chambers of a panel, from whichever file of the chip says them: all panels of a chip are equal.
/// \throws FormatError where none does.
inline std::int64_t chambers(const Chip& chip, const Panel& panel, const File& file) {
    if (panel.chambers >= 0) return panel.chambers;
    for (const auto& other : chip.files)
        if (other.panels.front().chambers >= 0) return other.panels.front().chambers;
    if (file.estimated >= 0) return file.estimated;
    throw FormatError(file.name,
                      "this summary does not say how many chambers a panel has: the preamble with the name of the "
                      "chip (as 48.770) is missing, and its estimates do not tell. Export it with the preamble, or put "
                      "the detailed export beside it");
}

/// Says where the number of chambers came from, if the files only imply it.
inline void note_estimated(const Chip& chip, const Sink& sink) {
    for (const auto& file : chip.files)
        if (file.panels.front().chambers >= 0) return;
    const auto& file = chip.files.front();
    sink.note(MICROCHIM_WARNING, file.name,
              "The file does not say how many chambers a panel has" +
                  (file.preamble.chip.empty() ? "" : " (the chip is called " + quoted(file.preamble.chip) + ")") +
                  ". " + std::to_string(file.estimated) +
                  " gives all of its own estimates (Est. Targets), so it is taken; compare it with the chip.");
}

/// `alone`: no other chip of the drop has the same name.
inline void report_run(const Chip& chip, bool alone, const Sink& sink) {
    const auto& first = chip.files.front();
    Preamble p = first.preamble;
    std::vector<std::size_t> entries;
    for (const auto& file : chip.files) {
        entries.push_back(file.entry);
        if (p.facts.empty()) p = file.preamble;
    }
    if (p.run.empty() || !alone) {
        p.run = first.name.substr(first.name.find_last_of('/') + 1);
        p.run = p.run.substr(0, p.run.rfind('.'));
    }
    microchim_run run{};
    run.id = text(p.run);
    run.plate = text(p.barcode);
    run.serial_number = text(p.instrument);
    run.consumable = text(p.chip);
    run.software = text(p.version.empty() ? "" : "Fluidigm Digital PCR Analysis");
    run.software_version = text(p.version);
    run.started = text(p.started);
    run.entries = entries.data();
    run.entry_count = entries.size();
    sink.run(run);
    auto chip_name = p.chip;  // a spreadsheet takes the last figure off 48.770; profiles know the whole name
    if (p.perhaps > 0 && (first.panels.front().chambers == p.perhaps || first.estimated == p.perhaps))
        chip_name = std::to_string(p.panels) + "." + std::to_string(p.perhaps);
    sink.attribute("", "dialect",
                   std::string(first.detailed ? "BioMark detailed" : "BioMark summary") +
                       (chip_name.empty() ? "" : ", " + chip_name));
    for (const auto& [key, value] : p.facts)
        if (!value.empty()) sink.attribute("", key, value);
}

/// One chip as one run. Each panel is counted once, from the first file that lists it; what the others add are
/// attributes.
inline void report(const Chip& chip, bool alone, const Sink& sink) {
    report_run(chip, alone, sink);
    note_estimated(chip, sink);
    if (!chip.apart.empty()) sink.note(MICROCHIM_WARNING, "", chip.apart);
    std::map<int, std::map<std::string, std::string>> said;
    for (const auto& file : chip.files) {
        if (!file.remark.empty()) sink.note(MICROCHIM_WARNING, file.name, file.remark);
        if (&file != &chip.files.front())
            sink.note(MICROCHIM_INFO, file.name,
                      "Says the same as " + chip.files.front().name +
                          " of the panels that both list; they are one "
                          "run, and each panel is counted once.");
        for (const auto& panel : file.panels) {
            const auto [known, fresh] = said.try_emplace(panel.number);
            if (fresh) report_panel(panel, chambers(chip, panel, file), sink);
            for (const auto& [key, value] : panel.attributes)
                if (known->second.try_emplace(key, value).second) sink.attribute(panel.well(), key, value);
        }
    }
}

}  // namespace microchim::biomark
