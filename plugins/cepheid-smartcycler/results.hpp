// "Results Table": a row per site, for each dye what was found or what a standard holds, and the Ct. No Ct is 0.00.
#pragma once

#include <string>
#include <vector>

#include "runs.hpp"

namespace microchim::smartcycler {

/// Whether this is the line of column names of the results.
inline bool is_results(const std::vector<std::string>& cells) {
    bool site = false, ct = false;
    for (const auto& cell : cells) {
        site = site || normalised(cell) == "siteid";
        ct = ct || cell.ends_with(" Ct") || cell.ends_with(" Std/Res");
    }
    return site && ct;
}

namespace detail {

/// The columns of one dye.
struct Dye {
    std::string name;
    std::size_t ct;
    std::optional<std::size_t> found;
};

inline std::vector<Dye> dyes(const Table& table) {
    std::vector<Dye> dyes;
    for (std::size_t c = 0; c < table.header().size(); ++c) {
        const auto name = reader::detail::trimmed(table.header()[c]);
        if (!name.ends_with(" Ct")) continue;
        const auto dye = std::string(reader::detail::trimmed(name.substr(0, name.size() - 3)));
        dyes.push_back({dye, c, table.find({dye + " Std/Res"})});
    }
    return dyes;
}

/// Ct, verdict and quantity of one dye. "POS", "NEG" and "ND" are verdicts; a number is a quantity.
inline void result(const reader::ResultCells& cells, const Table& table, std::size_t row, const Dye& dye,
                   reader::Reaction& r) {
    r.cq = cells.cq(row, dye.ct);
    const auto found = cells.text(row, dye.found);
    const auto word = normalised(found);
    r.amplified = word == "pos" ? 1 : word == "neg" ? 0 : !std::isnan(r.cq);
    if (found.empty()) return;
    const auto quantity = cells.numbers.parse(found);
    if (quantity) r.quantity = *quantity;
    else if (found.find_first_of("0123456789") == 0)
        throw FormatError(table.where(row, *dye.found), quoted(found) + " is neither a word nor a number");
    else r.status = found;
}

}  // namespace detail

inline void read_results(const Table& table, Runs& runs) {
    const auto site = table.require({"Site ID"});
    const auto sample = table.find({"Sample ID"}), type = table.find({"Sample Type"});
    const auto dyes = detail::dyes(table);
    reader::ResultCells cells(table);
    for (const auto& dye : dyes) cells.learn_cq(dye.ct), cells.learn(dye.found);
    std::vector<std::vector<reader::RowName>> rows(1);
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto well = cells.well(row, site);
        const auto number = runs.of_result(well);
        if (number >= rows.size()) rows.resize(number + 1);
        for (auto& named : rows) named.resize(table.size());
        rows[number][row] = {well, ""};
        for (const auto& dye : dyes) {
            auto& r = runs[number].reactions.at(well, "", dye.name);
            r.sample = cells.text(row, sample);
            if (type) r.type = reader::sample_type(cells.text(row, type), table.where(row, *type));
            detail::result(cells, table, row, dye, r);
        }
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        runs[i].keep_columns(table, rows[i], [&](std::size_t c) {
            bool taken = c == site || c == sample || c == type;
            for (const auto& dye : dyes) taken = taken || c == dye.ct || c == dye.found;
            return taken;
        });
}

}  // namespace microchim::smartcycler
