// The words for what a well is to a target.
#pragma once

#include <array>

#include "rows.hpp"

namespace microchim::thermo {

/// MICROCHIM_UNKN ... of a task; a blank one is not stated, which is an unknown sample to the program too. An internal
/// positive control is one; blocked, nothing is to amplify. A target that others are normalised by is measured in
/// samples like any other. The controls of a genotyping (of one allele, of both) are positive.
inline std::optional<std::int32_t> task_type(std::string_view task) {
    struct Word {
        const char* written;
        std::int32_t type;
    };
    static constexpr std::array words{
        Word{"", MICROCHIM_UNKN},
        Word{"unknown", MICROCHIM_UNKN},
        Word{"unkn", MICROCHIM_UNKN},
        Word{"target", MICROCHIM_UNKN},
        Word{"endogenouscontrol", MICROCHIM_UNKN},
        Word{"endocontrol", MICROCHIM_UNKN},
        Word{"endoctrl", MICROCHIM_UNKN},
        Word{"endo", MICROCHIM_UNKN},
        Word{"reference", MICROCHIM_UNKN},
        Word{"targ", MICROCHIM_UNKN},
        Word{"unk", MICROCHIM_UNKN},
        Word{"standard", MICROCHIM_STD},
        Word{"stnd", MICROCHIM_STD},
        Word{"std", MICROCHIM_STD},
        Word{"ntc", MICROCHIM_NTC},
        Word{"notemplatecontrol", MICROCHIM_NTC},
        Word{"negativecontrol", MICROCHIM_NTC},
        Word{"negative", MICROCHIM_NTC},
        Word{"ipc", MICROCHIM_POS},
        Word{"ipc+", MICROCHIM_POS},
        Word{"positivecontrol", MICROCHIM_POS},
        Word{"positive", MICROCHIM_POS},
        Word{"pc", MICROCHIM_POS},
        Word{"pcallele1", MICROCHIM_POS},
        Word{"pcallele2", MICROCHIM_POS},
        Word{"pcalleleboth", MICROCHIM_POS},
        Word{"blockedipc", MICROCHIM_NAC},
        Word{"ipc-", MICROCHIM_NAC},
        Word{"nac", MICROCHIM_NAC},
        Word{"nrt", MICROCHIM_NRT},
    };
    const auto name = canonical(task);
    for (const auto& word : words)
        if (name == word.written) return word.type;
    return std::nullopt;
}

/// \throws FormatError for a word that is not known.
inline std::int32_t task_type(const Rows& rows, std::size_t row, Column column) {
    if (const auto type = task_type(rows.cell(row, column))) return *type;
    throw FormatError(rows.where(row, *column), "there is no task " + reader::detail::quoted(rows.cell(row, column)) +
                                                    " that is known here, as UNKNOWN, STANDARD, NTC, IPC or Endogenous "
                                                    "Control");
}

}  // namespace microchim::thermo
