// What a comma means is decided for a file, never for a cell.
#include "microchim/numbers.hpp"

#include <doctest/doctest.h>

using namespace microchim::reader;

namespace {

Numbers learned(std::initializer_list<std::string_view> cells) {
    Numbers numbers;
    for (const auto cell : cells) numbers.learn(cell);
    return numbers;
}

}  // namespace

TEST_CASE("decimal points, decimal commas and thousands") {
    CHECK(learned({"5720.562"}).parse("5720.562") == 5720.562);
    CHECK(learned({"19,7085"}).parse("19,7085") == 19.7085);
    CHECK(learned({"19,7085"}).parse("-43,5297286726718") == -43.5297286726718);
    CHECK(learned({",04"}).parse(",04") == 0.04);
    CHECK(learned({"8,940e+003"}).parse("8,940e+003") == 8940.0);
    CHECK(learned({"5,720.562"}).parse("100,000,000.000") == 1e8);
    CHECK(learned({"5,720.562"}).parse("5,720") == 5720.0);
    CHECK(learned({"5.720,5"}).parse("5.720") == 5720.0);
    CHECK(learned({}).parse("3.00e+004") == 3e4);
    CHECK(learned({}).parse("1.01E5") == 1.01e5);
    CHECK(learned({}).parse("+1.5") == 1.5);
}

TEST_CASE("a comma that could be both waits for another cell") {
    CHECK_FALSE(learned({}).parse("1,250"));
    CHECK(learned({"1,25"}).parse("1,250") == 1.25);
    CHECK(learned({"1,250.5"}).parse("1,250") == 1250.0);
    CHECK(learned({"0.5"}).parse("1,250") == 1250.0);
    CHECK(learned({}).parse("0,250") == std::nullopt);  // nobody said that commas are decimal
    CHECK(learned({"0,250"}).parse("0,250") == 0.25);
    CHECK_THROWS_WITH_AS(learned({}).read("1,250", "x"), "'1,250' may be thousands or decimals", FormatError);
}

TEST_CASE("what is no number") {
    CHECK_FALSE(learned({}).parse("Undetermined"));
    CHECK_FALSE(learned({}).parse("e5"));
    CHECK_FALSE(learned({"1.5"}).parse("12,50"));
    CHECK_FALSE(learned({"1.5"}).parse("1.2.3"));
    CHECK_FALSE(learned({"1.5"}).parse("1e999"));
    CHECK_FALSE(learned({"1,5"}).parse("1,5,5"));
    CHECK(learned({}).read("  ", "x") == std::nullopt);
    CHECK_THROWS_WITH_AS(learned({}).read("12x", "x"), "'12x' is not a number", FormatError);
}

TEST_CASE("words for no Cq") {
    for (const auto* word : {"", " ", "Undetermined", "UNDETERMINED", "No Ct", "NaN", "n. def.", "N/A", "ND", "-"})
        CHECK(says_no_cq(word));
    for (const auto* word : {"0", "40", "999", "-1", "33.2", "Amp"}) CHECK_FALSE(says_no_cq(word));
}
