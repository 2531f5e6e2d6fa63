#include <doctest/doctest.h>

#include "core/run/edit_distance.hpp"
#include "core/run/sha256.hpp"
#include "core/run/well.hpp"

using microchim::Well;

TEST_CASE("A1, a01 and A01 are one well") {
    REQUIRE(Well::parse("A1"));
    CHECK(Well::parse("A1") == Well::parse("a01"));
    CHECK(Well::parse("A01")->name() == "A01");
    CHECK(Well::parse("h12")->name() == "H12");
}

TEST_CASE("wells go to AF48, the last of a 1536-well plate") {
    CHECK(Well::parse("AF48")->name() == "AF48");
    CHECK(Well::parse("AA1")->row == 26);
    CHECK_FALSE(Well::parse("AG1"));
    CHECK_FALSE(Well::parse("A49"));
}

TEST_CASE("what is no well is not read as one") {
    for (const char* text :
         {"", "A", "1", "A0", "A00", "M001", "A1 ", " A1", "A-1", "A+1", "1A", "AAA1", "HW1", "A1.0", "Ä1"})
        CHECK_MESSAGE(!Well::parse(text), text);
}

TEST_CASE("wells sort as the plate is read: by row, then by column") {
    CHECK(*Well::parse("A12") < *Well::parse("B1"));
    CHECK(*Well::parse("A2") < *Well::parse("A10"));
    CHECK(*Well::parse("Z1") < *Well::parse("AA1"));
}

TEST_CASE("the fingerprint is SHA-256 as published (FIPS 180-2, 'abc')") {
    CHECK(microchim::sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("edit distance counts insertions, deletions and substitutions") {
    CHECK(microchim::edit_distance("quantfy", "quantify") == 1);
    CHECK(microchim::edit_distance("", "abc") == 3);
    CHECK(microchim::edit_distance("abc", "abc") == 0);
    CHECK(microchim::edit_distance("kitten", "sitting") == 3);
}
