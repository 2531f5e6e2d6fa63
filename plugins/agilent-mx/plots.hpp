// The amplification plots: one block per well and dye, blocks below each other.
//
//   Amplification Plots⇥⇥
//
//   A1, Repl. 1, Level 1, FAM⇥Cycles⇥Fluorescence (dRn)
//   ⇥1⇥0.01153⇥
//
// Names are cut after 20 characters, and may hold commas. Plots of a melting curve say Temperature instead of Cycles.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialect.hpp"

namespace microchim::mx {

namespace detail {

/// One line that says anything.
struct Line {
    std::size_t number;
    std::vector<std::string> cells;
};

inline std::vector<Line> lines(std::string_view text, char delimiter) {
    std::vector<Line> all;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        auto cells = reader::cells_of(text.substr(0, end), delimiter);
        while (!cells.empty() && cells.back().empty()) cells.pop_back();
        if (!cells.empty()) all.push_back({number, std::move(cells)});
        text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : end < text.size() ? 1 : 0));
    }
    return all;
}

/// "A1, Repl. 1, Level 1, FAM"
struct Heading {
    std::string well, replicate, sample, assay;
};

inline Heading heading(std::string_view text, const std::string& where) {
    const auto first = text.find(','), last = text.rfind(',');
    Heading heading{well(text.substr(0, first), where), {}, {}, std::string(trimmed(text.substr(last + 1)))};
    auto middle = trimmed(text.substr(first + 1, last > first ? last - first - 1 : 0));
    if (middle.starts_with("Repl.")) {
        const auto comma = std::min(middle.find(','), middle.size());
        heading.replicate = trimmed(middle.substr(5, comma - 5));
        middle.remove_prefix(std::min(comma + 1, middle.size()));
    }
    heading.sample = trimmed(middle);
    return heading;
}

/// The rows of one block are added to this.
struct Block {
    Reaction* reaction = nullptr;
    std::vector<float>* curve = nullptr;
    Part::Series* melting = nullptr;
    std::string where;  ///< of its heading
};

inline Block open_block(const Line& line, const std::string& file, Part& part, std::set<std::string>& words) {
    const auto where = file + ":" + std::to_string(line.number);
    const auto said = heading(line.cells[0], where);
    const auto written = line.cells.size() > 2 ? std::string_view(line.cells[2]) : std::string_view{};
    const auto open = std::min(written.find('('), written.size());
    auto kind = std::string(trimmed(written.substr(std::min(open + 1, written.size()))));  // "-R'(T)", too, is one
    if (kind.ends_with(')')) kind.pop_back();
    words.insert(kind);
    auto& reaction = at(part, said.well, said.assay);
    reaction.sample = said.sample;
    if (!said.replicate.empty()) part.attribute(said.well, "Replicate", said.replicate);
    if (normalised(line.cells[1]) != "cycles") {
        const bool derivative = kind.find('\'') != kind.npos;
        part.series.push_back(
            {said.well, reaction.target, said.assay, derivative ? MICROCHIM_MELT_DERIVATIVE : MICROCHIM_MELT, {}, {}});
        return {&reaction, nullptr, &part.series.back(), where};
    }
    const auto known = signal(kind);
    if (!known)
        throw FormatError(where,
                          "there is no fluorescence " + quoted(kind) + " that we know; there are R, Rn, dR and dRn");
    reaction.signal = *known;
    if (!reaction.fluorescence.empty())
        throw FormatError(where, "well " + said.well + " has a second plot of the same assay");
    return {&reaction, &reaction.fluorescence, nullptr, where};
}

}  // namespace detail

/// \throws FormatError also where the plots of two wells differ in length: cut off.
inline void read_plots(std::string_view text, const Dialect& dialect, Part& part) {
    const auto all = detail::lines(text, dialect.delimiter);
    Numbers numbers;
    for (const auto& line : all)
        for (std::size_t c = 1; c < line.cells.size(); ++c) numbers.learn(line.cells[c]);
    detail::Block block;
    std::set<std::string> words;
    for (const auto& line : all) {
        const auto where = part.name + ":" + std::to_string(line.number);
        if (!line.cells[0].empty()) {
            if (line.cells.size() > 1) block = detail::open_block(line, part.name, part, words);
            else if (line.number > dialect.header)
                throw FormatError(where, "expected the heading of a plot, as 'A1, Level 1, FAM', or a reading, found " +
                                             quoted(line.cells[0]));
            continue;
        }
        if (!block.reaction || line.cells.size() != 3 || line.cells[1].empty())
            throw FormatError(where, "expected a cycle and a fluorescence; the file may have been cut off");
        const auto at = numbers.read(line.cells[1], where + ", column 2").value_or(0);
        const auto value = static_cast<float>(numbers.read(line.cells[2], where + ", column 3").value_or(0));
        if (block.melting) {
            block.melting->at.push_back(static_cast<float>(at));
            block.melting->fluorescence.push_back(value);
        } else {
            if (at != std::floor(at) || at < 1 || at > 1000)
                throw FormatError(where, quoted(line.cells[1]) + " is no cycle");
            Reaction::set(*block.curve, static_cast<std::int64_t>(at), value, where);
        }
    }
    std::size_t most = 0;
    for (const auto& reaction : part.reactions.all()) most = std::max(most, reaction.fluorescence.size());
    for (const auto& reaction : part.reactions.all())
        if (!reaction.fluorescence.empty() && reaction.fluorescence.size() != most)
            throw FormatError(part.name, "the plot of " + reaction.well + " has " +
                                             std::to_string(reaction.fluorescence.size()) + " cycles, others have " +
                                             std::to_string(most) +
                                             "; the file may have been cut off, export it again");
    for (const auto& word : words) part.attribute("", "Fluorescence", word);
}

}  // namespace microchim::mx
