// What a child said of each well, kept and found again; and what a child may say that was taken over.
#include "service/jobs/planes.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/jobs/support.hpp"

using namespace microchim::jobs;
namespace fs = std::filesystem;

TEST_CASE("every part is found, and nothing else") {
    TemporaryFolder folder;
    const auto planes = folder.path / "planes";
    keep_planes(planes, "ab12",
                "microchim/planes/1\nwells.json 2\n1/A01/droplets 3\n1/A02/curves 0\n1/A03/x 1\n\n{}abcd");
    CHECK(planes_part(planes, "ab12", "wells.json") == "{}");
    CHECK(planes_part(planes, "ab12", "1/A01/droplets") == "abc");
    CHECK(planes_part(planes, "ab12", "1/A02/curves") == "");
    CHECK(planes_part(planes, "ab12", "1/A03/x") == "d");
    for (const char* name : {"", "wells", "1/A01", "1/A01/droplets ", "microchim/planes/1", "1/A01/droplets 3"})
        CHECK_MESSAGE(!planes_part(planes, "ab12", name), name);
    CHECK_FALSE(planes_part(planes, "cd34", "wells.json"));
    keep_planes(planes, "ab12", "microchim/planes/1\nwells.json 1\n\n[");
    CHECK(planes_part(planes, "ab12", "wells.json") == "[");
    CHECK(std::distance(fs::directory_iterator(planes), {}) == 1);
}

TEST_CASE("lengths that lie give nothing") {
    TemporaryFolder folder;
    for (const char* text :
         {"", "\n", "microchim/planes/2\nx 1\n\na", "microchim/planes/1\nx 1", "microchim/planes/1\nx 1\n",
          "microchim/planes/1\nx 2\n\na", "microchim/planes/1\nx -1\n\na", "microchim/planes/1\nx\n\na",
          "microchim/planes/1\nx 18446744073709551615\n\na", "microchim/planes/1\nx 99999999999999999999\n\na",
          "microchim/planes/1\ny 9\nx 9\n\na", "microchim/planes/1\nx 1 \n\na", "microchim/planes/1\n\nx 1\n\na"}) {
        keep_planes(folder.path, "ab", text);
        CHECK_MESSAGE(!planes_part(folder.path, "ab", "x"), text);
    }
}
