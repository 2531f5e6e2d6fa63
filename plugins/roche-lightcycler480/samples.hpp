// The sample editor: what is in the wells. The only table that names targets.
//
//   General:Pos⇥General:Sample Name⇥General:Filt. Comb.⇥General:Target Name⇥Rel Quant:Combined Sample/Target type
//   A1⇥Donor 1⇥465-510⇥SRY⇥Target Unknown
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect.hpp"
#include "results.hpp"

namespace microchim::lightcycler480 {

namespace detail {

/// The type of a sample: "Target Negative", "Ref Unknown", "Standard". A calibrator is a sample like others here.
inline std::int32_t type(const Table& table, std::size_t row, std::size_t column) {
    auto word = normalised(table.cell(row, column));
    for (const std::string_view begin : {"target", "reference", "ref"})
        if (word.starts_with(begin)) {
            word.erase(0, begin.size());
            break;
        }
    struct Word {
        std::string_view written;
        std::int32_t type;
    };
    static constexpr std::array words{
        Word{"", MICROCHIM_UNKN},
        Word{"unknown", MICROCHIM_UNKN},
        Word{"calibrator", MICROCHIM_UNKN},
        Word{"positivecalibrator", MICROCHIM_UNKN},
        Word{"standard", MICROCHIM_STD},
        Word{"negative", MICROCHIM_NTC},
        Word{"negativecontrol", MICROCHIM_NTC},
        Word{"notemplatecontrol", MICROCHIM_NTC},
        Word{"positive", MICROCHIM_POS},
        Word{"positivecontrol", MICROCHIM_POS},
    };
    for (const auto& known : words)
        if (known.written == word) return known.type;
    throw FormatError(table.where(row, column),
                      "there is no sample type " + quoted(table.cell(row, column)) +
                          " that we know; there are Unknown, Standard, Negative, Positive and Calibrator");
}

}  // namespace detail

inline void read_samples(const Table& table, Part& part) {
    const auto position = table.require({"General:Pos"}), sample = table.require({"General:Sample Name"});
    const auto filter = table.find({"General:Filt. Comb."}), target = table.find({"General:Target Name"});
    const auto type = table.find({"Abs Quant:Sample Type"});
    const auto combined = table.find({"Rel Quant:Combined Sample/Target type"});
    const auto quantity = table.find({"Abs Quant:Concentration"});
    const auto numbers = quantity ? lightcycler480::numbers(table, std::vector{*quantity}) : Numbers();
    std::vector<reader::RowName> names(table.size());
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto cell = [&](std::optional<std::size_t> c) {
            return c ? trimmed(table.cell(row, *c)) : std::string_view{};
        };
        const auto name = well(table, row, position);
        auto filters_here = filters(cell(filter));
        if (filters_here.empty()) filters_here.emplace_back(cell(filter));
        for (const auto& one : filters_here) {
            if (part.reactions.find(name, cell(target), one))
                throw FormatError(table.where(row, position), "well " + name + " stands twice with the same target");
            auto& reaction = part.reactions.at(name, cell(target), one);
            reaction.sample = cell(sample);
            for (const auto column : {type, combined})
                if (column && reaction.type == MICROCHIM_UNKN) reaction.type = detail::type(table, row, *column);
            if (quantity && reaction.type == MICROCHIM_STD)
                reaction.quantity = numbers.read(cell(quantity), table.where(row, *quantity)).value_or(not_stated);
        }
        names[row] = {name, std::string(cell(filter))};
    }
    reader::keep_unused(
        table, names, [&](std::size_t c) { return c == position || c == sample || c == filter || c == target; }, part);
}

}  // namespace microchim::lightcycler480
