// What stands above the rows: which export it is, what the preamble says of the chip, and which dye a column is about.
//
//   Chip Run Info,D:\runs\Monday\ChipRun.bml,1482000001,48.770,Default,ROX,FAM-MGB : VIC-TAMRA,10/20/2009 ...
//   Export Type,Detailed Table Results
//   Experiment Information,...,FAM-MGB,FAM-MGB,FAM-MGB,FAM-MGB,FAM-MGB,VIC-TAMRA,...
//   Chamber and Panel,Chamber and Panel,Sample,Sample,Sample,FAM-MGB,FAM-MGB,VIC-TAMRA,VIC-TAMRA,Ct,Ct,Ct,...
//   Chamber ID,Panel ID,Name,Type,rConc.,Name,Type,Name,Type,Value,Quality,Call,Target,Threshold,Value,...
//
// Names repeat: the lines above them tell the dyes apart.
#pragma once

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lines.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"

namespace microchim::biomark {

struct Kind {
    bool detailed = false;  ///< one row per chamber; else one row per panel
    char delimiter = ',';
    std::size_t header_line = 0;  ///< lines above the one with the column names
};

/// Which digital export a file is; nothing for any other file, the real-time tables of the same instrument included.
inline std::optional<Kind> kind(std::string_view bytes) {
    const auto head = reader::head(bytes);
    std::string_view rest = head;
    for (std::size_t n = 0; n < 40 && !rest.empty(); ++n) {
        const auto line = reader::line(rest, 0);
        const char delimiter = reader::delimiter(line);
        std::set<std::string> names;
        for (std::size_t begin = 0; begin <= line.size();) {
            const auto end = std::min(line.find(delimiter, begin), line.size());
            names.insert(normalised(line.substr(begin, end - begin)));
            begin = end + 1;
        }
        const auto has = [&](std::initializer_list<const char*> all) {
            return std::all_of(all.begin(), all.end(), [&](const char* name) { return names.contains(name); });
        };
        if (has({"chamberid", "panelid", "call"})) return Kind{true, delimiter, n};
        if (has({"id", "name", "type", "count", "esttargets"})) return Kind{false, delimiter, n};
        rest.remove_prefix(line.size());
        rest.remove_prefix(rest.starts_with("\r\n") ? 2 : rest.empty() ? 0 : 1);
    }
    return std::nullopt;
}

/// What the lines above the table say.
struct Preamble {
    std::vector<std::pair<std::string, std::string>> facts;  ///< as written: "Quality Threshold", "0.65"
    std::string run, barcode, chip, started, instrument, version;
    std::int64_t panels = -1, chambers = -1;  ///< of "48.770": 48 panels of 770 chambers
    std::int64_t perhaps = -1;                ///< of "48.77", which a spreadsheet may have made of it: 770
};

namespace detail {

inline bool digits(std::string_view s) {
    return !s.empty() && s.find_first_not_of("0123456789") == s.npos;
}

inline std::int64_t whole(std::string_view s) {
    std::int64_t value = -1;
    std::from_chars(s.data(), s.data() + s.size(), value);
    return value;
}

/// Whether a cell is the name of a chip, "48.770" or "12.765", and what it says.
inline bool chip(Preamble& p, std::string_view cell) {
    const auto point = std::min(cell.find('.'), cell.size());
    const auto left = cell.substr(0, point), right = cell.substr(std::min(point + 1, cell.size()));
    if (cell.size() > 8 || !digits(left) || !digits(right) || left.front() == '0' || right.front() == '0') return false;
    p.chip = cell;
    p.panels = whole(left);
    // Three figures after the point: to a spreadsheet 48.770 is a number, and it writes 48.77.
    if (right.size() >= 3) p.chambers = whole(right);
    else p.perhaps = whole(right) * (right.size() == 2 ? 10 : 100);
    return true;
}

/// "Chip Run Info": path, barcode, chip, protocol, reference dye, probes, start, duration, instrument. Told by what
/// they look like, because a path may hold commas.
inline void chip_run_info(Preamble& p, const std::vector<std::string_view>& cells) {
    for (std::size_t i = 1; i < cells.size(); ++i) {
        const auto cell = cells[i];
        if (p.chip.empty() && chip(p, cell)) {
            if (digits(cells[i - 1])) p.barcode = cells[i - 1];
        } else if (cell.find(':') != cell.npos && std::count(cell.begin(), cell.end(), '/') == 2 && p.started.empty()) {
            p.started = cell;
            if (i + 2 < cells.size()) p.instrument = cells[i + 2];
        } else if (const auto file = cell.find_last_of("\\/"); file != cell.npos && file > 0 && p.run.empty()) {
            const auto folder = cell.find_last_of("\\/", file - 1);
            p.run = cell.substr(folder == cell.npos ? 0 : folder + 1, file - (folder == cell.npos ? 0 : folder + 1));
        }
    }
}

}  // namespace detail

inline void preamble_line(Preamble& p, const std::vector<std::string_view>& cells) {
    if (cells.front().empty()) return;
    const auto key = normalised(cells.front());
    std::string value;
    auto last = cells.size();
    while (last > 1 && cells[last - 1].empty()) --last;  // a spreadsheet pads short lines
    for (std::size_t i = 1; i < last; ++i) value += (i > 1 ? "," : "") + std::string(cells[i]);
    if (key == "chipruninfo" || key == "chiprunfilename") detail::chip_run_info(p, cells);
    if (key == "applicationversion") p.version = value;
    p.facts.emplace_back(cells.front(), value);
}

/// The columns of one dye, by normalised name.
struct Block {
    std::string dye;      ///< empty: the file does not name it
    std::string channel;  ///< "1", "2" where it does not
    std::map<std::string, std::size_t> columns;

    std::optional<std::size_t> find(const char* name) const {
        const auto at = columns.find(name);
        return at == columns.end() ? std::nullopt : std::optional(at->second);
    }
};

/// All columns of a table.
struct Columns {
    std::vector<std::string> names;              ///< as written
    std::map<std::string, std::size_t> general;  ///< those of no dye, by normalised name; the first of equals
    std::vector<Block> blocks;
    std::vector<std::string> dyes;  ///< of each column; empty: none

    std::optional<std::size_t> find(const char* name) const {
        const auto at = general.find(name);
        return at == general.end() ? std::nullopt : std::optional(at->second);
    }
};

namespace detail {

/// What a line above the column names says of each column; a merged cell holds for the empty ones after it.
inline std::vector<std::string> groups(const std::vector<std::string>& cells, std::size_t width) {
    std::vector<std::string> all(width);
    for (std::size_t i = 0; i < width; ++i)
        all[i] = i < cells.size() && !cells[i].empty() ? cells[i] : i > 0 ? all[i - 1] : "";
    return all;
}

/// A group that is no dye.
inline bool general(std::string_view group) {
    static const std::set<std::string> words{"",
                                             "experimentinformation",
                                             "chamberandpanel",
                                             "chamber",
                                             "panel",
                                             "panelinformation",
                                             "sample",
                                             "sampleinformation",
                                             "ct",
                                             "user",
                                             "defined",
                                             "userdefined",
                                             "results"};
    return words.contains(normalised(group));
}

inline Block& block_of(Columns& columns, const std::string& dye) {
    for (auto& block : columns.blocks)
        if (block.dye == dye) return block;
    columns.blocks.push_back({dye, "", {}});
    return columns.blocks.back();
}

/// A summary without the line of dyes: a block begins at each further "Name".
inline void blocks_by_repetition(Columns& columns) {
    bool inside = false;
    for (std::size_t i = 0; i < columns.names.size(); ++i) {
        const auto name = normalised(columns.names[i]);
        if (name == "name" && columns.general.contains("name")) {
            columns.blocks.push_back({"", std::to_string(columns.blocks.size() + 1), {}});
            inside = true;
        }
        const bool own = inside && name != "intersection" && name != "union" &&
                         columns.blocks.back().columns.try_emplace(name, i).second;
        if (own) columns.dyes[i] = "channel " + columns.blocks.back().channel;
        else columns.general.try_emplace(name, i);
    }
}

}  // namespace detail

/// Binds the columns. `above` are the lines between the preamble and the names, outermost first.
/// \throws FormatError where a dye has a column twice.
inline Columns bind_columns(const std::vector<std::string_view>& header,
                            const std::vector<std::vector<std::string>>& above, const std::string& where) {
    Columns columns;
    columns.names.assign(header.begin(), header.end());
    columns.dyes.resize(header.size());
    if (above.empty()) {
        detail::blocks_by_repetition(columns);
        return columns;
    }
    for (const auto& line : above) {
        const auto groups = detail::groups(line, header.size());
        for (std::size_t i = 0; i < header.size(); ++i)
            if (columns.dyes[i].empty() && !detail::general(groups[i])) columns.dyes[i] = groups[i];
    }
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto name = normalised(header[i]);
        if (name == "intersection" || name == "union" || name == "comments") columns.dyes[i].clear();
        if (columns.dyes[i].empty()) columns.general.try_emplace(name, i);
        else if (!detail::block_of(columns, columns.dyes[i]).columns.try_emplace(name, i).second)
            throw FormatError(where, "there are two columns " + quoted(header[i]) + " of the dye " +
                                         quoted(columns.dyes[i]) + "; expected one");
    }
    return columns;
}

}  // namespace microchim::biomark
