// A sample sheet: what the laboratory says about wells and samples beside the run (a CSV with a header).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace microchim::chimerism {

/// One line. Empty: not stated. A line with a well speaks of that well, else of every well of the sample.
struct SheetRow {
    std::string well;  ///< "A01"
    std::string sample, role, case_id, collected, specimen;
    std::optional<double> dna_ng, dilution;
};

/// Columns `well,sample,role,case,collected,specimen,dna_ng,dilution`, any subset; `well` or `sample` is required.
/// \throws ConfigError with file, line and column
std::vector<SheetRow> parse_sheet(std::string_view csv, const std::string& name);

}  // namespace microchim::chimerism
