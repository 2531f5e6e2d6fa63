// A run of Design & Analysis 2 or Diomni, from its tables.
#pragma once

#include "modules.hpp"

namespace microchim::thermo {

namespace detail {

inline void report_second_run(const Export& run, Plate plate, const Sink& sink) {
    const auto of = [&](std::initializer_list<std::string_view> keys) { return value_of(run.preamble, keys); };
    auto software = of({"Software Name and Version", "Software Name"}), version = of({"Software Version"});
    if (const auto at = software.rfind(" v"); version.empty() && at != software.npos) {
        version = software.substr(at + 2);
        software.resize(at);
    }
    auto id = file_of(of({"File Name"}));
    if (id.empty()) id = stem(run.name);
    const auto barcode = of({"Barcode"}), instrument = of({"Instrument Type"}),
               serial = of({"Instrument Serial Number"}), started = of({"Run Start Date/Time"});
    microchim_run fact{};
    fact.id = reader::text(id);
    fact.plate = reader::text(barcode);
    fact.instrument = reader::text(instrument);
    fact.serial_number = reader::text(serial);
    fact.software = reader::text(software);
    fact.software_version = reader::text(version);
    fact.started = reader::text(started);
    fact.rows = plate.rows;
    fact.columns = plate.columns;
    fact.entries = run.entries.data();
    fact.entry_count = run.entries.size();
    sink.run(fact);
    for (const auto* lines : {&run.preamble, &run.footer})
        for (const auto& line : *lines) {
            if (!line.value.empty()) sink.attribute("", line.key, line.value);
            else if (line.key.ends_with('.')) sink.attribute("", "notice", line.key);  // "For Research Use Only. ..."
        }
    if (const auto time = plain_time(of({"Run End Date/Time", "Run End Data/Time"})); !time.empty())
        sink.attribute("", "run ended", time);
}

/// A table of Cq that names no well is of no use. \throws FormatError where there is no other.
inline void require_wells(const std::vector<SecondTable>& tables) {
    for (const auto& table : tables)
        if (table.kind != Table::other) return;
    const Numbers none;
    for (const auto& table : tables) {
        const Rows rows(*table.section, none);
        if (rows.find({"Cq", "Crt", "CT", "Rn", "Amp Status"}))
            throw FormatError(rows.header_address(),
                              "there is neither a column 'Well' nor 'Well Position', so of which well a value is is "
                              "not said; export again with one of them");
    }
}

/// Readings are exported of all wells of the plate; nothing is in those that no other table names.
inline void find_empty_wells(Gathered& run, const Section& section) {
    Rows rows(section, run.numbers);
    run.wells.bind(rows);
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (const auto well = run.wells.name(rows, row); !run.of.contains(well)) run.empty.insert(well);
}

inline void note_missing_targets(const Section& results, const Sink& sink) {
    const Numbers none;
    const Rows rows(results, none);
    if (rows.find({"Target", "Target Name"})) return;
    if (!rows.find({"Reporter", "Dye"}))
        throw FormatError(rows.header_address(),
                          "there is neither a column 'Target' nor 'Reporter', so what was measured in a well is not "
                          "said; export again with the column 'Target'");
    sink.note(MICROCHIM_WARNING, rows.header_address(),
              "There is no column 'Target': the reporter stands for the target. Export again with it, or name the "
              "reporter in the panel.");
}

}  // namespace detail

/// One table of results is the first, the one that is called so if there is; the others say more of the same.
inline void choose_results(std::vector<SecondTable>& tables) {
    const auto rank = [](const SecondTable& table) {
        const auto name = canonical(table.section->name);
        if (name == "results" || name == "primary_result") return 0;
        return table.kind == Table::results ? 1 : table.kind == Table::module ? 2 : 3;
    };
    const auto first =
        std::min_element(tables.begin(), tables.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    for (auto table = tables.begin(); table != tables.end(); ++table) {
        if (table == first && rank(*table) < 3) table->kind = Table::results;
        else if (table->kind == Table::results) table->kind = Table::module;
    }
}

inline void report_second(const Export& run, const Sink& sink) {
    std::vector<SecondTable> tables;
    for (const auto& section : run.sections) tables.push_back({&section, table_of(section)});
    choose_results(tables);
    detail::require_wells(tables);
    const auto plate = plate_of(value_of(run.preamble, {"Block Type"}));
    detail::report_second_run(run, plate, sink);
    Gathered gathered(plate, sink);
    if (detail::no_passive_reference(run.preamble)) gathered.signal = MICROCHIM_RAW;
    for (const auto& [section, kind] : tables) {
        learn(gathered.numbers, *section);
        Rows rows(*section, gathered.numbers);
        if (kind != Table::other) gathered.wells.learn(rows);
    }
    const auto each = [&](Table kind, auto work) {
        for (const auto& table : tables)
            if (table.kind == kind) work(*table.section);
    };
    std::set<std::string> told;  // columns of the results: a module repeats them
    each(Table::results, [&](const Section& s) {
        detail::note_missing_targets(s, sink);
        read_results(gathered, s);
        add_issues(gathered, s);
        const Rows rows(s, gathered.numbers);
        for (const auto column : rows.header()) told.insert(canonical(column));
    });
    each(Table::module, [&](const Section& s) { read_module(gathered, s, told); });
    each(Table::curves, [&](const Section& s) { read_amplification(gathered, s); });
    gathered.reactions.report(sink);
    for (const auto kind : {Table::dyes, Table::filters}) {
        if (!gathered.reactions.empty()) each(kind, [&](const Section& s) { detail::find_empty_wells(gathered, s); });
        each(kind, [&](const Section& s) {
            read_channels(gathered, s, kind == Table::dyes ? MICROCHIM_DYE : MICROCHIM_FILTER);
        });
    }
    each(Table::melting, [&](const Section& s) { read_melting(gathered, s); });
    each(Table::other, [&](const Section& s) { keep_groups(s, sink); });
    if (gathered.dropped)
        sink.note(MICROCHIM_INFO, run.name,
                  std::to_string(gathered.dropped) +
                      " readings of wells that no table of results or curves names are "
                      "left out.");
    note_zeros(gathered, run.name);
}

}  // namespace microchim::thermo
