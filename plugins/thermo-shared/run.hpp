// One run: the tables of one text, or of the sheets of one workbook, gathered and reported.
#pragma once

#include "curves.hpp"
#include "results.hpp"
#include "sections.hpp"
#include "when.hpp"

namespace microchim::thermo {

struct Export {
    std::string name;  ///< of the file or of the workbook
    std::vector<Line> preamble, footer;
    std::vector<Section> sections;
    std::vector<std::size_t> entries;
    std::string identity;  ///< what tells it from other runs (join.hpp)
};

enum class Kind { setup, filters, curves, dyes, results, melting, other };

/// What a table is, by its name; one that a file calls otherwise, by its columns.
inline Kind kind_of(const Section& section) {
    const auto name = canonical(section.name);
    if (name == "samplesetup") return Kind::setup;
    if (name == "rawdata") return Kind::filters;
    if (name == "amplificationdata") return Kind::curves;
    if (name == "multicomponentdata") return Kind::dyes;
    if (name == "results" || name == "result") return Kind::results;
    if (name == "meltcurverawdata" || name == "meltcurvedata") return Kind::melting;
    const Numbers none;
    const Rows rows(section, none);
    if (!rows.find({"Well"}) && !rows.find({"Well Position"})) return Kind::other;
    if (rows.find({"Temperature"}) && rows.find({"Fluorescence"})) return Kind::melting;
    if (rows.find({"Cycle"}) && (rows.find({"Rn"}) || rows.find({"Delta Rn"}))) return Kind::curves;
    if (rows.find({"Cycle"}) && rows.find({"x1-m1"})) return Kind::filters;
    if (rows.find({"Cycle"})) return Kind::dyes;
    if (rows.find({"CT", "CRT", "Cq", "Allele1 Ct"})) return Kind::results;
    return rows.find({"Sample Color"}) ? Kind::setup : Kind::other;
}

namespace detail {

/// A table that is none of ours: a cell an attribute, "BioGroup Analysis Result 1, RQ"; of a wide one a row.
inline void keep_table(const Section& section, const Sink& sink) {
    const Numbers none;
    const Rows rows(section, none);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto label = section.name + " " + std::to_string(row + 1);
        if (rows.header().size() > 40) {
            sink.attribute("", label, section.grid->joined(section.begin + row));
            continue;
        }
        for (std::size_t c = 0; c < rows.header().size(); ++c)
            if (!rows.cell(row, c).empty())
                sink.attribute("", label + ", " + std::string(rows.header()[c]), rows.cell(row, c));
    }
    if (rows.header().size() > 40) sink.attribute("", section.name, section.grid->joined(section.header));
}

/// The kind of every table; one that only looks like results is none where another is called that.
inline std::vector<Kind> kinds_of(const std::vector<Section>& sections) {
    std::vector<Kind> kinds;
    bool named = false;
    for (const auto& section : sections) {
        kinds.push_back(kind_of(section));
        named = named || canonical(section.name) == "results";
    }
    for (std::size_t i = 0; i < sections.size(); ++i)
        if (named && kinds[i] == Kind::results && canonical(sections[i].name) != "results") kinds[i] = Kind::other;
    return kinds;
}

inline std::string file_of(std::string path) {
    const auto slash = path.find_last_of("/\\");
    if (slash != path.npos) path.erase(0, slash + 1);
    return path.ends_with(".eds") ? path.substr(0, path.size() - 4) : path;
}

inline bool no_passive_reference(const std::vector<Line>& preamble) {
    for (const auto& line : preamble)
        if (canonical(line.key) == "passivereference") {
            const auto dye = canonical(line.value);
            return dye.empty() || dye == "na" || dye == "none";
        }
    return false;
}

inline void report_run(const Export& run, Plate plate, const Sink& sink) {
    auto id = value_of(run.preamble, {"Experiment Name"});
    if (id.empty()) id = file_of(value_of(run.preamble, {"Experiment File Name"}));
    if (id.empty()) id = stem(run.name);
    const auto barcode = value_of(run.preamble, {"Experiment Barcode"});
    const auto instrument = value_of(run.preamble, {"Instrument Type"});
    const auto serial = value_of(run.preamble, {"Instrument Serial Number"});
    microchim_run fact{};
    fact.id = reader::text(id);
    fact.plate = reader::text(barcode);
    fact.instrument = reader::text(instrument);
    fact.serial_number = reader::text(serial);
    fact.rows = plate.rows;
    fact.columns = plate.columns;
    fact.entries = run.entries.data();
    fact.entry_count = run.entries.size();
    sink.run(fact);
    for (const auto* lines : {&run.preamble, &run.footer})
        for (const auto& line : *lines) {
            if (line.value.empty()) continue;
            sink.attribute("", line.key, line.value);
            if (canonical(line.key) == "experimentrunendtime")
                if (const auto time = plain_time(line.value); !time.empty()) sink.attribute("", "run ended", time);
        }
}

}  // namespace detail

inline void report(const Export& run, const Sink& sink) {
    const auto plate = plate_of(value_of(run.preamble, {"Block Type"}));
    detail::report_run(run, plate, sink);
    Gathered gathered(plate, sink);
    if (detail::no_passive_reference(run.preamble)) gathered.signal = MICROCHIM_RAW;
    const auto kinds = detail::kinds_of(run.sections);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        learn(gathered.numbers, run.sections[i]);
        Rows rows(run.sections[i], gathered.numbers);
        if (kinds[i] != Kind::other) gathered.wells.learn(rows);
    }
    const auto each = [&](Kind kind, auto work) {
        for (std::size_t i = 0; i < kinds.size(); ++i)
            if (kinds[i] == kind) work(run.sections[i]);
    };
    each(Kind::setup, [&](const Section& s) { read_setup(gathered, s); });
    each(Kind::results, [&](const Section& s) { read_results(gathered, s); });
    each(Kind::curves, [&](const Section& s) { read_amplification(gathered, s); });
    for (const auto& [well, sample] : gathered.samples)
        if (!gathered.of.contains(well))
            sink.react({reader::text(well), reader::text(sample), MICROCHIM_UNKN, not_stated, not_stated});
    gathered.reactions.report(sink);
    each(Kind::dyes, [&](const Section& s) { read_channels(gathered, s, MICROCHIM_DYE); });
    each(Kind::filters, [&](const Section& s) { read_channels(gathered, s, MICROCHIM_FILTER); });
    each(Kind::melting, [&](const Section& s) { read_melting(gathered, s); });
    each(Kind::other, [&](const Section& s) { detail::keep_table(s, sink); });
    if (gathered.dropped)
        sink.note(MICROCHIM_INFO, run.name,
                  std::to_string(gathered.dropped) +
                      " readings of wells in which the set-up puts neither a sample nor a target are left out.");
    note_zeros(gathered, run.name);
}

}  // namespace microchim::thermo
