// What the tables of a run say beyond the facts that a Run has places for: kept as attributes, said once.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "realtime_sheet.hpp"

namespace microchim::biorad {

class Kept {
public:
    /// One fact. The same twice is one; another value of the same key is kept beside it.
    void add(const std::string& well, const std::string& key, const std::string& value) {
        auto& values = facts_[{well, key}];
        if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }

    /// The cells of all columns that `taken` does not name, "Cq Mean [SRY]" of a well; of the run where all rows say
    /// the same. A well may have several rows of a target (one for each peak of its melting curve): one attribute, in
    /// the order of the rows. `after` follows the column's name.
    void table(const Sheet& sheet, const std::vector<reader::RowName>& rows,
               const std::function<bool(std::size_t)>& taken, const std::string& after = {}) {
        for (std::size_t c = 0; c < sheet.table.header().size(); ++c) {
            const auto name = std::string(reader::detail::trimmed(sheet.table.header()[c])) + after;
            if (taken(c) || name.size() == after.size()) continue;
            std::vector<std::pair<std::size_t, std::string>> cells;
            for (std::size_t row = 0; row < rows.size(); ++row)
                if (!rows[row].well.empty() || !rows[row].label.empty()) cells.emplace_back(row, sheet.kept(row, c));
            const auto same = [&](const auto& cell) { return cell.second == cells.front().second; };
            if (cells.size() > 1 && std::all_of(cells.begin(), cells.end(), same)) {
                add({}, name, cells.front().second);
                continue;
            }
            std::map<std::pair<std::string, std::string>, std::vector<std::string>> of;
            for (auto& [row, cell] : cells) {
                const auto& [well, label] = rows[row];
                of[{well, name + (label.empty() ? "" : " [" + label + "]")}].push_back(std::move(cell));
            }
            for (const auto& [key, values] : of) add(key.first, key.second, joined(values));
        }
    }

    void report(const reader::Sink& sink) const {
        for (const auto& [key, values] : facts_)
            if (!values.empty()) sink.attribute(key.first, key.second, joined(values));
    }

private:
    /// "77; 83.5"; one value where all are the same.
    static std::string joined(const std::vector<std::string>& values) {
        std::string list = values.front();
        if (std::all_of(values.begin(), values.end(), [&](const auto& value) { return value == list; })) return list;
        for (std::size_t i = 1; i < values.size(); ++i) list += "; " + values[i];
        return list;
    }

    std::map<std::pair<std::string, std::string>, std::vector<std::string>> facts_;
};

}  // namespace microchim::biorad
