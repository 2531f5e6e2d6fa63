// How much one run may ask of this machine. The only place where such limits live.
#pragma once

#include <cstddef>
#include <cstdint>

namespace microchim::read {

struct Limits {
    std::uint64_t entry_bytes = std::uint64_t{1} << 30;        ///< of one file, unpacked
    std::uint64_t total_bytes = std::uint64_t{4} << 30;        ///< of all files of a run, unpacked
    std::size_t entries = 10'000;                              ///< files in a folder or archive
    std::uint64_t compression_ratio = 200;                     ///< unpacked : packed, of a whole archive
    std::uint64_t ratio_free_bytes = std::uint64_t{16} << 20;  ///< below this an archive may have any ratio
    std::size_t runs = 1'000;                                  ///< in one bundle
    int archive_depth = 2;                                     ///< an archive in an archive, and no more
    int depth = 6;                                             ///< folders within folders
    std::size_t partitions_per_react = 20'000'000;             ///< 2,000 wells' worth in one
};

}  // namespace microchim::read
