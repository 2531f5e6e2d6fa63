// Which files of a drop belong to one run. Here whole tables are joined, before any is read: how numbers are written,
// how large the plate is and which wells are used is told by all tables of a run together (run.hpp), so parts that were
// read one by one, as microchim/join_parts.hpp merges them, would come too late.
#pragma once

#include "microchim/join.hpp"
#include "run.hpp"
#include "whose.hpp"

namespace microchim::thermo {

using reader::Bundle;

namespace detail {

/// "Results" of "plate_Results_20220516 144304": what a program makes of the name of a file with one table.
inline std::string table_name(std::string name) {
    const auto stamp = name.find_last_not_of("0123456789 -_");
    if (stamp != name.npos && name.size() - stamp > 14) name.resize(stamp + 1);
    for (const std::string known :
         {"RQ Replicate Group Result", "Replicate Group Result", "Sample Group Result", "Standard Curve Result",
          "Primary_result", "Target Call", "Sample Setup", "Amplification Data", "Multicomponent Data",
          "Multicomponent", "Raw Data", "Results"})
        if (name.size() > known.size() && name.ends_with("_" + known)) return known;
    return name;
}

/// "plate.xlsx" of "plate.xlsx/Results.csv"; of a sheet saved on its own, the folder.
inline std::string workbook_of(std::string_view entry) {
    const auto slash = entry.rfind('/');
    return slash == entry.npos ? std::string() : std::string(entry.substr(0, slash));
}

inline Export read_entry(const Bundle& bundle, std::size_t entry, bool sheet) {
    auto content = reader::utf8(bundle.bytes(entry));
    const std::string name(bundle.name(entry));
    const auto delimiter = grid_of_head(name, reader::head(content, 32768))->delimiter();
    const auto grid = std::make_shared<Grid>(name, std::move(content), delimiter);
    auto document = sheet ? sheet_document(grid, table_name(stem(name))) : text_document(grid);
    for (auto& section : document.sections) section.entry = entry;
    return {name, std::move(document.preamble), std::move(document.footer), std::move(document.sections), {entry}, {}};
}

/// The rows of a table that say more than the name of a well.
inline std::vector<std::size_t> telling_rows(const Section& section) {
    std::vector<std::size_t> rows;
    for (std::size_t row = section.header; row < section.end; ++row)
        if (section.grid->width(row) > 1) rows.push_back(row);
    return rows;
}

inline bool same(const Section& a, const Section& b) {
    const auto of_a = telling_rows(a), of_b = telling_rows(b);
    if (of_a.size() != of_b.size()) return false;
    for (std::size_t i = 0; i < of_a.size(); ++i) {
        const auto wide = std::max(a.grid->width(of_a[i]), b.grid->width(of_b[i]));
        for (std::size_t c = 0; c < wide; ++c)
            if (a.grid->cell(of_a[i], c) != b.grid->cell(of_b[i], c)) return false;
    }
    return true;
}

/// What tells runs apart; two workbooks of one experiment are compared like two texts.
inline std::string identity(const Export& run) {
    std::string out;
    for (const auto* key :
         {"Experiment Name", "Experiment File Name", "Experiment Run End Time", "Instrument Serial Number",
          "Experiment Barcode", "File Name", "Barcode", "Run Start Date/Time"})
        out += value_of(run.preamble, {key}) + "\n";
    return out;
}

/// The name of a table that both have, but not with the same rows; empty where they go together.
inline std::string difference(const Export& a, const Export& b) {
    for (const auto& one : a.sections)
        for (const auto& other : b.sections)
            if (canonical(one.name) == canonical(other.name) && !same(one, other)) return one.name;
    return {};
}

inline void merge(Export& into, Export&& from) {
    for (auto& section : from.sections) {
        const auto has = [&](const Section& s) { return canonical(s.name) == canonical(section.name); };
        if (std::none_of(into.sections.begin(), into.sections.end(), has)) into.sections.push_back(std::move(section));
    }
    for (auto [to, lines] : {std::pair{&into.preamble, &from.preamble}, std::pair{&into.footer, &from.footer}})
        for (auto& line : *lines) {
            const auto has = [&](const Line& l) { return l.key == line.key && l.value == line.value; };
            if (std::none_of(to->begin(), to->end(), has)) to->push_back(std::move(line));
        }
    into.entries.push_back(from.entries.front());
}

}  // namespace detail

/// The runs of these entries; `sheet[i]` says whether entries[i] has a preamble without stars. `prepare` may give the
/// tables of an entry other names: those of one name are compared.
inline std::vector<Export> runs_of(const Bundle& bundle, const std::vector<std::size_t>& entries,
                                   const std::vector<bool>& sheet, const Sink& sink,
                                   void (*prepare)(Export&) = nullptr) {
    std::vector<Export> parts(entries.size());
    bundle.each(entries.size(), [&](std::size_t i) {
        parts[i] = detail::read_entry(bundle, entries[i], sheet[i]);
        if (prepare) prepare(parts[i]);
    });
    std::vector<Export> runs;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto& part = parts[i];
        part.identity = detail::identity(part);
        std::string why;
        const auto against = [&](const Export& run) -> std::optional<std::string> {
            if (run.identity != part.identity) return std::nullopt;
            const auto table = detail::difference(run, part);
            if (table.empty()) return table;
            return run.name + " and " + part.name + " say that they are one experiment, but their tables [" + table +
                   "] differ: they are kept apart as two runs.";
        };
        if (auto* run = reader::home(runs, against, why)) {
            detail::merge(*run, std::move(part));
            continue;
        }
        if (!why.empty()) sink.note(MICROCHIM_WARNING, "", why);
        if (sheet[i] && !detail::workbook_of(part.name).empty()) part.name = detail::workbook_of(part.name);
        runs.push_back(std::move(part));
    }
    return runs;
}

/// Everything that is alike in the readers of this layout. `what` completes "neither ...".
inline void read_all(const Bundle& bundle, const Sink& sink, Program program, std::string_view what) {
    std::vector<std::size_t> entries, others;
    std::vector<bool> sheet;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto origin = whose(bundle.name(i), bundle.bytes(i));
        (origin.program == program ? entries : others).push_back(i);
        if (origin.program == program) sheet.push_back(origin.sheet);
    }
    if (entries.empty()) throw FormatError(std::string(bundle.name(0)), "this is neither " + std::string(what));
    for (const auto& run : runs_of(bundle, entries, sheet, sink)) report(run, sink);
    reader::note_ignored(bundle, others, std::string(what), sink);
}

}  // namespace microchim::thermo
