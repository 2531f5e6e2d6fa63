// The numbers of every well in binary form, for a page that draws them: partitions, thumbnails of them, and curves.
// One document of named parts: a line "microchim/planes/1", a line "<name> <bytes>" for each part, an empty line, and
// then the parts one after the other in the same order.
//     wells.json          which wells there are, and what the planes of each are, in their order
//     1/A01/droplets      of run 1, well A01
//     1/A01/histogram
//     1/A01/curves
// All but the first begin with 16 bytes, little-endian: "MCPL", version 1 (16 bits), channels (16 bits), n (32 bits)
// and scale (a 32 bit float), and go on with `channels` planes of `n` values. Where the scale is 0 a value is a 32 bit
// float; else an unsigned whole number of 16 bits, to be multiplied by the scale.
#pragma once

#include <string>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::report {

/// droplets: one plane a channel, in RFU; then for each channel of which the instrument software's calls are known a
/// plane of bytes: 0, 1, 2 = unclassified.
/// histogram: 64 x 64 counts, the lowest row first, at most 65,535; the first channel to the right and the second
/// upwards, or of a single channel the partitions in their order to the right. The axes are those of the whole run.
/// curves: one plane a curve, a value a cycle; NaN for a cycle that was not read.
std::string planes(const std::vector<Run>& runs);

}  // namespace microchim::report
