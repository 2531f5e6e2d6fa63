// One run, gathered from the parts of its .eds; reported at the end.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "facts.hpp"
#include "filters.hpp"
#include "microchim/reactions.hpp"
#include "model.hpp"

namespace microchim::eds {

struct Run {
    Facts facts;
    Plate plate;
    Dyes dyes;
    Selection selection;
    std::vector<Exposure> exposures;
    reader::Reactions reactions;
    bool analysed = false;                                ///< the file has results
    std::vector<std::function<void(const Sink&)>> later;  ///< what may be told only when the run is open
};

/// The reactions as the plate was set up.
inline void set_up(Run& run) {
    for (const auto& [index, well] : run.plate.wells)
        for (const auto& assay : well.assays) {
            auto& reaction = run.reactions.at(run.plate.name(index, run.plate.file), assay.target);
            reaction.sample = well.sample;
            reaction.dye = assay.dye;
            reaction.type = assay.type;
            reaction.quantity = assay.quantity;
            reaction.excluded = well.omitted;
        }
}

/// "TAF-SRY" is a flag of the target SRY, "ROXLOW" one of the well.
inline void set_flags(Run& run) {
    for (const auto& [index, well] : run.plate.wells)
        for (const auto& assay : well.assays) {
            auto& status = run.reactions.at(run.plate.name(index, run.plate.file), assay.target).status;
            for (const auto& flag : well.flags) {
                const auto dash = flag.find('-');
                const bool mine = dash == flag.npos || flag.substr(dash + 1) == assay.target;
                const bool other = !mine && std::none_of(well.assays.begin(), well.assays.end(), [&](const Assay& one) {
                    return flag.substr(dash + 1) == one.target;
                });
                if (mine || other) status += (status.empty() ? "" : ", ") + (mine ? flag.substr(0, dash) : flag);
            }
        }
}

}  // namespace microchim::eds
