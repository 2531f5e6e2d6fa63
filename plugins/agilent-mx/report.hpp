// The text report: a row per well and dye. Which columns there are is the user's choice.
//
//   Well⇥Well Name⇥Well Type⇥Replicate⇥Threshold (dRn)⇥Ct (dRn)⇥Quantity (copies)⇥RSq (dRn)⇥Slope (dRn)⇥
//   A1⇥Level 1⇥Standard⇥1⇥0.1427⇥24.92⇥3.00e+004⇥0.990⇥-3.432⇥
//
// Rows of the passive reference say "Reference" instead of a Ct.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dialect.hpp"

namespace microchim::mx {

namespace detail {

/// A column whose name says in brackets what it is of.
struct Bracketed {
    std::optional<std::size_t> column;
    std::string word;
};

inline Bracketed find(const Table& table, std::string_view name) {
    for (std::size_t c = 0; c < table.header().size(); ++c) {
        const auto header = trimmed(table.header()[c]);
        if (normalised(header) == name) return {c, {}};
        if (auto word = in_brackets(header, name); !word.empty()) return {c, std::move(word)};
    }
    return {};
}

/// A buffer measures the background, "No Probe" is a control without signal, a calibrator is a sample.
inline std::int32_t type(std::string_view written, const std::string& where) {
    struct Word {
        std::string_view written;
        std::int32_t type;
    };
    static constexpr std::array words{Word{"", MICROCHIM_UNKN},           Word{"unknown", MICROCHIM_UNKN},
                                      Word{"standard", MICROCHIM_STD},    Word{"ntc", MICROCHIM_NTC},
                                      Word{"nrt", MICROCHIM_NRT},         Word{"nort", MICROCHIM_NRT},
                                      Word{"nortcontrol", MICROCHIM_NRT}, Word{"nac", MICROCHIM_NAC},
                                      Word{"npc", MICROCHIM_NAC},         Word{"noprobe", MICROCHIM_NAC},
                                      Word{"calibrator", MICROCHIM_UNKN}, Word{"buffer", MICROCHIM_OPT},
                                      Word{"positive", MICROCHIM_POS},    Word{"positivecontrol", MICROCHIM_POS},
                                      Word{"posctrl", MICROCHIM_POS},     Word{"notinuse", MICROCHIM_UNKN}};
    const auto word = normalised(trimmed(written));
    for (const auto& known : words)
        if (known.written == word) return known.type;
    throw FormatError(where, "there is no well type " + quoted(trimmed(written)) +
                                 " that we know, as Unknown, Standard, NTC, NRT, NAC, NPC, Buffer or Calibrator");
}

class Report {
public:
    Report(const Table& table, Part& part)
        : table_(table),
          part_(part),
          ct_(find(table, "ct")),
          threshold_(find(table, "threshold")),
          quantity_(find(table, "quantity")),
          well_(table.require({"Well"})),
          name_(table.find({"Well Name"})),
          type_(table.find({"Well Type"})),
          assay_(table.find({"Assay"})),
          dye_(table.find({"Dye"})) {
        // Comments and names may be numbers, too, written as people write them.
        for (std::size_t row = 0; row < table.size(); ++row) {
            if (ct_.column) numbers_.learn_cq(table.cell(row, *ct_.column));
            for (const auto& column : {threshold_.column, quantity_.column})
                if (column) numbers_.learn(table.cell(row, *column));
        }
    }

    void read() {
        for (std::size_t row = 0; row < table_.size(); ++row) names_.push_back(this->row(row));
        if (!ct_.word.empty()) part_.attribute("", "Ct", ct_.word);
        reader::keep_unused(
            table_, names_,
            [&](std::size_t c) {
                return c == well_ || c == name_ || c == ct_.column || c == threshold_.column || c == quantity_.column ||
                       c == assay_ || c == dye_;
            },
            part_);
    }

private:
    reader::RowName row(std::size_t row) {
        const auto well = mx::well(table_.cell(row, well_), table_.where(row, well_));
        const auto cell = [&](std::optional<std::size_t> c) {
            return c ? trimmed(table_.cell(row, *c)) : std::string_view{};
        };
        const auto label = std::string(cell(assay_).empty() ? cell(dye_) : cell(assay_));
        if (normalised(cell(ct_.column)) == "reference" || normalised(cell(threshold_.column)) == "reference") {
            part_.attribute(well, "passive reference", label.empty() ? "yes" : label);
            return {};
        }
        auto& reaction = this->reaction(row, well, cell(assay_), cell(dye_));
        reaction.sample = cell(name_);
        if (type_) reaction.type = type(cell(type_), table_.where(row, *type_));
        if (ct_.column) {
            if (!reader::says_no_cq(cell(ct_.column))) reaction.cq = *number(row, *ct_.column);
            if (reaction.cq <= 0) reaction.cq = not_stated;
            if (reaction.cq > reader::most_cq)
                throw FormatError(table_.where(row, *ct_.column), quoted(cell(ct_.column)) + " is no cycle");
            reaction.amplified = !std::isnan(reaction.cq);
        }
        const auto stated = [&](const Bracketed& at) {
            return at.column && !reader::says_no_cq(cell(at.column)) ? *number(row, *at.column) : not_stated;
        };
        reaction.threshold = stated(threshold_);
        reaction.quantity = stated(quantity_);
        if (!std::isnan(reaction.quantity)) reaction.unit = quantity_.word;
        return {well, label};
    }

    Reaction& reaction(std::size_t row, const std::string& well, std::string_view assay, std::string_view dye) {
        const bool named = dye_ && !is_dye(assay);
        const auto count = part_.reactions.all().size();
        auto& reaction = named ? part_.reactions.at(well, assay, dye) : at(part_, well, assay.empty() ? dye : assay);
        if (part_.reactions.all().size() == count)
            throw FormatError(
                table_.where(row, well_),
                "well " + well + " stands twice" +
                    (assay_ || dye_ ? " with the same assay"
                                    : ", and nothing says of which dye its rows are; add the column Assay "
                                      "or Dye to the report"));
        return reaction;
    }

    std::optional<double> number(std::size_t row, std::size_t column) const {
        return numbers_.read(table_.cell(row, column), table_.where(row, column));
    }

    const Table& table_;
    Part& part_;
    Bracketed ct_, threshold_, quantity_;
    std::size_t well_;
    std::optional<std::size_t> name_, type_, assay_, dye_;
    Numbers numbers_;
    std::vector<reader::RowName> names_;
};

}  // namespace detail

inline void read_report(const Table& table, Part& part) {
    detail::Report(table, part).read();
}

}  // namespace microchim::mx
