// What belongs to a drawn plate: the case and the panel that a laboratory would have written, and the truth.
#pragma once

#include <string>

#include "core/simulate/draw.hpp"

namespace microchim::simulate {

/// Schema "microchim/case/1". No-template controls are no samples of a case and are left out.
std::string case_toml(const Plan& plan);

/// Schema "microchim/panel/1".
std::string panel_toml(const Plan& plan);

/// One line per sample and donor: sample,role,donor,fraction,donor_copies,false_positives,genomes,partitions,wells.
/// `fraction` is the parameter that was drawn from; the others are what really came into the accepted partitions, all
/// markers together. Role "ntc" has no donor and no fraction.
std::string truth_csv(const DrawnPlate& plate);

/// Schema "microchim/truth/1": the same and more, by sample, donor and marker.
std::string truth_json(const DrawnPlate& plate);

}  // namespace microchim::simulate
