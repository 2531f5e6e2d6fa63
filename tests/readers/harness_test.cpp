// Every reader is held to the conformance harness on its own fixtures, and must not claim those of the others. A new
// reader is found by its folder; nothing has to be written here.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/read/check.hpp"

namespace fs = std::filesystem;
using namespace microchim;

namespace {

const fs::path plugins = fs::path(MICROCHIM_SOURCE_DIR) / "plugins";

/// Folders of plugins/ that hold a reader.
std::vector<fs::path> reader_folders() {
    std::vector<fs::path> folders;
    for (const auto& item : fs::directory_iterator(plugins))
        if (fs::exists(item.path() / "reader.cpp")) folders.push_back(item.path());
    std::sort(folders.begin(), folders.end());
    return folders;
}

fs::path library_of(const fs::path& folder) {
    const auto name = folder.filename().string() + ".so";
    const auto built = fs::path(MICROCHIM_BUILD_DIR) / "lib";
    return fs::exists(built / "template" / name) ? built / "template" / name : built / "microchim" / name;
}

}  // namespace

TEST_CASE("every reader keeps to the rules of the plugin boundary") {
    const auto folders = reader_folders();
    REQUIRE(folders.size() >= 2);
    const char* only = std::getenv("MICROCHIM_READER");  // all of them where it is not set
    for (const auto& folder : folders) {
        if (only && folder.filename() != only) continue;
        CAPTURE(folder);
        read::CheckSettings settings;
        // Sanitizers make each slow, and the fuzzer goes on from here; `microchim check-reader` does all of it.
        settings.hardship = {.flips = 500, .cut_bytes = std::size_t{2} << 20};
        for (const auto& other : folders)
            if (other != folder) settings.others.push_back(other / "fixtures");
        const auto report = read::check_reader(library_of(folder), folder / "fixtures", settings);
        for (const auto& check : report.checks) CHECK_MESSAGE(check.passed, check.what);
    }
}

TEST_CASE("fixtures stay small and say where they come from") {
    for (const auto& folder : reader_folders()) {
        CAPTURE(folder);
        CHECK(fs::exists(folder / "fixtures" / "SOURCES.md"));
        CHECK(fs::exists(folder / "README.md"));
        for (const auto& item : fs::recursive_directory_iterator(folder / "fixtures"))
            if (item.is_regular_file()) CHECK_MESSAGE(item.file_size() <= 15 * 1024, item.path());
    }
}
