// Runs as readers leave them, for the tests of this folder.
#pragma once

#include <filesystem>
#include <string>

#include "core/run/run.hpp"

namespace microchim::instruments {

/// The profiles of the source tree, whatever is installed on this machine.
inline std::filesystem::path source_profiles() {
    return std::filesystem::path(MICROCHIM_SOURCE_DIR) / "instruments";
}

/// One well counted, one well with partitions, one aggregate; no volume anywhere.
inline Run run_of(const std::string& reader, const std::string& dialect, const std::string& instrument = {}) {
    Run run;
    run.instrument = instrument;
    run.provenance.reader_id = reader;
    run.attributes.push_back({"", "dialect", dialect});
    React counted;
    counted.counts.push_back({});
    React raw;
    raw.partitions = Partitions{};
    run.reacts = {counted, raw};
    run.aggregates.push_back({});
    return run;
}

}  // namespace microchim::instruments
