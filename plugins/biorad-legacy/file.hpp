// One table, and whether two of them are of one run.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "../biorad-shared/realtime_rows.hpp"
#include "dialect.hpp"

namespace microchim::legacy {

using biorad::Row;
using reader::FormatError;

struct File {
    std::size_t entry = 0;
    std::string path;
    Dialect dialect{};
    std::optional<biorad::Sheet> sheet;
    std::vector<Row> rows;
    std::vector<reader::RowName> sets;  ///< of Opticon: rows that sum up a set of wells, by the set's name
};

using Key = std::tuple<std::string, std::string, std::string>;
inline Key key(const Row& r) {
    return {r.well, r.target.value_or(""), r.fluor.value_or("")};
}

/// \throws FormatError with line and column.
inline File read_file(std::size_t entry, std::string_view path, std::string_view bytes, const Dialect& dialect) {
    File file{entry, std::string(path), dialect, biorad::read_sheet(entry, path, bytes, dialect.line), {}, {}};
    const auto& table = file.sheet->table;
    const biorad::RowColumns at(table);
    const auto set = table.find({"Wellset Type"});
    std::map<Key, std::size_t> seen;
    file.sets.resize(table.size());
    for (std::size_t row = 0; row < table.size(); ++row) {
        const bool sums_up = set && !reader::detail::trimmed(table.cell(row, *set)).empty();
        if (sums_up && biorad::realtime_well(table.cell(row, at.well)).empty()) {
            file.sets[row].label = biorad::detail::text_of(table, row, at.well);
            continue;
        }
        file.rows.push_back(biorad::read_row(*file.sheet, at, row));
        const auto [first, fresh] = seen.try_emplace(key(file.rows.back()), row);
        if (!fresh)
            throw FormatError(table.where(row, at.well), file.rows.back().well + " stands twice, also in line " +
                                                             std::to_string(table.line(first->second)));
    }
    if (file.rows.empty()) throw FormatError(file.path, "there is no well in this table");
    return file;
}

/// Whether two tables say the same of the same wells, as far as both say it: a short and a long export of one run.
inline bool same_run(const File& a, const File& b) {
    std::map<Key, const Row*> known;
    for (const auto& r : a.rows) known[{r.well, "", r.fluor.value_or("")}] = &r;
    if (a.rows.size() != b.rows.size() || known.size() != a.rows.size()) return false;
    for (const auto& r : b.rows) {
        const auto other = known.find({r.well, "", r.fluor.value_or("")});
        if (other == known.end() || !biorad::difference(*other->second, r).empty()) return false;
        const auto target = other->second->target.value_or("");
        if (!target.empty() && r.target && !r.target->empty() && target != *r.target) return false;
    }
    return true;
}

}  // namespace microchim::legacy
