// Which files are of one run: a run is one chip. Told by names (of chambers and of files) and by the numbers in them.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "details.hpp"
#include "droplets.hpp"
#include "microchim/join.hpp"
#include "results.hpp"

namespace microchim::stilla {

/// A file of droplets and what it holds.
struct Measured {
    DropletFile file;
    Droplets droplets;
};

struct Run {
    std::optional<Chip> chip;  ///< none: droplets alone
    std::string name;          ///< of the chip, as in the names of its chambers or files; may be empty
    std::vector<std::size_t> tables;
    std::map<std::string, Measured> droplets;  ///< by well
    const Details* details = nullptr;
    std::vector<std::pair<std::int32_t, std::string>> notes;

    const Row* row(const std::string& well) const {
        if (chip)
            for (const auto& row : chip->rows)
                if (row.well == well) return &row;
        return nullptr;
    }
};

namespace detail {

/// Why two readings of a chip are not the same; empty: they agree in what both list, and both list something.
inline std::string difference(const Chip& a, const Chip& b) {
    if (a.colours != b.colours) return "they have different colours";
    bool shared = false;
    for (const auto& one : a.rows)
        for (const auto& other : b.rows) {
            if (one.well != other.well) continue;
            shared = true;
            if (one.sample != other.sample)
                return "chamber " + one.well + " holds " + quoted(one.sample) + " and " + quoted(other.sample);
            for (std::size_t c = 0; c < one.counts.size(); ++c)
                if (one.counts[c].accepted != other.counts[c].accepted ||
                    one.counts[c].positive != other.counts[c].positive)
                    return "chamber " + one.well + " has " + std::to_string(one.counts[c].positive) + " of " +
                           std::to_string(one.counts[c].accepted) + " and " + std::to_string(other.counts[c].positive) +
                           " of " + std::to_string(other.counts[c].accepted) + " droplets positive in " + a.colours[c];
        }
    return shared ? "" : "they have no chamber in common";
}

/// What the names say of a file of droplets and a chip: 3 the same, 2 one is part of the other, 1 one has no name,
/// 0 nothing.
inline int names_agree(const Chip& chip, const std::string& file_chip) {
    const auto name = plain(chip.name), file = plain(file_chip), table = plain(stem(chip.file));
    if (!name.empty() && name == file) return 3;
    if (related(name, file)) return 2;
    if (name.empty() && related(table, file)) return 2;
    return name.empty() || file.empty() ? 1 : 0;
}

}  // namespace detail

/// Tables that say the same of a chip are counted once; those that contradict each other are runs of their own.
inline std::vector<Run> runs_of_tables(std::vector<Chip> chips) {
    std::vector<Run> runs;
    for (auto& chip : chips) {
        std::string apart;
        const auto against = [&](const Run& run) -> std::optional<std::string> {
            if (plain(run.name) != plain(chip.name)) return std::nullopt;
            const auto why = detail::difference(*run.chip, chip);
            if (why.empty()) return why;
            return run.chip->file + " and " + chip.file + " are kept apart as two runs: " + why + ".";
        };
        auto* home = reader::home(runs, against, apart);
        if (!home) {
            auto& run = runs.emplace_back();
            run.name = chip.name;
            run.tables = {chip.entry};
            if (!apart.empty()) run.notes.emplace_back(MICROCHIM_WARNING, apart);
            run.chip = std::move(chip);
            continue;
        }
        home->tables.push_back(chip.entry);
        home->notes.emplace_back(
            MICROCHIM_INFO, chip.file + " says the same as " + home->chip->file + "; each chamber is counted once.");
        for (auto& row : chip.rows)
            if (!home->row(row.well)) home->chip->rows.push_back(std::move(row));
    }
    return runs;
}

namespace detail {

/// The run that a file of droplets is of; null: none, or it cannot be told.
inline Run* home_of(std::vector<Run>& runs, std::size_t tables, const Measured& m) {
    Run* best = nullptr;
    std::pair<int, bool> best_score{0, false};
    bool tie = false;
    for (std::size_t i = 0; i < tables; ++i) {
        auto& run = runs[i];
        const auto* row = run.row(m.file.chamber.well);
        if (!row || row->counts.empty()) continue;
        const int names = names_agree(*run.chip, m.file.chamber.chip);
        const bool numbers = row->counts.front().accepted == static_cast<std::int64_t>(m.droplets.size());
        if (names < 2 && !numbers) continue;
        const std::pair score{names, numbers};
        tie = best && score == best_score;
        if (!best || score > best_score) best = &run, best_score = score;
    }
    return tie ? nullptr : best;
}

}  // namespace detail

/// Adds the droplets to their chips. What is of no chip in the tables becomes a run by the names of the files.
/// \throws FormatError where a chamber has two files that differ.
inline void add_droplets(std::vector<Run>& runs, std::vector<Measured> all) {
    const auto tables = runs.size();
    for (auto& m : all) {
        auto* run = detail::home_of(runs, tables, m);
        if (run && run->droplets.contains(m.file.chamber.well)) run = nullptr;
        if (!run) {
            const auto name = plain(m.file.chamber.chip);
            const auto at = std::find_if(runs.begin() + static_cast<std::ptrdiff_t>(tables), runs.end(),
                                         [&](const Run& other) { return plain(other.name) == name; });
            if (at == runs.end()) {
                run = &runs.emplace_back();
                run->name = m.file.chamber.chip;
                if (tables > 0)
                    run->notes.emplace_back(MICROCHIM_WARNING,
                                            m.file.file +
                                                " is of no chamber of the tables, by its name and by the number "
                                                "of its droplets; it is kept apart as a run of its own.");
            } else {
                run = &*at;
            }
        }
        const auto well = m.file.chamber.well;
        const auto [known, fresh] = run->droplets.try_emplace(well, std::move(m));
        if (!fresh)
            throw FormatError(m.file.file, "chamber " + well + " has a second file of droplets, " +
                                               known->second.file.file + "; give one run at a time");
    }
}

/// Gives each run its details: by name, or where there is one file of details and one table, those.
inline void add_details(std::vector<Run>& runs, const std::vector<Details>& all) {
    for (auto& run : runs) {
        for (const auto& details : all) {
            auto name = stem(details.file);
            drop_end(name, "_Experiment_Details");
            const auto wanted = plain(name);
            const auto table = run.chip ? plain(stem(run.chip->file)) : "";
            if (run.details || !(related(wanted, plain(run.name)) || related(wanted, table))) continue;
            run.details = &details;
        }
    }
    std::vector<std::string> tables;
    for (const auto& run : runs) tables.push_back(run.chip ? run.chip->file : "");
    const bool one = all.size() == 1 && std::all_of(tables.begin(), tables.end(),
                                                    [&](const std::string& file) { return file == tables.front(); });
    for (auto& run : runs) {
        if (run.details || !one) continue;
        run.details = &all.front();
        run.notes.emplace_back(MICROCHIM_INFO, all.front().file +
                                                   " is taken for the details of this run, because there "
                                                   "is no other; the names do not say so.");
    }
}

}  // namespace microchim::stilla
