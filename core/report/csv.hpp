// Runs as one tidy table, for spreadsheets, R and pandas.
#pragma once

#include <string>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::report {

/// The file, folder or zip that a run was read from, without the path to it.
std::string origin(const Run& run);

/// What to call each run: its id, or else its plate, or else the file or folder it came from; numbered where two would
/// be called the same.
std::vector<std::string> run_names(const std::vector<Run>& runs);

/// One row per well and target, then the rows that pool wells; RFC 4180, UTF-8. Numbers read back to the same double,
/// what is not known is an empty cell. A text that a spreadsheet could take for a formula gets an apostrophe in front.
/// \param names of the runs
/// \param notes takes what has no place in the table
std::string csv(const std::vector<Run>& runs, const std::vector<std::string>& names, std::vector<Note>& notes);

}  // namespace microchim::report
