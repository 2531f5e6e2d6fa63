// Which rows make one run. A column may say it; otherwise every table is a run of its own, unless the description
// says that they are one, or a table repeats another.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "curves.hpp"
#include "partitions.hpp"
#include "tables.hpp"

namespace microchim::described {

/// One run of a drop.
struct RunRows {
    std::string key, id;
    std::vector<const Row*> rows;
    std::set<std::size_t> tables;                  ///< numbers of tables
    std::vector<const PartitionFile*> partitions;  ///< likewise with the entry they came from
    std::vector<const CurveFile*> curves;
    std::vector<std::size_t> entries;  ///< of partition files, then of curves
    std::size_t repeated = 0;          ///< rows that another table says as well
};

class Grouping {
public:
    Grouping(const std::vector<ResultTable>& tables, const Description& d) : tables_(tables), d_(d) {}

    std::vector<std::string> notes;  ///< warnings, for the first run

    std::vector<RunRows> operator()() {
        std::set<std::string> disagreeing;
        while (true) {
            const auto before = disagreeing.size();
            auto runs = group(disagreeing);
            if (disagreeing.size() == before) return finish(std::move(runs));
        }
    }

private:
    bool one_run() const { return d_.one_run || d_.run.id.kind == Source::fixed || tables_.size() == 1; }

    std::string key(const Row& row, const std::set<std::string>& disagreeing) const {
        const auto table = " (" + std::string(stem(tables_[row.table].name())) + ")";
        if (!d_.run.id) return one_run() ? "" : "table " + std::to_string(row.table);
        return disagreeing.contains(row.run) ? row.run + table : row.run;
    }

    std::vector<RunRows> group(std::set<std::string>& disagreeing) const {
        std::vector<RunRows> runs;
        std::map<std::string, std::size_t> numbers;
        std::vector<std::map<decltype(std::declval<Row>().key()), const Row*>> known;
        std::vector<std::map<std::string, const Row*>> wells;
        for (const auto& table : tables_)
            for (const auto& row : table.rows) {
                const auto [at, fresh] = numbers.try_emplace(key(row, disagreeing), runs.size());
                if (fresh) {
                    runs.push_back({at->first, row.run, {}, {}, {}, {}, {}, 0});
                    known.emplace_back();
                    wells.emplace_back();
                }
                auto& run = runs[at->second];
                if (row.pooled == MICROCHIM_WELL) {
                    const auto [other, first] = wells[at->second].try_emplace(row.well, &row);
                    if (!first && other->second->sample != row.sample) disagree(*other->second, row, disagreeing);
                }
                const auto [other, first] = known[at->second].try_emplace(row.key(), &row);
                run.tables.insert(row.table);
                if (first) run.rows.push_back(&row);
                else if (other->second->table != row.table && other->second->content() == row.content()) ++run.repeated;
                else if (row.counted) disagree(*other->second, row, disagreeing);
            }
        return runs;
    }

    /// Two rows of one run contradict each other: an error, or they belong to two runs that only have one name.
    void disagree(const Row& a, const Row& b, std::set<std::string>& disagreeing) const {
        const auto& where = tables_[b.table];
        if (a.table != b.table && d_.run.id.kind == Source::column && !disagreeing.contains(b.run)) {
            disagreeing.insert(b.run);
            return;
        }
        if (a.table != b.table && d_.run.id.kind == Source::column) return;  // will be regrouped
        const auto other = tables_[a.table].where(a.row);
        if (a.sample != b.sample && b.pooled == MICROCHIM_WELL)
            throw FormatError(where.where(b.row), "well " + b.well + " holds " + quoted(b.sample) + " here and " +
                                                      quoted(a.sample) + " in " + other);
        throw FormatError(where.where(b.row),
                          b.well + " has the target " + quoted(b.target) + " a second time, the first is in " + other);
    }

    /// Tables that repeat another fall away; the rest get names that tell them apart.
    std::vector<RunRows> finish(std::vector<RunRows> runs) {
        if (!d_.run.id && !one_run()) {
            drop_repeats(runs);
            if (runs.size() > 1)
                for (auto& run : runs) run.id = stem(tables_[run.rows.front()->table].name());
            if (runs.size() > 1)
                notes.push_back(
                    "Every table was read as a run of its own, because nothing says that they are one; if "
                    "they are parts of one run, say one_run = true in " +
                    d_.file + ", and if a column names the run, say which in [run] id.");
        }
        std::set<std::string> told;
        for (auto& run : runs) {
            if (!d_.run.id || run.key == run.id) continue;
            if (told.insert(run.id).second)
                notes.push_back("Run " + quoted(run.id) +
                                " stands in several tables that disagree; each was read as a run of its own.");
            run.id = run.key;
        }
        return runs;
    }

    using Said = std::pair<decltype(std::declval<Row>().key()), decltype(std::declval<Row>().content())>;

    /// Of tables that say the same, the first stays; one that says less falls to the one that says more.
    static void drop_repeats(std::vector<RunRows>& runs) {
        std::map<Said, std::set<std::size_t>> tables;
        for (std::size_t r = 0; r < runs.size(); ++r)
            for (const auto* row : runs[r].rows) tables[{row->key(), row->content()}].insert(r);
        std::vector<bool> dropped(runs.size());
        for (std::size_t r = 0; r < runs.size(); ++r)
            for (const auto other : tables[{runs[r].rows.front()->key(), runs[r].rows.front()->content()}]) {
                const auto size = runs[r].rows.size(), more = runs[other].rows.size();
                const bool yields = more > size || (more == size && other < r);
                const auto holds = [&](const Row* row) { return tables[{row->key(), row->content()}].contains(other); };
                if (!yields || dropped[other] || !std::all_of(runs[r].rows.begin(), runs[r].rows.end(), holds))
                    continue;
                runs[other].repeated += size;
                runs[other].tables.insert(runs[r].tables.begin(), runs[r].tables.end());
                dropped[r] = true;
                break;
            }
        std::size_t r = 0;
        std::erase_if(runs, [&](const RunRows&) { return dropped[r++]; });
    }

    const std::vector<ResultTable>& tables_;
    const Description& d_;
};

/// Whether a partition file's name speaks of this run.
inline bool is_named(const RunRows& run, const std::vector<ResultTable>& tables, const std::string& name) {
    if (lower(run.id) == lower(name)) return true;
    return std::any_of(run.tables.begin(), run.tables.end(),
                       [&](auto t) { return lower(stem(tables[t].name())) == lower(name); });
}

/// The run that a file of partitions or curves belongs to: the only one, the one that its name names, or the only one
/// with its wells.
template <class File>
std::size_t run_of(const File& file, const std::string& name, const std::vector<RunRows>& runs,
                   const std::vector<ResultTable>& tables) {
    if (runs.size() == 1) return 0;
    std::vector<std::size_t> fitting;
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const bool shares = std::any_of(runs[r].rows.begin(), runs[r].rows.end(),
                                        [&](const Row* row) { return file.wells.contains(row->well); });
        if (file.run.empty() ? shares : is_named(runs[r], tables, file.run)) fitting.push_back(r);
    }
    if (fitting.size() == 1) return fitting[0];
    throw FormatError(name, "to which of the " + std::to_string(runs.size()) +
                                " runs does this belong? Its name can say so, with {run} in 'file' of " +
                                std::string(File::table) + ", or give one run at a time");
}

}  // namespace microchim::described
