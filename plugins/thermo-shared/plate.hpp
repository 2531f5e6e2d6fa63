// What a run's tables are gathered into before it is reported.
#pragma once

#include <set>

#include "microchim/reactions.hpp"
#include "tasks.hpp"
#include "wells.hpp"

namespace microchim::thermo {

using reader::not_stated;
using reader::Reaction;
using reader::Sink;

struct Gathered {
    Gathered(Plate plate, const Sink& to) : wells(plate), sink(to) {}

    reader::Reactions reactions;
    Wells wells;
    const Sink& sink;
    Numbers numbers;
    std::int32_t signal = MICROCHIM_NORMALISED;                 ///< of the curves called Rn
    std::map<std::string, std::string> samples;                 ///< of wells without a target
    std::set<std::string> empty;                                ///< wells of the set-up that hold nothing
    std::map<std::string, std::vector<std::string>> of;         ///< targets of a well
    std::map<std::string, std::array<std::string, 2>> alleles;  ///< names that the set-up gives to them, by well
    std::set<std::pair<std::string, std::string>> measured;     ///< well and target that [Results] listed
    std::size_t dropped = 0;                                    ///< readings of empty wells
    std::size_t zeros = 0;                                      ///< Cq of 0 or below

    /// The reaction, remembered as one of its well.
    Reaction& at(const std::string& well, const std::string& target) {
        if (!reactions.find(well, target)) of[well].push_back(target);
        auto& reaction = reactions.at(well, target);
        reaction.signal = signal;
        return reaction;
    }
    /// The only target of a well; empty where it has several or none.
    std::string only(const std::string& well) const {
        const auto found = of.find(well);
        return found != of.end() && found->second.size() == 1 ? found->second.front() : std::string();
    }
    /// A well of which the set-up says that nothing is in it, and no table says otherwise.
    bool is_empty(const std::string& well) const { return empty.contains(well) && !of.contains(well); }
};

/// Fills a fact where it is not yet; a cell that is blank says nothing.
inline void fill(std::string& to, std::string_view cell) {
    if (!cell.empty()) to = cell;
}

/// A Cq cell: a number, or a way to say that there is none. Nothing amplifies before the first cycle.
inline void set_cq(Gathered& run, Reaction& reaction, const Rows& rows, std::size_t row, Column column) {
    if (!column) return;
    const auto cell = rows.cell(row, column);
    reaction.amplified = 0;
    if (reader::says_no_cq(cell)) return;
    const auto cq = rows.number(row, column).value_or(0);
    if (cq <= 0) {
        ++run.zeros;
        return;
    }
    if (cq > reader::most_cq)
        throw FormatError(rows.where(row, *column), reader::detail::quoted(cell) + " is no cycle");
    reaction.cq = cq;
    reaction.amplified = 1;
}

/// Says how many Cq set_cq() did not take.
inline void note_zeros(const Gathered& run, std::string_view file) {
    if (run.zeros)
        run.sink.note(MICROCHIM_WARNING, file,
                      std::to_string(run.zeros) + " Cq are 0 or negative, which is none; they count as no Cq.");
}

/// "true", "TRUE", "Y", "1" ...
inline bool says_yes(std::string_view cell) {
    const auto word = canonical(cell);
    return word == "true" || word == "yes" || word == "y" || word == "1" || word == "x";
}

/// The flags that are up in a row: "EXPFAIL", "HIGHSD". A flag is a column in capitals that says yes or no.
inline std::string flags(const Rows& rows, std::size_t row) {
    std::string out;
    for (std::size_t c = 0; c < rows.header().size(); ++c) {
        const auto name = rows.header()[c];
        const bool capitals = name.size() > 1 && std::all_of(name.begin(), name.end(),
                                                             [](char l) { return (l >= 'A' && l <= 'Z') || l == '_'; });
        const auto word = canonical(rows.cell(row, c));
        if (capitals && (word == "y" || word == "true")) out += (out.empty() ? "" : ", ") + std::string(name);
    }
    return out;
}

/// "No Amp, EXPFAIL": what the program says of a reaction, in its words.
inline std::string status_of(const Rows& rows, std::size_t row, std::initializer_list<Column> words) {
    std::string status;
    const auto add = [&](std::string_view word) {
        if (!word.empty()) status += (status.empty() ? "" : ", ") + std::string(word);
    };
    for (const auto column : words) add(rows.cell(row, column));
    add(flags(rows, row));
    return status;
}

}  // namespace microchim::thermo
