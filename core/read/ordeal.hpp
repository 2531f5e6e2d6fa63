// What a reader must survive: its own fixture cut at every length and with bytes changed.
#pragma once

#include <string>

#include "core/read/bundle.hpp"
#include "core/read/plugin.hpp"

namespace microchim::read {

/// Facts of the run, or "error: " and the message. Throws only what no reader may cause.
std::string outcome(const Reader& reader, const Bundle& bundle);

/// Reads the bundle cut at every length of every file (of a drop beyond 4 kB at every n-th), and `flips` times with one
/// to three bytes changed (the same ones every time). Runs in a child process that cannot open files, so that a crash,
/// a hang of 20 s or an opened file is an answer. Returns what went wrong and with which change; empty: nothing, and
/// nothing was printed.
std::string ordeal(const Reader& reader, const Bundle& bundle, int flips);

}  // namespace microchim::read
