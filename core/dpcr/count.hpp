// Counts for wells of which the file gives partitions but no table.
#pragma once

#include "core/run/run.hpp"

namespace microchim::dpcr {

/// Adds TargetCounts to every well that has partitions with the instrument software's own calls and no counts.
/// A channel without a target is called by the channel: "Ch1".
void count_called(Run& run);

/// The same for the wells that have partitions, neither calls nor counts: classified by us. Notes it.
void count_uncalled(Run& run);

/// What a channel is called where the file names no target: the first word of its name ("Ch1 Amplitude": "Ch1").
std::string channel_target(const Channel& channel);

}  // namespace microchim::dpcr
