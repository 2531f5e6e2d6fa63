// A run as RDML 1.3, the exchange format of PCR data (http://www.rdml.org): what R, RDML-Tools and rdmlpython open.
#pragma once

#include <string>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::report {

/// The bytes of an .rdml file: a zip with rdml_data.xml and, for every well with partition fluorescence, a table
/// partitions/<run>_<well>.tsv. The same run gives the same bytes.
/// \param notes takes what RDML has no place for and was therefore left out
/// Throws ConfigError where RDML demands what the run does not know: the plate's geometry, a partition volume.
std::string rdml(const Run& run, std::vector<Note>& notes);

}  // namespace microchim::report
