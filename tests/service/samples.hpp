// The sample messages beside the repository. They are under other people's licences or large; where they are not there,
// a test says so and passes.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

namespace samples {

inline std::filesystem::path folder() {
    return std::filesystem::path(MICROCHIM_SOURCE_DIR) / "../shared/lims/samples";
}

inline bool there() {
    const bool found = std::filesystem::exists(folder() / "own/mllp_frames/manifest.json");
    if (!found) MESSAGE("SKIPPED: no sample messages in ../shared/lims/samples");
    return found;
}

inline std::string slurp(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    REQUIRE_MESSAGE(in, path.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string own(const std::string& name) {
    return slurp(folder() / "own/hl7v2" / name);
}

inline nlohmann::json manifest(const std::string& name) {
    return nlohmann::json::parse(slurp(folder() / name));
}

}  // namespace samples
