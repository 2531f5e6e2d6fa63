// Lenient about headers, strict about cells.
#include <doctest/doctest.h>

#include "microchim/table.hpp"

using namespace microchim::reader;

namespace {

Table table(std::string text, char delimiter = ',', std::size_t skip = 0) {
    return Table("run.csv", std::move(text), delimiter, skip);
}

template <class Work>
std::string complaint(Work work) {
    try {
        work();
    } catch (const FormatError& e) {
        return e.where + ": " + e.what();
    }
    return "";
}

}  // namespace

TEST_CASE("case, blanks, brackets and punctuation of a column name do not count") {
    const auto t = table("Accepted Droplets,Conc(copies/\xC2\xB5L),Target [name],DyeName(s)\n1,2,3,4\n");
    CHECK(t.require({"AcceptedDroplets"}) == 0);
    CHECK(t.require({"accepted_droplets"}) == 0);
    CHECK(t.require({"Conc.copies.uL."}) == 1);
    CHECK(t.require({"target name"}) == 2);
    CHECK(t.require({"no such name", "dye names"}) == 3);
}

TEST_CASE("copies per litre never pass for copies per microlitre, however the micro sign survived") {
    for (const char* name : {"cp/\xC2\xB5L", "cp/\xCE\xBCL", "cp/\xEF\xBF\xBDL", "cp/uL", "cp/\xB5L"}) {
        CAPTURE(name);
        const auto t = table(std::string(name) + "\n1\n");
        CHECK(t.find({"Cp/uL"}) == 0);
        CHECK_FALSE(t.find({"cp/L"}));
    }
    CHECK_FALSE(table("cp/L\n1\n").find({"cp/uL"}));
}

TEST_CASE("signs and percent in a column name do count") {
    const auto t = table("Ch1+Ch2-,Ch1-Ch2+,Positive,Positive %\n1,2,3,4\n");
    CHECK(t.require({"Ch1+Ch2-"}) == 0);
    CHECK(t.require({"ch1-ch2+"}) == 1);
    CHECK(t.require({"positive"}) == 2);
    CHECK_FALSE(t.find({"Ch1Ch2"}));
}

TEST_CASE("two columns of one name matter only to who asks for them") {
    const auto t = table("Well,CI (95%),Target,CI(95%)\nA1,1,x,2\n");
    CHECK(t.require({"Target"}) == 2);
    CHECK(complaint([&] { t.find({"CI (95%)"}); }) == "run.csv:1: there are two columns 'CI (95%)'; expected one");
}

TEST_CASE("a missing column is named together with those that are there") {
    const auto t = table("sep=,\nWell,Sample\nA1,x\n", ',', 1);
    CHECK(complaint([&] {
              t.require({"Positives", "Positive"});
          }) == "run.csv:2: there is no column 'Positives' or 'Positive'; the columns are 'Well', 'Sample'");
}

TEST_CASE("a bad cell names file, line and column") {
    const auto t = table("Well,Positives\nA1,12\nA2,2l\nA3,1.5\nA4,99999999999999999999\n");
    CHECK(t.number<std::int64_t>(0, 1) == 12);
    CHECK(complaint([&] { t.number<std::int64_t>(1, 1); }) == "run.csv:3, column 'Positives': '2l' is not a number");
    CHECK(complaint([&] { t.number<std::int64_t>(2, 1); }) ==
          "run.csv:4, column 'Positives': '1.5' is not a whole number");
    CHECK(complaint([&] { t.number<std::int64_t>(3, 1); }) ==
          "run.csv:5, column 'Positives': '99999999999999999999' is beyond the range of numbers");
}

TEST_CASE("numbers are strict") {
    for (const char* bad : {"+1", "1,5", "1.5x", "0x10", "inf", "nan", "1e999", "--1", ".", "1 2", "No Call"}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(table(std::string("a;b\n1;") + bad + "\n", ';').number<double>(0, 1), FormatError);
    }
    const auto t = table("a,b,c,d,e\n -1.25\t,1e-3,,  ,.5\n");
    CHECK(t.number<double>(0, 0) == -1.25);
    CHECK(t.number<double>(0, 1) == 1e-3);
    CHECK_FALSE(t.number<double>(0, 2));
    CHECK_FALSE(t.number<double>(0, 3));
    CHECK(t.number<float>(0, 4) == 0.5F);
}

TEST_CASE("a count that a spreadsheet rewrote is taken when it is exactly whole") {
    const auto t = table("a,b,c,d\n18123.0,12.,12.50,1.8E+04\n");
    CHECK(t.number<std::int64_t>(0, 0) == 18123);
    CHECK(t.number<std::int64_t>(0, 1) == 12);
    CHECK_THROWS_AS(t.number<std::int64_t>(0, 2), FormatError);
    CHECK_THROWS_AS(t.number<std::int64_t>(0, 3), FormatError);  // digits are lost: 18000 or 17950?
}

TEST_CASE("quoted cells hold delimiters, quotes and line ends, and lines are counted on") {
    const auto t = table("Well,\"Merged, \"\"wells\"\"\"\r\nA1,\"B01\r\nC01\"\r\n\"A2\" ,\"\"\r\n");
    CHECK(t.header()[1] == "Merged, \"wells\"");
    CHECK(t.cell(0, 1) == "B01\r\nC01");
    CHECK(t.cell(1, 0) == "A2");
    CHECK(t.cell(1, 1) == "");
    CHECK(t.line(1) == 4);
    CHECK(complaint([] { table("a\n1\n\"x\n"); }) == "run.csv:3: the quote that opens here is never closed");
    CHECK(complaint([] { table("a\n\"x\"y\n"); }) == "run.csv:2: there is text after a closing quote");
}

TEST_CASE("line ends are LF, CR LF or CR, and blank lines do not count but are counted") {
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        const auto t = table("a,b" + end + end + "1,2" + end + "  " + end + ",," + end + "3,4");
        REQUIRE(t.size() == 2);
        CHECK(t.line(0) == 3);
        CHECK(t.line(1) == 6);
        CHECK(t.cell(1, 1) == "4");
    }
}

TEST_CASE("a row may lack cells or end in a delimiter, but not hold more than the header") {
    const auto t = table("a,b,c\n1\n1,2,3,\n");
    CHECK(t.cell(0, 2) == "");
    CHECK_FALSE(t.number<double>(0, 2));
    CHECK(t.cell(1, 2) == "3");
    CHECK(complaint([] { table("a,b\n1,2\n1,2,3\n"); }) ==
          "run.csv:3: there are 3 cells in this line, but only 2 columns");
    CHECK(complaint([] { table("a,b\n1,2,,\n"); }) == "run.csv:2: there are 4 cells in this line, but only 2 columns");
}

TEST_CASE("a table without a header is an error, one without rows is not") {
    CHECK(complaint([] { table(""); }) == "run.csv:1: expected a line with column names, found the end of the file");
    CHECK_THROWS_AS(table("one\ntwo\n", ',', 5), FormatError);
    CHECK(table("a,b\n").size() == 0);
}

TEST_CASE("a table can be moved, short as its text may be") {
    auto t = table("a\n7\n");
    const Table moved = std::move(t);
    CHECK(moved.number<int>(0, 0) == 7);
}

TEST_CASE("a long cell is shortened in messages, not inside a character") {
    const auto t = table("a\n" + std::string(39, 'x') + "\xC2\xB5" + std::string(100, 'y') + "\n");
    CHECK(complaint([&] { t.number<int>(0, 0); }) ==
          "run.csv:2, column 'a': '" + std::string(39, 'x') + "\xC2\xB5...' is not a number");
}

TEST_CASE("a count that may be thousands is no count") {
    const auto t = table("n\n20.000\n20.0\n0.000\n1234.000\n");
    CHECK(complaint([&] { t.number<int>(0, 0); }) ==
          "run.csv:2, column 'n': '20.000' may be thousands or decimals; expected a whole number");
    CHECK(t.number<int>(1, 0) == 20);
    CHECK(t.number<int>(2, 0) == 0);
    CHECK(t.number<int>(3, 0) == 1234);
    CHECK(t.number<double>(0, 0) == 20);
}
