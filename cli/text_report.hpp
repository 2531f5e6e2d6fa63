// A result as a technician reads it: words and units.
#pragma once

#include <ostream>

#include "core/chimerism/result.hpp"

namespace microchim::cli {

/// "not detected, below 24 per million"
std::string in_words(const chimerism::DonorEstimate& estimate);

/// One line per sample and donor: fraction, interval, call, limits.
void print_table(std::ostream& out, const chimerism::Result& result);

/// Everything: the table, each sample's markers, limits and notes, inputs and fingerprints.
void print_report(std::ostream& out, const chimerism::Result& result);

/// The table as CSV, fractions as fractions, for spreadsheets.
void print_csv(std::ostream& out, const chimerism::Result& result);

}  // namespace microchim::cli
