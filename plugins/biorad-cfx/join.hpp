// Which files of a drop are of one run: by name, as the program writes it, and by what they say where people renamed
// them. What disagrees is another run, whatever its name.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "run.hpp"

namespace microchim::cfx {

class Join {
public:
    explicit Join(const std::deque<File>& files) {
        const auto each = [&](const auto& wanted, void (Join::*place)(const File&)) {
            for (const auto& file : files)
                if (wanted(file)) (this->*place)(file);
        };
        const auto of = [](Kind kind) { return [kind](const File& file) { return file.kind == kind; }; };
        const auto has_cq = [](const File& file) { return !file.rows.empty() && file.rows.front().has_cq; };
        each([&](const File& f) { return f.kind == Kind::rows && has_cq(f); }, &Join::table);
        each([&](const File& f) { return f.kind == Kind::rows && !has_cq(f); }, &Join::table);
        each(of(Kind::alleles), &Join::table);
        each(of(Kind::plate), &Join::plate);
        each(of(Kind::cycles), &Join::curves);
        each(of(Kind::melt), &Join::curves);
        for (const auto kind : {Kind::information, Kind::standard_curve, Kind::genes}) each(of(kind), &Join::other);
    }

    std::deque<Run>& runs() { return runs_; }
    const std::vector<std::size_t>& left_over() const { return left_over_; }

private:
    Run& open(const File& file, std::string why = {}) {
        if (runs_.size() >= 200) throw FormatError("", "there are files of more than 200 runs; give fewer at a time");
        auto& run = runs_.emplace_back();
        run.name = file.name;
        run.apart = std::move(why);
        return run;
    }

    /// Runs of the file's name, those in its folder first.
    std::vector<Run*> named(const File& file) {
        std::vector<Run*> same;
        for (const bool here : {true, false})
            for (auto& run : runs_)
                if (run.name.run == file.name.run && (run.name.folder == file.name.folder) == here)
                    same.push_back(&run);
        return same;
    }

    /// Whether people named one of them. Where the program did both, other names are other runs.
    static bool may_be(const Run& run, const File& file) {
        return file.name.phrase.empty() || run.name.phrase.empty() || file.name.run == run.name.run;
    }

    void table(const File& file) {
        std::string why;
        for (auto* run : named(file)) {
            const auto what = run->against(file);
            if (what.empty()) return run->add(file);
            if (why.empty())
                why = "'" + file.path + "' and '" + run->files.front()->path + "' differ in the " + what +
                      "; they are kept apart as two runs.";
        }
        Run* only = nullptr;
        std::size_t several = 0;
        for (auto& run : runs_) {
            const auto [rows, cqs] = run.shared(file);
            const bool proven = cqs > 0 && 2 * rows > file.rows.size();
            const bool likely =
                runs_.size() == 1 && may_be(run, file) && rows == file.rows.size() && !file.rows.front().has_cq;
            if ((proven || likely) && run.against(file).empty()) only = &run, ++several;
        }
        if (several == 1) return only->add(file);
        open(file, several > 1 ? "" : why).add(file);
    }

    /// A plate view has no dye in it, but in its name.
    void plate(const File& file) {
        auto same = named(file);
        const bool has_cq = std::any_of(file.rows.begin(), file.rows.end(), [](const Row& r) { return r.cq > 0; });
        if (same.empty() && runs_.size() == 1 && (has_cq || may_be(runs_.front(), file))) same = {&runs_.front()};
        const auto hint = plain(file.name.hint);
        for (auto* run : same) {
            if (!run->tables) continue;
            File known = File{file.entry, file.path, file.name, file.kind, {}, {}, {}, {}, {}};
            for (auto row : file.rows) {
                for (const auto& candidate : run->wells[row.well])
                    if (plain(candidate.fluor.value_or("")) == hint) row.fluor = candidate.fluor;
                // of a dye that the tables do not have: it says too little to be more than compared
                if (row.fluor || run->wells[row.well].size() == 1) known.rows.push_back(row);
            }
            if (!run->against(known).empty()) continue;
            run->files.push_back(&file);
            return;
        }
        auto& run = open(file);
        run.add(file);
        run.tables = true;
        for (auto& [well, rows] : run.wells)
            if (is_dye(file.name.hint)) rows.front().fluor = file.name.hint;
    }

    /// Whether a run has other curves where these would go; `again` where it has the very same.
    static bool taken(const Run& run, const Tied& tied, bool& again) {
        for (const auto& other : run.curves) {
            if (other.file->kind != tied.file->kind || other.file->derivative() != tied.file->derivative()) continue;
            for (const auto& [well, row] : tied.row_of) {
                const auto known = other.row_of.find(well);
                if (known == other.row_of.end() || known->second != row) continue;
                again = other.file->wide == tied.file->wide;
                return true;
            }
        }
        return false;
    }

    static bool covered(const Tied& tied) { return tied.row_of.size() == tied.file->wide.curves.size(); }

    bool join(Run& run, const Tied& tied) {
        bool again = false;
        if (taken(run, tied, again) && !again) return false;
        run.files.push_back(tied.file);
        if (again) run.notes.emplace_back(tied.file->path, "Holds the same curves as another file; they count once.");
        else run.curves.push_back(tied);
        return true;
    }

    void curves(const File& file) {
        const auto same = named(file);
        for (const bool proven : {true, false})
            for (auto* run : same) {
                const auto tied = tie(*run, file);
                if (!tied || !covered(*tied) || (proven && same.size() > 1 && !on_one_threshold(*run, *tied))) continue;
                if (join(*run, *tied)) return;
            }
        if (same.size() == 1 && same.front()->tables && !tie(*same.front(), file) && !is_dye(file.name.hint))
            throw FormatError(file.path,
                              "it cannot be told whose curves these are: the tables of this run have several dyes, and "
                              "the file's name ends with none of them, nor with a target; rename it as the program "
                              "does, '... Quantification Amplification Results_FAM.csv'");
        std::vector<Run*> fitting, proven;
        for (auto& run : runs_) {
            const auto tied = run.tables ? tie(run, file) : std::nullopt;
            bool again = false;
            if (!tied || !covered(*tied) || (taken(run, *tied, again) && !again)) continue;
            fitting.push_back(&run);
            if (file.kind == Kind::cycles && on_one_threshold(run, *tied)) proven.push_back(&run);
        }
        if (proven.empty() && runs_.size() == 1 && may_be(runs_.front(), file)) proven = fitting;
        if (proven.size() == 1 && join(*proven.front(), *tie(*proven.front(), file))) return;
        loose(file, same);
    }

    /// Curves of a dye or target that no table speaks of.
    void loose(const File& file, const std::vector<Run*>& same) {
        Run* run = nullptr;
        for (auto* candidate : same)
            if (!run && !tie(*candidate, file)) run = candidate;
        if (!run) run = &open(file);
        auto hint = file.name.hint == "0" ? std::string{} : file.name.hint;
        if (file.name.phrase.empty()) hint = hint.substr(hint.find_last_of("_ ") + 1);
        Tied tied{&file, {}};
        for (const auto& curve : file.wide.curves) {
            auto& rows = run->wells[curve.well];
            tied.row_of[curve.well] = rows.size();
            auto& row = rows.emplace_back(Row{0, curve.well, {}, {}, {}, {}, false});
            if (is_dye(hint)) row.fluor = hint;
            else if (!file.name.phrase.empty() && !hint.empty()) row.target = hint;
        }
        run->files.push_back(&file);
        run->curves.push_back(std::move(tied));
    }

    /// A file without wells goes to the run of its name, or to the only one that can be meant.
    void other(const File& file) {
        auto same = named(file);
        const auto name = said(file.facts, "File Name");
        const auto stated = detail::without_ending(name);
        for (auto& run : runs_)
            if (same.empty() && !stated.empty() && run.name.run == stated) same.push_back(&run);
        std::vector<Run*> here, all;
        for (auto& run : runs_) {
            if (!may_be(run, file)) continue;
            all.push_back(&run);
            if (run.name.folder == file.name.folder) here.push_back(&run);
        }
        if (same.empty() && here.size() == 1) same = here;
        if (same.empty() && all.size() == 1) same = all;
        if (same.empty()) left_over_.push_back(file.entry);
        else same.front()->files.push_back(&file);
    }

    std::deque<Run> runs_;
    std::vector<std::size_t> left_over_;
};

}  // namespace microchim::cfx
