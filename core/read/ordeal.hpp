// What a reader must survive: its own fixture cut at every length and with bytes changed.
#pragma once

#include <cstddef>
#include <string>

#include "core/read/bundle.hpp"
#include "core/read/plugin.hpp"

namespace microchim::read {

/// How much of it.
struct Hardship {
    int flips = 5000;                               ///< times that one to three bytes are changed
    std::size_t cut_bytes = std::size_t{16} << 20;  ///< a drop is cut at every length unless that gives more to read
};

/// Facts of the run, or "error: " and the message. Throws only what no reader may cause.
std::string outcome(const Reader& reader, const Bundle& bundle);

/// Reads the bundle cut at every length of every file (of a drop beyond 4 kB at every n-th), and with bytes changed
/// (the same ones every time). Runs in a child process that cannot open files, so that a crash,
/// a hang of 20 s or an opened file is an answer. Returns what went wrong and with which change; empty: nothing, and
/// nothing was printed.
std::string ordeal(const Reader& reader, const Bundle& bundle, const Hardship& hardship = {});

}  // namespace microchim::read
