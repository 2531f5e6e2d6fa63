// The tables of Design & Analysis 2 and Diomni: sheets of a workbook or files of their own, each with its preamble.
#pragma once

#include "../thermo-shared/join.hpp"

namespace microchim::thermo {

/// What a table of the second generation is.
enum class Table { results, module, curves, dyes, filters, melting, other };

struct SecondTable {
    const Section* section;
    Table kind;
};

namespace detail {

/// "X1_M2", "x1-m1"
inline bool is_filter(std::string_view column) {
    const auto name = canonical(column);
    return name.size() >= 4 && name[0] == 'x' && name.find('m') != name.npos &&
           name.find_first_not_of("0123456789xm_-") == name.npos;
}

}  // namespace detail

/// By its columns: sheets can be renamed, and a csv is called as the user wants.
inline Table table_of(const Section& section) {
    const Numbers none;
    const Rows rows(section, none);
    if (!rows.find({"Well"}) && !rows.find({"Well Position"})) return Table::other;
    if (rows.find({"Temperature"}) && rows.find({"Fluorescence", "Derivative"})) return Table::melting;
    if (rows.find({"Cycle Number", "Cycle"})) {
        if (rows.find({"Rn", "dRn", "Delta Rn"})) return Table::curves;
        const auto& header = rows.header();
        return std::any_of(header.begin(), header.end(), detail::is_filter) ? Table::filters : Table::dyes;
    }
    const auto name = canonical(section.name);
    if (name == "results" || name == "primary_result") return Table::results;
    if (rows.find({"Slope", "Y-Intercept"}) || (rows.find({"Call"}) && !rows.find({"Task"}))) return Table::module;
    return rows.find({"Cq", "Crt", "CT", "Amp Status"}) ? Table::results : Table::other;
}

/// Gives the table of a file of its own the name that the program gives to its sheet.
inline void name_tables(Export& part) {
    const auto workbook = canonical(detail::workbook_of(part.name));  // without dots
    if (workbook.ends_with("xlsx") || workbook.ends_with("xls")) return;
    for (auto& section : part.sections) switch (table_of(section)) {
            case Table::results:
                section.name = "Results";
                break;
            case Table::curves:
                section.name = "Amplification Data";
                break;
            case Table::dyes:
                section.name = "Multicomponent";
                break;
            case Table::filters:
                section.name = "Raw Data";
                break;
            default:
                break;
        }
}

/// Whether the lines above a table are those of Design & Analysis 2 or Diomni.
inline bool is_second(const std::vector<Line>& preamble) {
    const auto software = canonical(value_of(preamble, {"Software Name and Version", "Software Name"}));
    if (software.starts_with("design&analysis") || software.starts_with("diomni")) return true;
    std::size_t known = 0;
    for (const auto* key : {"Block Type", "Instrument Type", "Run Start Date/Time", "PCR Stage/Step Number",
                            "Quantification Cycle Method", "Plugin Name and Version", "Heated Cover Serial Number"})
        for (const auto& line : preamble) known += canonical(line.key) == canonical(key);
    const bool run = std::any_of(preamble.begin(), preamble.end(), [](const Line& line) {
        return canonical(line.key) == "runstartdate/time" || canonical(line.key) == "runstartdatetime";
    });
    return run && known >= 4;
}

/// The same of an entry, by its first lines.
inline bool is_second(std::string_view name, std::string_view bytes) {
    const auto head = reader::head(bytes, 32768);
    if (head.empty() || (head.find("Software Name") == head.npos && head.find("Software name") == head.npos &&
                         head.find("Run Start") == head.npos))
        return false;
    try {
        return is_second(sheet_document(grid_of_head(name, head), {}).preamble);
    } catch (const FormatError&) {
        return false;
    }
}

}  // namespace microchim::thermo
