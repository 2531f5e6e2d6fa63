// The tables of results: the Cp of an absolute quantification, the calls of a melting analysis, and the long table of
// all analyses.
//
//   Experiment: Monday  Selected Filter: FAM (465-510)
//   Include⇥Color⇥Pos⇥Name⇥Cp⇥Concentration⇥Standard⇥Status
//   True⇥255⇥A1⇥Sample 1⇥  9.53⇥1.01E5⇥0⇥
//
//   "Experiment Name"⇥"Analysis Name"⇥Included⇥Position⇥"SampleName"⇥CrossingPoint⇥Concentration⇥Standard⇥...⇥CpState
//   "Monday"⇥"Abs Quant/2nd Derivative Max for All Samples"⇥1⇥A1⇥"Sample 1"⇥9.5284⇥ ⇥ ⇥...⇥cpsNormal
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dialect.hpp"

namespace microchim::lightcycler480 {

/// A part, and what its filters are called: "465-510" is "FAM".
struct File {
    Part part;
    std::map<std::string, std::string> dyes;
};

namespace detail {

/// The columns that both tables of Cp have, under whatever name.
struct CpColumns {
    std::size_t well, sample, cp;
    std::optional<std::size_t> include, concentration, standard;
};

/// "True" and "1" are taken, "False" and "0" are left out.
inline std::int32_t excluded(const Table& table, std::size_t row, std::optional<std::size_t> column) {
    const auto word = column ? normalised(trimmed(table.cell(row, *column))) : std::string();
    if (word.empty() || word == "true" || word == "1") return 0;
    if (word == "false" || word == "0") return 1;
    throw FormatError(table.where(row, *column), quoted(table.cell(row, *column)) + " is neither True nor False");
}

/// The reaction of a row: sample, Cp, and the quantity. Standard 0 is no standard.
inline Reaction& read_cp(const Table& table, std::size_t row, const CpColumns& at, const Numbers& numbers,
                         const std::string& filter, Part& part) {
    const auto where = [&](std::size_t column) { return table.where(row, column); };
    const auto name = well(table, row, at.well);
    if (part.reactions.find(name, "", filter))
        throw FormatError(where(at.well), "well " + name + " stands twice in this table");
    auto& reaction = part.reactions.at(name, "", filter);
    reaction.sample = trimmed(table.cell(row, at.sample));
    reaction.excluded = excluded(table, row, at.include);
    const auto cell = [&](std::optional<std::size_t> column) {
        return column ? numbers.read(table.cell(row, *column), where(*column)) : std::nullopt;
    };
    if (!reader::says_no_cq(table.cell(row, at.cp))) reaction.cq = cell(at.cp).value_or(not_stated);
    if (reaction.cq <= 0) reaction.cq = not_stated;
    if (reaction.cq > reader::most_cq)
        throw FormatError(where(at.cp), quoted(trimmed(table.cell(row, at.cp))) + " is no cycle");
    reaction.amplified = !std::isnan(reaction.cq);
    const auto computed = cell(at.concentration), nominal = cell(at.standard);
    if (nominal.value_or(0) > 0) {
        reaction.type = MICROCHIM_STD;
        reaction.quantity = *nominal;
        if (computed)  // what its own line makes of it
            part.attribute(name, "Concentration" + (filter.empty() ? "" : " [" + filter + "]"),
                           trimmed(table.cell(row, *at.concentration)));
    } else if (computed) {
        reaction.quantity = *computed;
    }
    return reaction;
}

inline std::vector<std::size_t> of(const CpColumns& at) {
    std::vector<std::size_t> columns{at.well, at.sample, at.cp};
    for (const auto column : {at.include, at.concentration, at.standard})
        if (column) columns.push_back(*column);
    return columns;
}

inline Numbers numbers_of(const Table& table, const CpColumns& at) {
    std::vector<std::size_t> columns{at.cp};
    for (const auto column : {at.concentration, at.standard})
        if (column) columns.push_back(*column);
    auto numbers = lightcycler480::numbers(table, columns);
    for (std::size_t row = 0; row < table.size(); ++row) numbers.learn_cq(table.cell(row, at.cp));
    return numbers;
}

inline bool contains(const std::vector<std::size_t>& columns, std::size_t column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
}

/// What stands above a table of one filter. Returns the filter.
inline std::string read_above(const Dialect& dialect, File& file) {
    file.part.id = between(dialect.above, "Experiment:", "Selected Filter");
    const auto selected = between(between(dialect.above, "Selected Filter", ""), ":", "");
    if (selected.empty()) return {};
    const auto found = filters(selected);
    const auto filter = found.empty() ? selected : found.front();
    auto dye = std::string(trimmed(std::string_view(selected).substr(0, selected.find(filter))));
    while (dye.ends_with('(') || dye.ends_with(' ')) dye.pop_back();
    if (!dye.empty()) file.dyes[filter] = dye;
    file.part.attribute("", "Selected Filter", selected);
    return filter;
}

/// What the analysis says of a Cp, in its own words. The last three are words of the long table only.
inline std::string status(const Table& table, std::size_t row) {
    std::string all;
    const auto add = [&](const char* column, std::string_view neutral) {
        const auto found = table.find({column});
        const auto word = found ? trimmed(table.cell(row, *found)) : std::string_view{};
        if (!word.empty() && word != neutral) all += (all.empty() ? "" : ", ") + std::string(word);
    };
    add("Status", ""), add("StatusCodes", ""), add("StatusDesc", ""), add("CpState", "cpsNormal");
    return all;
}

}  // namespace detail

/// No call is an empty Cp.
inline void read_results(const Table& table, const Dialect& dialect, File& file) {
    const auto filter = detail::read_above(dialect, file);
    const detail::CpColumns at{table.require({"Pos"}),  table.require({"Name"}),       table.require({"Cp"}),
                               table.find({"Include"}), table.find({"Concentration"}), table.find({"Standard"})};
    const auto numbers = detail::numbers_of(table, at);
    std::vector<reader::RowName> names;
    for (std::size_t row = 0; row < table.size(); ++row) {
        auto& reaction = detail::read_cp(table, row, at, numbers, filter, file.part);
        reaction.status = detail::status(table, row);
        names.push_back({reaction.well, filter});
    }
    auto used = detail::of(at);
    if (const auto column = table.find({"Status"})) used.push_back(*column);
    reader::keep_unused(
        table, names, [&](std::size_t c) { return detail::contains(used, c); }, file.part);
}

/// Groups and melting temperatures: no result of the amplification, all of it is kept as attributes.
inline void read_calls(const Table& table, const Dialect& dialect, File& file) {
    const auto filter = detail::read_above(dialect, file);
    const std::vector used{table.require({"Pos"}), table.require({"Name"})};
    std::vector<reader::RowName> names;
    for (std::size_t row = 0; row < table.size(); ++row) {
        auto& reaction = file.part.reactions.at(well(table, row, used[0]), "", filter);
        reaction.sample = trimmed(table.cell(row, used[1]));
        names.push_back({reaction.well, "melting" + (filter.empty() ? "" : ", " + filter)});
    }
    reader::keep_unused(
        table, names, [&](std::size_t c) { return detail::contains(used, c); }, file.part);
}

/// The long table, one part per experiment; and one per analysis where two have a well in common. It names no filter.
/// A Cp whose state is cpsLarge is a cap (35 of every such well), not measured.
inline std::vector<File> read_analyses(const Table& table, const File& empty) {
    const detail::CpColumns at{table.require({"Position"}),      table.require({"SampleName"}),
                               table.require({"CrossingPoint"}), table.find({"Included"}),
                               table.find({"Concentration"}),    table.find({"Standard"})};
    const auto analysis = table.require({"Analysis Name"});
    const auto experiment = table.find({"Experiment Name"}), call = table.find({"Call"});
    const auto state = table.find({"CpState"});
    const auto numbers = detail::numbers_of(table, at);
    std::vector<std::pair<std::string, std::vector<std::size_t>>> groups;  // experiment and analysis, rows
    for (std::size_t row = 0; row < table.size(); ++row) {
        auto key =
            std::string(experiment ? table.cell(row, *experiment) : "") + "\n" + std::string(table.cell(row, analysis));
        if (groups.empty() || groups.back().first != key) {
            const auto known = std::find_if(groups.begin(), groups.end(), [&](auto& g) { return g.first == key; });
            if (known != groups.end()) std::rotate(known, known + 1, groups.end());
            else if (groups.size() == 100) throw FormatError(table.where(row, analysis), "more than 100 analyses");
            else groups.push_back({std::move(key), {}});
        }
        groups.back().second.push_back(row);
    }
    std::vector<File> files;
    for (const auto& [key, rows] : groups) {
        auto& file = files.emplace_back(empty);
        auto& part = file.part;
        part.id = trimmed(std::string_view(key).substr(0, key.find('\n')));
        if (groups.size() > 1) part.name += ", " + key.substr(key.find('\n') + 1);
        std::vector<reader::RowName> names(table.size());
        for (const auto row : rows) {
            auto& reaction = detail::read_cp(table, row, at, numbers, "", part);
            reaction.status = detail::status(table, row);
            names[row].well = reaction.well;
            if (call) {
                const auto word = normalised(table.cell(row, *call));
                if (word == "pdcpositive") reaction.amplified = 1;
                else if (word == "pdcnegative") reaction.amplified = 0;
                else if (!trimmed(word).empty()) reaction.amplified = -1;
            }
            const bool cap = state && normalised(table.cell(row, *state)) == "cpslarge";
            if ((cap || reaction.amplified == 0) && !std::isnan(reaction.cq)) {
                part.attribute(reaction.well, "CrossingPoint", trimmed(table.cell(row, at.cp)));
                reaction.cq = not_stated;
            }
        }
        auto used = detail::of(at);
        if (experiment) used.push_back(*experiment);
        reader::keep_unused(
            table, names, [&](std::size_t c) { return detail::contains(used, c); }, part);
    }
    return files;
}

}  // namespace microchim::lightcycler480
