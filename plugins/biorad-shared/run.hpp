// What a run is put together of, while it is not yet known what belongs to it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "microchim/reader.hpp"

namespace microchim::biorad {

/// The number of accepted droplets of each well; several where targets may leave out different droplets.
using Accepted = std::map<std::string, std::set<std::int64_t>>;

/// Files that belong together by their names: the amplitude files of one run, or one file of cluster data.
struct Part {
    std::string name;  ///< of the run
    std::string kind;  ///< parts of different kinds are not of one run unless a table holds them together
    Accepted wells;
    std::vector<std::size_t> items;  ///< numbers of the reader's own: its amplitude files, its cluster data
    std::string folder;
};

/// One run: numbers of the reader's tables (the first is the one that counts), amplitude files and cluster data.
struct Group {
    std::string name, kind, folder;
    Accepted wells;
    std::vector<std::size_t> tables, amplitudes, clusters;
    std::set<std::string> droplets, described;  ///< wells that have an amplitude file, and cluster data
    std::string why;                            ///< it is a run of its own
};

/// Everything is compared with every run: a bound keeps that quick.
inline void require_few(std::size_t runs) {
    if (runs > 1000) throw reader::FormatError("", "there are files of more than 1000 runs; give fewer at a time");
}

}  // namespace microchim::biorad
