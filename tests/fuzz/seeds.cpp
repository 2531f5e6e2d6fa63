// seeds FIXTURES/ SEEDS/: writes each fixture in the form that driver.cpp takes.
#include <filesystem>
#include <fstream>

#include "core/read/bundle.hpp"
#include "core/read/check.hpp"

int main(int count, char** arguments) {
    if (count != 3) return 2;
    const std::filesystem::path seeds = arguments[2];
    std::filesystem::create_directories(seeds);
    for (const auto& fixture : microchim::read::fixtures_in(arguments[1])) {
        std::ofstream file(seeds / fixture.filename(), std::ios::binary);
        const auto bundle = microchim::read::Bundle::open(fixture);
        for (const auto& entry : bundle.entries)
            file << (&entry == &bundle.entries.front() ? "" : "\x1c") << entry.name << '\n' << entry.bytes;
    }
}
