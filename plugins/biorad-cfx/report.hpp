// One run to the sink.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "../biorad-shared/realtime_kept.hpp"
#include "microchim/reactions.hpp"
#include "run.hpp"

namespace microchim::cfx {

using reader::not_stated;
using reader::Sink;
using reader::Table;

namespace detail {

using biorad::Kept;

/// "CFX Maestro" of "CFX Maestro Version", and "5.0.021.0616" of "5.0.021.0616. ".
struct Program {
    std::string name, version;
};

inline Program program(const Information& facts) {
    for (const auto& [key, value] : facts)
        if (key.starts_with("CFX ") && key.ends_with(" Version")) {
            const auto end = value.find_last_not_of(". ");
            return {key.substr(0, key.size() - 8), value.substr(0, end == value.npos ? 0 : end + 1)};
        }
    return {};
}

inline void report_run(const Run& run, const Information& facts, const Sink& sink) {
    std::vector<std::size_t> entries;
    for (const auto* file : run.files) entries.push_back(file->entry);
    const auto [software, version] = program(facts);
    const auto plate = said(facts, "ID"), serial = said(facts, "Base Serial Number");
    const auto started = said(facts, "Run Started"), file = said(facts, "File Name");
    microchim_run fact{};
    // A name that people gave says less than the program's own.
    const bool own = run.name.phrase.empty() || run.name.run.empty();
    fact.id = reader::text(own && !file.empty() ? without_ending(file) : std::string_view(run.name.run));
    fact.plate = reader::text(plate);
    fact.serial_number = reader::text(serial);
    fact.software = reader::text(software);
    fact.software_version = reader::text(version);
    fact.started = reader::text(started);
    for (const auto* view : run.files)
        if (view->kind == Kind::plate) {
            const auto& header = view->sheet->table.header();
            fact.columns = -2;
            for (std::size_t c = 0; c < header.size(); ++c)  // a delimiter may stand at its end
                fact.columns += c < 2 || !reader::detail::trimmed(header[c]).empty();
            fact.rows = fact.columns == 12 ? 8 : fact.columns == 24 ? 16 : 0;
            if (fact.rows == 0) fact.columns = 0;
        }
    fact.entries = entries.data();
    fact.entry_count = entries.size();
    sink.run(fact);
    if (!run.apart.empty()) sink.note(MICROCHIM_WARNING, "", run.apart);
    for (const auto& [where, what] : run.notes) sink.note(MICROCHIM_INFO, where, what);
}

/// The efficiency of a standard curve's line, "98.2" percent, to all reactions of its dye (and target, if it has one).
inline void efficiencies(const File& file, std::map<std::string, std::vector<Row>>& wells) {
    const auto& table = file.sheet->table;
    const auto fluor = table.require({"Fluor"});
    const auto target = table.find({"Target"}), percent = table.find({"Efficiency %", "Efficiency"});
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto value = file.sheet->number(row, percent);
        if (std::isnan(value)) continue;
        for (auto& [well, rows] : wells)
            for (auto& r : rows)
                if (r.fluor == biorad::detail::text_of(table, row, fluor) &&
                    (!target || r.target == biorad::detail::text_of(table, row, target)))
                    r.efficiency = 1 + value / 100;
    }
}

/// How attributes name the rows of a table without wells: "SRY, day 7", or the dye.
inline std::vector<reader::RowName> labels(const Table& table, std::initializer_list<const char*> columns) {
    std::vector<reader::RowName> names(table.size());
    for (const auto* column : columns)
        if (const auto c = table.find({column}))
            for (std::size_t row = 0; row < table.size(); ++row) {
                const auto word = biorad::detail::text_of(table, row, c);
                auto& label = names[row].label;
                if (!word.empty()) label += (label.empty() ? "" : ", ") + word;
            }
    return names;
}

/// "Bar Chart" of "Bar Chart_0": which of the gene expression tables.
inline std::string gene_table(const File& file) {
    auto hint = file.name.phrase.empty() ? std::string{} : file.name.hint;
    if (hint.ends_with("_0")) hint.resize(hint.size() - 2);
    return hint.empty() ? hint : " (" + hint + ")";
}

inline void keep(const File& file, Kept& kept) {
    for (const auto& [key, value] : file.facts) kept.add({}, key, value);
    if (file.kind == Kind::plate)
        for (const auto& [well, facts] : file.plate.more)
            for (const auto& [key, value] : facts)
                if (key != "Plate view")
                    kept.add(well, key + (file.name.hint.empty() ? "" : " [" + file.name.hint + "]"), value);
    if (file.kind == Kind::rows || file.kind == Kind::alleles) {
        const biorad::RowColumns at(file.sheet->table);
        kept.table(
            *file.sheet, biorad::row_names(file.sheet->table.size(), file.rows),
            [&](std::size_t c) { return at.taken(c); }, file.kind == Kind::alleles ? " (allelic discrimination)" : "");
    }
    if (file.kind == Kind::standard_curve || file.kind == Kind::genes) {
        const auto& table = file.sheet->table;
        const auto fluor = table.find({"Fluor"}), target = table.find({"Target"}), sample = table.find({"Sample"});
        kept.table(
            *file.sheet, labels(table, {"Fluor", "Target", "Sample"}),
            [&](std::size_t c) { return c == fluor || c == target || c == sample; },
            file.kind == Kind::genes ? gene_table(file) : "");
    }
}

inline reader::Reaction& reaction(reader::Reactions& reactions, const Row& row) {
    return reactions.at(row.well, row.target.value_or(""), row.fluor.value_or(""));
}

inline void add(const Row& row, reader::Reactions& reactions, Kept& kept) {
    auto& to = reaction(reactions, row);
    to.sample = row.sample;
    if (row.content) to.type = row.content->type;
    if (row.content && !row.content->group.empty()) kept.add(row.well, "Replicate group", row.content->group);
    to.cq = row.cq;
    if (row.has_cq) to.amplified = !std::isnan(row.cq);
    to.quantity = row.quantity;
    to.efficiency = row.efficiency;
}

inline void report_melt(const Run& run, const Tied& tied, const Sink& sink) {
    const auto kind = tied.file->derivative() ? MICROCHIM_MELT_DERIVATIVE : MICROCHIM_MELT;
    for (const auto& curve : tied.file->wide.curves) {
        const auto& row = run.wells.at(curve.well)[tied.row_of.at(curve.well)];
        const auto target = row.target.value_or(""), dye = row.fluor.value_or("");
        sink.series({reader::text(curve.well), reader::text(target), reader::text(dye), kind, curve.values.size(),
                     tied.file->wide.at.data(), curve.values.data()});
    }
}

inline void add_curves(const Run& run, const Tied& tied, reader::Reactions& reactions, const Sink& sink) {
    const bool raw = looks_raw(tied.file->wide);
    if (raw)
        sink.note(MICROCHIM_WARNING, tied.file->path,
                  "No curve comes near zero: they are taken as measured, without the program's baseline subtraction.");
    for (const auto& curve : tied.file->wide.curves) {
        auto& to = reaction(reactions, run.wells.at(curve.well)[tied.row_of.at(curve.well)]);
        to.fluorescence = curve.values;
        to.signal = raw ? MICROCHIM_RAW : MICROCHIM_BASELINED;
    }
}

}  // namespace detail

inline void report(Run& run, const Sink& sink) {
    Information facts;
    detail::Kept kept;
    kept.add({}, "dialect", "CFX");
    for (const auto* file : run.files) {
        facts.insert(facts.end(), file->facts.begin(), file->facts.end());
        detail::keep(*file, kept);
        if (file->kind == Kind::standard_curve) detail::efficiencies(*file, run.wells);
    }
    detail::report_run(run, facts, sink);
    reader::Reactions reactions;
    for (const auto& [well, rows] : run.wells)
        for (const auto& row : rows)
            if (row.fluor || row.target || row.has_cq || run.has_curve(well)) detail::add(row, reactions, kept);
            else sink.react({reader::text(well), reader::text(row.sample), MICROCHIM_UNKN, not_stated, not_stated});
    for (const auto& tied : run.curves)
        if (tied.file->kind == Kind::cycles) detail::add_curves(run, tied, reactions, sink);
    reactions.report(sink);
    for (const auto& tied : run.curves)
        if (tied.file->kind == Kind::melt) detail::report_melt(run, tied, sink);
    kept.report(sink);
}

}  // namespace microchim::cfx
