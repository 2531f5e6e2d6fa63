// The table of an analysis, "Excel Analysed Data Export": one or more analyses below each other.
//
//   "Excel Analysed Data Export"
//   "File";"Monday.rex"
//   "Date";"22/09/2010"
//
//   "Quantitative analysis of Cycling A.FAM (Page 1)"
//
//   "No.";"Name";"Type";"Ct";"Given Conc (ng/ul)";"Calc Conc (ng/ul)";"% Var";"Rep. Ct";...
//   "A1";"Donor 1";"Unknown";"18,33";"";"4,54";"";"18,33";"";"";"4,54";"[4,49 , 4,59]"
//
// An empty Ct is none, and so is "NEG (NTC)", which says why the program took it for negative.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tubes.hpp"

namespace microchim::rotorgene {

namespace detail {

inline std::int32_t type(std::string_view written, const std::string& where) {
    struct Word {
        std::string_view written;
        std::int32_t type;
    };
    static constexpr std::array words{Word{"", MICROCHIM_UNKN},           Word{"unknown", MICROCHIM_UNKN},
                                      Word{"none", MICROCHIM_UNKN},       Word{"sample", MICROCHIM_UNKN},
                                      Word{"calibrator", MICROCHIM_UNKN}, Word{"standard", MICROCHIM_STD},
                                      Word{"ntc", MICROCHIM_NTC},         Word{"notemplatecontrol", MICROCHIM_NTC},
                                      Word{"nrt", MICROCHIM_NRT},         Word{"negativecontrol", MICROCHIM_NTC},
                                      Word{"nort", MICROCHIM_NRT},        Word{"positivecontrol", MICROCHIM_POS}};
    const auto word = normalised(trimmed(written));
    for (const auto& known : words)
        if (known.written == word) return known.type;
    throw FormatError(where,
                      "there is no type " + quoted(trimmed(written)) +
                          " that we know, as Unknown, Standard, NTC, Negative Control, Positive Control or Calibrator");
}

/// "Given Conc (ng/ul)": the column, and the unit in its name.
struct Concentration {
    std::optional<std::size_t> column;
    std::string unit;
};

inline Concentration concentration(const Table& table, std::string_view name) {
    for (std::size_t c = 0; c < table.header().size(); ++c) {
        const auto header = trimmed(table.header()[c]);
        const auto open = std::min(header.find('('), header.size());
        if (normalised(header.substr(0, open)) != name) continue;
        const auto close = header.rfind(')');
        const bool unit = open < header.size() && close != header.npos && close > open;
        return {c, unit ? std::string(trimmed(header.substr(open + 1, close - open - 1))) : std::string()};
    }
    return {};
}

/// One analysis: its table into a part.
inline void read_table(const Table& table, const Numbers& numbers, const std::string& channel, Part& part) {
    const auto number = table.require({"No."}), ct = table.require({"Ct"});
    const auto name = table.find({"Name"}), kind = table.find({"Type"});
    const auto given = concentration(table, "givenconc"), computed = concentration(table, "calcconc");
    std::vector<reader::RowName> names;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto cell = [&](std::optional<std::size_t> c) {
            return c ? trimmed(table.cell(row, *c)) : std::string_view{};
        };
        const auto value = [&](std::optional<std::size_t> c) {
            return c ? numbers.read(cell(c), table.where(row, *c)) : std::nullopt;
        };
        const auto well = tube(cell(number), table.where(row, number));
        if (part.reactions.find(well, "", channel))
            throw FormatError(table.where(row, number), "tube " + well + " stands twice in this analysis");
        auto& reaction = part.reactions.at(well, "", channel);
        reaction.sample = cell(name);
        if (kind) reaction.type = type(cell(kind), table.where(row, *kind));
        if (cell(ct).starts_with("NEG")) reaction.status = cell(ct);
        else if (!reader::says_no_cq(cell(ct))) reaction.cq = value(ct).value_or(not_stated);
        if (reaction.cq <= 0) reaction.cq = not_stated;
        if (reaction.cq > reader::most_cq) throw FormatError(table.where(row, ct), quoted(cell(ct)) + " is no cycle");
        reaction.amplified = !std::isnan(reaction.cq);
        const auto nominal = value(given.column), result = value(computed.column);
        const bool standard = reaction.type == MICROCHIM_STD;
        if (const auto& quantity = standard ? nominal : result) {
            reaction.quantity = *quantity;
            reaction.unit = standard ? given.unit : computed.unit;
        }
        const auto label = " [" + std::string(colour(channel)) + "]";
        if (standard && result) part.attribute(well, "Calc Conc" + label, cell(computed.column));
        if (!standard && nominal) part.attribute(well, "Given Conc" + label, cell(given.column));
        part.attribute(well, "tube", cell(number));
        names.push_back({well, std::string(colour(channel))});
    }
    reader::keep_unused(
        table, names,
        [&](std::size_t c) {
            return c == number || c == ct || c == name || c == kind || c == given.column || c == computed.column;
        },
        part);
}

/// The table of an analysis that gives no Ct, as of melting curves: what it says of the wells, as attributes.
inline void keep_other(const Table& table, const std::string& analysis, Part& head) {
    const auto number = table.require({"No."});
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto well = tube(table.cell(row, number), table.where(row, number));
        for (std::size_t c = 0; c < table.header().size(); ++c)
            if (const auto cell = trimmed(table.cell(row, c)); c != number && !cell.empty())
                head.attribute(well, std::string(trimmed(table.header()[c])) + " [" + analysis + "]", cell);
    }
}

}  // namespace detail

inline constexpr std::size_t most_analyses = 100;

/// Whether the first words are those of the export.
inline bool is_analysis(std::string_view bytes) {
    const auto top = reader::head(bytes, 8192);
    const auto first = reader::line(top, 0);
    return first.find("Excel Analysed Data Export") != first.npos ||
           (top.find("Corbett Research") != top.npos && top.find("Quantitative analysis of") != top.npos);
}

/// One part for each analysis of the file.
inline std::vector<Part> read_analyses(std::size_t entry, std::string_view file, std::string_view bytes) {
    const auto text = reader::utf8(bytes);
    Part head;
    head.entries = {entry};
    head.name = file;
    head.dialects = {"Rotor-Gene analysed data"};
    std::vector<Part> parts;
    std::string channel, date, time, analysis;
    std::size_t others = 0;  // analyses without a Ct
    std::size_t at = 0;
    std::vector<std::pair<std::string, std::string>> pending;  // what stands above a table
    for (std::size_t number = 0; at < text.size(); ++number) {
        const auto line = reader::line(std::string_view(text).substr(at), 0);
        const auto end = at + line.size();
        const auto next = end + (std::string_view(text).substr(end).starts_with("\r\n") ? 2
                                 : end < text.size()                                    ? 1
                                                                                        : 0);
        auto cells = reader::cells_of(line, reader::delimiter(line));
        while (cells.size() > 1 && cells.back().empty()) cells.pop_back();  // where a spreadsheet saved it
        at = next;
        if (cells[0].find(" analysis of ") != cells[0].npos) {
            const auto begin = cells[0].find(" analysis of ") + 13;
            channel = trimmed(std::string_view(cells[0]).substr(begin, cells[0].find(" (", begin) - begin));
            pending.emplace_back("analysis", cells[0]);
            analysis = cells[0];
        } else if (normalised(cells[0]) == "no" && cells.size() > 2) {
            std::size_t stop = at;  // the table ends with the first line that says nothing
            while (stop < text.size()) {
                const auto row = reader::line(std::string_view(text).substr(stop), 0);
                if (row.find_first_not_of(" \t;,\"") == row.npos) break;
                stop += row.size();
                stop += std::string_view(text).substr(stop).starts_with("\r\n") ? 2 : stop < text.size() ? 1 : 0;
            }
            const Table table(std::string(file), text.substr(0, stop), reader::delimiter(line), number);
            Numbers numbers;
            const auto name = table.find({"Name"}), cq = table.find({"Ct"});
            for (std::size_t row = 0; row < table.size(); ++row)
                for (std::size_t c = 1; c < table.header().size(); ++c)
                    if (c == cq) numbers.learn_cq(table.cell(row, c));
                    else if (c != name) numbers.learn(table.cell(row, c));
            if (!cq && table.size() > 0 && ++others < most_analyses) {
                detail::keep_other(table, analysis, head);
                pending.clear();
                number += table.size();
                at = stop;
                continue;
            }
            if (parts.size() == most_analyses || table.size() == 0)
                throw FormatError(
                    std::string(file) + ":" + std::to_string(number + 1),
                    table.size() == 0
                        ? std::string("there is no tube below the column names; the file may have been cut off")
                        : "more than " + std::to_string(most_analyses) + " analyses in one file");
            auto& part = parts.emplace_back(head);
            for (const auto& [key, value] : pending) part.attribute("", key, value);
            pending.clear();
            detail::read_table(table, numbers, channel, part);
            number += table.size();
            at = stop;
        } else if (cells.size() == 2 && !cells[0].empty() && !cells[1].empty()) {
            const auto key = normalised(cells[0]);
            if (key == "file") head.id = stem(cells[1]);
            if (key == "date") date = cells[1];
            if (key == "time") time = cells[1];
            head.started = date + (date.empty() || time.empty() ? "" : " ") + time;
            head.attribute("", cells[0], cells[1]);
        }
    }
    if (parts.empty())
        throw FormatError(std::string(file),
                          "there is no table of results, which has the columns 'No.' and 'Ct'; the file "
                          "may have been cut off");
    for (auto& part : parts) {
        part.attributes.insert(part.attributes.end(), head.attributes.begin(), head.attributes.end());
        part.id = head.id;
        part.started = head.started;
    }
    return parts;
}

}  // namespace microchim::rotorgene
