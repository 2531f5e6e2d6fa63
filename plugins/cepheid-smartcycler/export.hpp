// An export of the SmartCycler: sections one below the other, all optional but the first line or the table of results.
//
//   Run Summary        (Smart Cycler 2.0d)
//   Run Name:,Monday
//
//   Cycle Data
//
//   Instrument A
//   ,A1,A1,A1,A1,A2,...
//   ,FAM,FAM D2,Cy3,Cy3 D2,FAM,...
//   Cycle #,FAM,FAM D2,Cy3,Cy3 D2,FAM,...
//   1,2.66,0.0,...
//
//   Results Table
//   Site ID,Protocol,Sample ID,Sample Type,Notes,Status,FAM Std/Res,FAM Ct,Cy3 Std/Res,Cy3 Ct
//   A1,Legionella,Donor,UNKN,,OK,POS,38.93,NEG,0.00
//
//   Analysis Settings
//   Ch #,Dye Name,Usage,Bkgnd Sub,...,Thresh Setting,Manual Thresh Fluor Units,...
#pragma once

#include <optional>
#include <string>

#include "curves.hpp"
#include "results.hpp"
#include "runs.hpp"
#include "settings.hpp"

namespace microchim::smartcycler {

struct Layout {
    char delimiter = ',';
};

/// Nothing for what is no export of the SmartCycler.
inline std::optional<Layout> layout(const TextLines& lines) {
    for (std::size_t n = 0; n < lines.size() && n < 400; ++n) {
        const auto first = normalised(lines[n]);
        const char delimiter = reader::delimiter(lines[n]);
        const bool summary = first.starts_with("runsummary") && first.find("smartcycler") != first.npos;
        if (!summary && !is_results(reader::cells_of(lines[n], delimiter))) continue;
        // The first line has no delimiter: those below show it.
        for (auto below = n; below < lines.size(); ++below)
            if (lines[below].find_first_of(",;\t") != std::string_view::npos)
                return Layout{reader::delimiter(lines[below])};
        return Layout{};
    }
    return std::nullopt;
}

namespace detail {

/// "Run Summary        (Smart Cycler 2.0d)"
inline void first_line(std::string_view line, Part& run) {
    run.software = "Smart Cycler";
    const auto open = line.find('('), close = line.find(')');
    if (open == line.npos || close == line.npos || close < open) return;
    const auto program = line.substr(open + 1, close - open - 1);
    const auto blank = program.rfind(' ');
    if (blank != program.npos) run.software_version = program.substr(blank + 1);
}

/// "Run Name:,Monday"
inline void key_and_value(const std::vector<std::string>& cells, Part& run) {
    auto key = cells.front();
    if (key.ends_with(':')) key.pop_back();
    std::string value;
    for (std::size_t i = 1; i < cells.size(); ++i)
        if (!cells[i].empty()) value += (value.empty() ? "" : ",") + cells[i];
    const auto name = normalised(key);
    if (name == "runname") run.id = value;
    else if (name == "startedat") run.started = value;
    else run.attribute("", key, value);
}

inline std::size_t past_table(const TextLines& lines, std::size_t n) {
    while (n < lines.size() && !lines.blank(n)) ++n;
    return n;
}

}  // namespace detail

/// Reads an export. \throws FormatError.
inline void read_export(const std::string& name, const TextLines& lines, const Layout& at, reader::Parts& all) {
    Runs runs(all, name);
    CurveBlocks curves(lines, name, at.delimiter);
    Settings settings;
    auto& main = runs.main();
    main.software = "Smart Cycler";
    for (std::size_t n = 0; n < lines.size();) {
        if (lines.blank(n)) {
            ++n;
            continue;
        }
        const auto cells = reader::cells_of(lines[n], at.delimiter);
        const auto end = detail::past_table(lines, n);
        const auto first = normalised(cells.front());
        if (first.starts_with("runsummary")) detail::first_line(lines[n], main);
        else if (curves.is_sites(cells)) {
            n = curves.read(n, end, runs);
            continue;
        } else if (is_results(cells) || first == "ch#") {
            const auto table = lines.table(name, n, end, at.delimiter);
            if (first == "ch#") settings.read(table, main);
            else read_results(table, runs);
            n = end;
            continue;
        } else if (first == "cycle#") {
            throw FormatError(name + ":" + std::to_string(n + 1), "no line of sites stands above these curves");
        } else if (cells.size() > 1) detail::key_and_value(cells, main);
        ++n;
    }
    settings.apply(runs);
    runs.finish();
}

}  // namespace microchim::smartcycler
