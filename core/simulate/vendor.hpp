// QuantaSoft's own arithmetic, as its exports prove it: for the columns that we print and never use ourselves.
#pragma once

#include <cstdint>
#include <string>

namespace microchim::simulate {

/// A value with the 95 % and the 68 % limits that QuantaSoft prints.
struct Printed {
    double value = 0, low = 0, high = 0, low68 = 0, high68 = 0;
};

/// Copies per microlitre from `positive` of `accepted` (above 0) partitions of `volume_nl`: normal limits of the share
/// of positives where both sides count 100 or more, else the highest-density interval of a Poisson count with flat
/// prior. All positive: 1000000, as QuantaSoft does.
Printed quantasoft_concentration(std::int64_t positive, std::int64_t accepted, double volume_nl);

/// First concentration over second, relative half-widths added in quadrature. Both must be above 0.
Printed quantasoft_ratio(const Printed& first, const Printed& second);

/// First of both, in percent. Both must be above 0.
Printed quantasoft_abundance(const Printed& first, const Printed& second);

/// `figures` significant figures: "186", "0.135"; one more from 1000 on ("1673"). At most `most_decimals` places, never
/// an exponent, no zeros at the end of a decimal fraction.
std::string quantasoft_number(double value, int figures = 3, int most_decimals = 8);

}  // namespace microchim::simulate
