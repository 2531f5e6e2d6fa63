// The tables of partitions that go beside an RDML document: value and score of every target, one partition a line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/rdml_names.hpp"

namespace microchim::report {

struct Scores {
    std::int64_t positive = 0, negative = 0, undefined = 0;
};

/// How often each call stands in a channel; without calls all are undefined.
Scores score(const Channel& channel);

/// The table of a well; empty where there is no fluorescence.
std::string partition_table(const std::vector<Measured>& well);

/// "plate_1_A01.tsv": the run's name in characters that every file system takes.
std::string table_name(std::string_view run, const std::string& well);

}  // namespace microchim::report
