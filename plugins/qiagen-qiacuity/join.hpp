// Which files belong to one run. Evidence is the plate that they name, and that their wells agree in samples and
// counts.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "microchim/join.hpp"
#include "run.hpp"

namespace microchim::qiacuity {

class Join {
public:
    Join(const Bundle& bundle, const Files& files) : bundle_(bundle) {
        for (const auto& file : files.analyses)
            for (const auto& plate : file.plates) analysis(file, plate);
        for (const auto& file : files.occupancies)
            for (const auto& plate : file.plates) occupancy(file, plate);
        for (const auto& [entry, file] : files.rfu) rfu(entry, file);
        for (const auto& set : sets_) raw(set);
    }

    const std::deque<Run>& runs() const { return runs_; }

private:
    std::string name(std::size_t entry) const { return std::string(bundle_.name(entry)); }

    /// The run that this is part of, or a new one with a note why.
    template <class Facts>
    Run& run_of(const Facts& facts, const Plate& plate, std::size_t entry) {
        std::string other;
        Run* named = nullptr;  // of the same plate, without a well in common
        const auto against = [&](Run& run) -> std::optional<std::string> {
            if (run.plate.other_than(plate)) return std::nullopt;
            const auto found = fit(run, facts);
            if (found == Fit::same) return "";
            if (found == Fit::contradiction) return name(run.entries.front());
            if (!named && run.plate.same_as(plate)) named = &run;
            return std::nullopt;
        };
        auto* known = reader::home(runs_, against, other);
        if (!known) known = named;
        if (known) {
            known->enter(entry, plate);
            return *known;
        }
        auto& run = runs_.emplace_back();
        run.enter(entry, plate);
        if (!other.empty())
            run.notes.emplace_back(MICROCHIM_WARNING,
                                   name(entry) +
                                       " was read as a run of its own: its wells do not agree with those of " + other +
                                       " in samples or counts. If both are analyses of one plate, give only one.");
        else if (runs_.size() > 1)
            run.notes.emplace_back(MICROCHIM_INFO, name(entry) + " was read as a run of its own: " +
                                                       (plate.stated() ? "it is about " + plate.words() + "."
                                                                       : "it has nothing in common with the others."));
        return run;
    }

    void analysis(const AnalysisFile& file, const PlateRows& plate) {
        auto& run = run_of(plate.rows, plate.plate, file.entry);
        Part part{&file, {}};
        for (const auto& r : plate.rows)
            if (!run.find(r.place.name, r.target)) part.rows.push_back(&r);
        if (part.rows.size() < plate.rows.size())
            run.notes.emplace_back(MICROCHIM_INFO, name(file.entry) + " says of " +
                                                       std::to_string(plate.rows.size() - part.rows.size()) +
                                                       " rows what " + name(run.parts.front().file->entry) +
                                                       " says already; they were counted once.");
        for (const auto* r : part.rows) run.take(*r);
        run.parts.push_back(std::move(part));
    }

    void occupancy(const OccupancyFile& file, const PlateGroups& plate) {
        auto& run = run_of(plate, plate.counted.plate, file.entry);
        std::set<std::string> known;
        for (const auto& part : run.occupancies)
            for (const auto& g : part.plate->groups) known.insert(g.place.name);
        if (std::ranges::all_of(plate.groups, [&](const Group& g) { return known.contains(g.place.name); })) {
            run.notes.emplace_back(MICROCHIM_INFO, name(file.entry) +
                                                       " has combinations of wells of which another file has "
                                                       "them already; they were counted once.");
            return;
        }
        run.occupancies.push_back({&file, &plate});
        if (!run.parts.empty()) return;
        for (const auto& r : plate.counted.rows)
            if (!run.find(r.place.name, r.target)) run.take(r);
    }

    /// Collects the channels of a plate; a channel that comes twice and differs begins another set.
    void rfu(std::size_t entry, const RfuFile& file) {
        for (std::size_t p = 0; p < file.plates.size(); ++p) {
            Raw* set = nullptr;
            for (auto& known : sets_)
                if (!set && !known.plate.other_than(file.plates[p]) && accepts(known, file, p)) set = &known;
            if (!set) set = &sets_.emplace_back();
            set->plate.learn(file.plates[p]);
            if (std::ranges::count(set->entries, entry) == 0) set->entries.push_back(entry);
            for (const auto& s : file.series)
                if (s.plate == p)
                    file.reference ? (void)set->reference.emplace(s.well, &s)
                                   : (void)set->wells[s.well].emplace(s.channel, &s);
        }
    }

    static bool accepts(const Raw& set, const RfuFile& file, std::size_t plate) {
        for (const auto& s : file.series) {
            const auto well = set.wells.find(s.well);
            if (s.plate != plate || file.reference || well == set.wells.end()) continue;
            const auto known = well->second.find(s.channel);
            if (well->second.begin()->second->sample != s.sample) return false;
            if (known != well->second.end() && !known->second->same_data(s)) return false;
        }
        return true;
    }

    void raw(const Raw& set) {
        if (set.wells.empty())
            throw FormatError(name(set.entries.front()),
                              "this is the reference channel alone, which has no target; give it together with the "
                              "RFU files of the other channels");
        auto& run = run_of(set, set.plate, set.entries.front());
        for (const auto entry : set.entries) run.enter(entry, set.plate);
        run.raw = set;
    }

    const Bundle& bundle_;
    std::deque<Run> runs_;
    std::deque<Raw> sets_;
};

}  // namespace microchim::qiacuity
