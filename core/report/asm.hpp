// A run in the Allotrope Simple Model (ASM), the JSON that LIMS and data lakes of laboratories take:
// http://purl.allotrope.org, schema adm/pcr/BENCHLING/2023/09/dpcr of a digital run, adm/pcr/REC/2024/09/qpcr of a
// real-time run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::report {

/// "2026-11-22T08:12:00+01:00" of a date and time with its zone, as RFC 3339 and ISO 8601 allow them ("2026-11-22
/// 08:12Z",
/// "+0100"); nothing where one of the three is missing or impossible.
std::optional<std::string> date_time(std::string_view text);

/// What the user says where the file does not.
struct Stated {
    std::string measured;  ///< date_time() of the measurement
    int wells = 0;         ///< of the plate
    double volume_ul = 0;  ///< of a reaction, for real-time runs; 0: not said
};

/// One document, pretty-printed. The same run gives the same bytes: every identifier is `name`/well/target.
/// \param name of the run
/// \param stated goes before what the file says, with a note where they differ
/// \param notes takes what the model has no place for and was therefore left out
/// Throws ConfigError where the model demands what is not known: the time with its zone; of a digital run the plate's
/// geometry and a concentration of at least one target; of a real-time run the volume of a reaction.
std::string allotrope(const Run& run, const std::string& name, const Stated& stated, std::vector<Note>& notes);

}  // namespace microchim::report
