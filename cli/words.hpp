// Numbers as people read them: a few significant figures, a unit, no raw floats.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace microchim::cli {

/// "30.1 %", "0.12 %", "0.0012 %": three significant figures, never an exponent; 0 is "0 %".
std::string percent(double fraction);

/// "301,000", "123", "1.2": donor cells per million.
std::string per_million(double fraction);

/// Three significant figures, thousands set apart: "51,200", "0.779".
std::string figures(double value, int significant = 3);

/// "18,123"
std::string count(std::int64_t value);

/// "p < 0.0001", "p = 0.032"
std::string p_value(double p);

}  // namespace microchim::cli
