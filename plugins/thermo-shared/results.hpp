// [Results]: what the program made of the curves, a row per well and target; of a genotyping, a row per well.
#pragma once

#include "setup.hpp"

namespace microchim::thermo {

/// The columns of a result; those of a genotyping have "Allele1 " before their names.
struct ResultColumns {
    Column cq, threshold, first, last, efficiency, slope, quantity, amp;

    ResultColumns(Rows& rows, std::string_view allele) {
        const auto use = [&](std::initializer_list<std::string_view> names) {
            for (const auto name : names)
                if (const auto column = rows.use({std::string(allele) + std::string(name)})) return column;
            return Column{};
        };
        cq = use({"CT", "CRT", "Cq", "EQ.Ct"});
        threshold = use({"Ct Threshold", "Crt Threshold", "Cq Threshold", "Threshold"});
        first = use({"Baseline Start"});
        last = use({"Baseline End"});
        quantity = use({"Quantity"});
        amp = use({"Amp Status"});
        slope = rows.find({std::string(allele) + "Slope"});
        efficiency = use({"Efficiency"});
        // A percentage where the slope of a standard curve stands beside it; what else it can be is not said.
        if (efficiency && !slope) rows.release(*efficiency), efficiency.reset();
    }
};

inline void set_result(Gathered& run, Reaction& reaction, const Rows& rows, std::size_t row, const ResultColumns& at) {
    set_cq(run, reaction, rows, row, at.cq);
    if (const auto word = canonical(rows.cell(row, at.amp)); !word.empty()) {
        if (word == "noamp" || word == "no_amp") reaction.amplified = 0;
        else if (word == "amp") reaction.amplified = 1;
        else if (word == "inconclusive" && reaction.amplified == 1) reaction.amplified = -1;
    }
    reaction.threshold = rows.number_or_not_stated(row, at.threshold);
    reaction.baseline_first = rows.whole(row, at.first);
    reaction.baseline_last = rows.whole(row, at.last);
    // The nominal value of a standard is that of the set-up.
    if (const auto value = rows.number(row, at.quantity);
        value && (reaction.type != MICROCHIM_STD || std::isnan(reaction.quantity)))
        reaction.quantity = *value;
    const auto percent = rows.number(row, at.efficiency);
    if (percent && !rows.cell(row, at.slope).empty()) reaction.efficiency = 1 + *percent / 100;
}

/// The target that a row is about; where the column was not exported, the reporter tells targets apart.
inline std::string target_of(const Rows& rows, std::size_t row, Column target, Column reporter) {
    return std::string(target ? rows.cell(row, target) : rows.cell(row, reporter));
}

inline void read_results(Gathered& run, const Section& section) {
    Rows rows(section, run.numbers);
    run.wells.bind(rows);
    const auto omit = rows.use({"Omit", "Omitted"}), sample = rows.use({"Sample Name", "Sample"});
    const auto target = rows.use({"Target Name", "Target", "Detector Name", "Detector"});
    const auto assay = rows.use({"SNP Assay Name"}), task = rows.use({"Task"});
    const auto reporter = rows.use({"Reporter", "Dye"}), call = rows.find({"Call"});
    const ResultColumns plain(rows, ""), first(rows, "Allele1 "), second(rows, "Allele2 ");
    std::vector<reader::RowName> names(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto well = run.wells.name(rows, row);
        if (well.empty()) continue;
        const auto result = [&](const std::string& of, const ResultColumns& at, Column reporter_of) {
            if (!run.measured.emplace(well, of).second)
                throw FormatError(rows.where(row, target.value_or(0)),
                                  "well " + well + " has target " + reader::detail::quoted(of) + " twice");
            auto& reaction = run.at(well, of);
            fill(reaction.sample, rows.cell(row, sample));
            fill(reaction.dye, rows.cell(row, reporter_of));
            if (!rows.cell(row, task).empty()) reaction.type = task_type(rows, row, task);
            reaction.excluded = says_yes(rows.cell(row, omit)) ? 1 : 0;
            set_result(run, reaction, rows, row, at);
            reaction.status = status_of(rows, row, {at.amp, call});
            names[row] = {well, of};
        };
        if (!rows.cell(row, assay).empty()) {
            const auto known = run.alleles.find(well);
            for (std::size_t i = 0; i < 2; ++i) {
                const auto name = known == run.alleles.end() ? "Allele " + std::to_string(i + 1) : known->second[i];
                result(allele_target(rows.cell(row, assay), name), i == 0 ? first : second, Column{});
            }
            names[row].label = rows.cell(row, assay);
        } else if (const auto of = target_of(rows, row, target, reporter); !of.empty()) {
            result(of, plain, reporter);
        } else if (!reader::says_no_cq(rows.cell(row, plain.cq)) || !rows.cell(row, sample).empty()) {
            result(run.only(well), plain, reporter);
        }
    }
    reader::keep_unused(
        rows, names, [&](std::size_t c) { return rows.used(c); }, run.sink);
}

}  // namespace microchim::thermo
