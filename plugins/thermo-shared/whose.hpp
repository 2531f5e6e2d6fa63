// Which program wrote a file: three readers share the layout.
#pragma once

#include "microchim/raw_table.hpp"
#include "sections.hpp"

namespace microchim::thermo {

enum class Program {
    none,
    rt_pcr,          ///< of ViiA 7, QuantStudio 6 and 7 Flex, 12K Flex; all texts of later QuantStudio too
    sds,             ///< StepOne and 7500 software v2
    design_analysis  ///< Design & Analysis: its workbooks
};

struct Origin {
    Program program = Program::none;
    bool sheet = false;  ///< preamble without stars
};

namespace detail {

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// By what the instrument calls itself.
inline Program of_instrument(std::string_view type, bool sheet) {
    const auto name = canonical(type);
    if (name.starts_with("sds") || contains(name, "stepone") || contains(name, "7500") || contains(name, "7300"))
        return Program::sds;
    if (!sheet) return Program::rt_pcr;
    const bool older = contains(name, "viia") || contains(name, "flex") || contains(name, "12k");
    return older ? Program::rt_pcr : Program::design_analysis;
}

/// A file that does not name the instrument: v2 software writes wells as "A1" and has no "Well Position".
inline Program of_table(const Document& document) {
    for (const auto& section : document.sections) {
        const auto& grid = *section.grid;
        Column well, position;
        for (std::size_t c = 0; c < grid.width(section.header); ++c) {
            const auto name = canonical(grid.cell(section.header, c));
            if (name == "well") well = c;
            if (name == "wellposition") position = c;
        }
        if (position) return Program::rt_pcr;
        if (!well || section.begin >= grid.size()) continue;
        const auto cell = grid.cell(section.begin, *well);
        return !cell.empty() && cell[0] >= 'A' ? Program::sds : Program::rt_pcr;
    }
    return Program::none;
}

inline bool is_section_of_ours(std::string_view name) {
    for (const auto* known : {"[Sample Setup]", "[Raw Data]", "[Amplification Data]", "[Multicomponent Data]",
                              "[Results]", "[Melt Curve Raw Data]"})
        if (name == known) return true;
    return false;
}

}  // namespace detail

/// The first lines of a file as cells; for probes.
inline std::shared_ptr<const Grid> grid_of_head(std::string_view name, std::string_view head) {
    // Column names tell the delimiter; where none begin with the well, the line with most columns does. (Among readings
    // of millions, "1,163,218.000", there are more commas than delimiters.)
    char best = ',';
    std::size_t most = 0;
    auto rest = head;
    for (std::size_t n = 0; n < 200 && !rest.empty(); ++n) {
        const auto line = rest.substr(0, rest.find_first_of("\r\n"));
        const auto sign = reader::delimiter(line);
        const auto well = std::string_view(line).substr(line.starts_with('"'));
        if (well.starts_with("Well") && line.find(sign) != line.npos && reader::cells_of(line, sign).size() > 2 &&
            canonical(reader::cells_of(line, sign).front()).starts_with("well")) {
            best = sign;
            break;
        }
        const auto count = static_cast<std::size_t>(std::count(line.begin(), line.end(), sign));
        if (count > most) most = count, best = sign;
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return std::make_shared<Grid>(std::string(name), std::string(head), best);
}

/// Whose a file is, by its first lines. `name` is that of the entry: a sheet's ends with "Sheet.csv".
inline Origin whose(std::string_view name, std::string_view bytes) {
    const auto head = reader::head(bytes, 32768);
    const auto text = std::string_view(head).substr(std::min(head.find_first_not_of("\r\n"), head.size()));
    const auto first = trimmed(reader::line(text, 0));
    const bool stars = first.starts_with("* ") || first.starts_with("\"* ");
    const bool section = detail::is_section_of_ours(first.substr(0, first.find_first_of(",;\t")));
    const auto key = trimmed(first.substr(0, first.find_first_of(",;\t")));  // sheets are saved as text, too
    const bool may_be_sheet =
        key.size() < first.size() && (key == "Block Type" || key == "Chemistry" || key.starts_with("Experiment ") ||
                                      key.starts_with("Calibration "));
    if (!stars && !section && !may_be_sheet) return {};
    std::shared_ptr<const Grid> grid;
    try {
        grid = grid_of_head(name, head);
    } catch (const FormatError&) {
        return {};
    }
    if (!may_be_sheet) {
        const auto document = text_document(grid);
        bool ours = section;
        for (const auto& line : document.preamble)
            ours = ours || canonical(line.key).starts_with("experiment") || canonical(line.key) == "blocktype";
        if (!ours) return {};
        const auto type = value_of(document.preamble, {"Instrument Type"});
        const auto program = type.empty() ? detail::of_table(document) : detail::of_instrument(type, false);
        return {program == Program::none ? Program::rt_pcr : program, false};
    }
    const auto document = sheet_document(grid, {});
    const auto type = value_of(document.preamble, {"Instrument Type"});
    if (type.empty() || value_of(document.preamble, {"Experiment File Name", "Experiment Name", "Block Type"}).empty())
        return {};
    return {detail::of_instrument(type, true), true};
}

}  // namespace microchim::thermo
