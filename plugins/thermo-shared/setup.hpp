// [Sample Setup]: what was planned in the wells; and the two targets of a genotyping.
#pragma once

#include "plate.hpp"

namespace microchim::thermo {

/// "CYP19_2-Allele 1": as the curves of a genotyping call its targets.
inline std::string allele_target(std::string_view assay, std::string_view allele) {
    return std::string(assay) + "-" + std::string(allele);
}

inline void read_setup(Gathered& run, const Section& section) {
    Rows rows(section, run.numbers);
    run.wells.bind(rows);
    const auto sample = rows.use({"Sample Name", "Sample"}), target = rows.use({"Target Name", "Target"});
    const auto assay = rows.use({"SNP Assay Name"}), task = rows.use({"Task"});
    const auto reporter = rows.use({"Reporter", "Dye"}), quantity = rows.use({"Quantity"});
    const std::array allele{rows.use({"Allele1 Name"}), rows.use({"Allele2 Name"})};
    const std::array dye{rows.use({"Allele1 Reporter"}), rows.use({"Allele2 Reporter"})};
    std::vector<reader::RowName> names(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto well = run.wells.name(rows, row);
        if (well.empty()) continue;
        const std::string named(rows.cell(row, sample));
        const auto plan = [&](const std::string& of, Column reporter_of) {
            auto& reaction = run.at(well, of);
            fill(reaction.sample, named);
            fill(reaction.dye, rows.cell(row, reporter_of));
            reaction.type = task_type(rows, row, task);
            if (const auto value = rows.number(row, quantity)) reaction.quantity = *value;
            names[row] = {well, of};
        };
        if (!rows.cell(row, assay).empty()) {
            auto& known = run.alleles[well];
            for (std::size_t i = 0; i < 2; ++i) {
                known[i] = rows.cell(row, allele[i]);
                if (known[i].empty()) known[i] = "Allele " + std::to_string(i + 1);
                plan(allele_target(rows.cell(row, assay), known[i]), dye[i]);
            }
            names[row].label = rows.cell(row, assay);
        } else if (!rows.cell(row, target).empty()) {
            plan(std::string(rows.cell(row, target)), reporter);
        } else if (!target && !rows.cell(row, reporter).empty()) {
            plan(std::string(rows.cell(row, reporter)), reporter);
        } else if (!named.empty()) {
            run.samples[well] = named;
            names[row].well = well;
        } else {
            run.empty.insert(well);
        }
    }
    reader::keep_unused(
        rows, names, [&](std::size_t c) { return rows.used(c); }, run.sink);
}

}  // namespace microchim::thermo
