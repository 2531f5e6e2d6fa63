// Large tables: walked once, cells as views, every complaint with an address.
#include <doctest/doctest.h>

#include "microchim/raw_table.hpp"

using namespace microchim::reader;

namespace {

/// All rows, cells joined with '|'.
std::string rows(std::string_view bytes, char delimiter = ',', std::size_t above = 0) {
    const RawTable table("run.csv", bytes, delimiter, above);
    std::string all;
    for (Rows row(table); row.next(); all += '\n')
        for (std::size_t c = 0; c < table.columns.size(); ++c) all += (c > 0 ? "|" : "") + cell_text(row[c]);
    return all;
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

std::string utf16(std::string_view text, bool big_endian) {
    std::string out = big_endian ? "\xFE\xFF" : "\xFF\xFE";
    for (const char c : text) {
        if (big_endian) out += '\0';
        out += c;
        if (!big_endian) out += '\0';
    }
    return out;
}

}  // namespace

TEST_CASE("every encoding and line end gives the same rows") {
    const std::string expected = "1|2\n3|4\n";
    for (const std::string text :
         {"a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r", "a,b\r1,2\r3,4\n",
          "a,b\r\r\n1,2\r\r\n3,4\r\r\n", "a,b\n\n1,2\n,\n \n3,4\n\n", "\na,b,,\n1,2,,\n3,4,\n"}) {
        CAPTURE(text);
        CHECK(rows(text) == expected);
        CHECK(rows("\xEF\xBB\xBF" + text) == expected);
        CHECK(rows(utf16(text, false)) == expected);
        CHECK(rows(utf16(text, true)) == expected);
    }
}

TEST_CASE("lines above the header are skipped, and its address is the file's") {
    CHECK(rows("title;of;\nsecond\na;b\n1;2\n", ';', 2) == "1|2\n");
    const RawTable table("run.csv", "title\na,b\n1,2\n", ',', 1);
    CHECK(complaint([&] { table.head.require({"c"}); }) ==
          "run.csv:2: there is no column 'c'; the columns are 'a', 'b'");
    CHECK(complaint([] { RawTable("run.csv", "", ','); }).starts_with("run.csv:1: expected a line with column names"));
    CHECK(complaint([] { RawTable("run.csv", "a\n", ',', 9); }).starts_with("run.csv:"));
    CHECK(complaint([] { RawTable("run.csv", "\n,,\r\n\"\"\n", ','); }).starts_with("run.csv:"));
    CHECK(rows("a,b") == "");
    CHECK(rows("a,b\r") == "");
}

TEST_CASE("quoted cells hold delimiters and quotes, no line end") {
    CHECK(rows("a,b\n\"1,5\",\"say \"\"x\"\"\"\n \"2\" ,  3\n") == "1,5|say \"x\"\n2|3\n");
    CHECK(rows("a,b\n1,\xB5L\n") == "1|\xC2\xB5L\n");
    CHECK(complaint([] { rows("a,b\n1,2\n\"3,4\n5,6\n"); }) == "run.csv:3: the quote that opens here is never closed");
    CHECK(complaint([] { rows("a,b\n\"1\"2,3\n"); }) == "run.csv:2: there is text after a closing quote");
}

TEST_CASE("a line with too few or too many cells is refused") {
    CHECK(complaint([] { rows("a,b,c\n1,2,3\n4,5"); }) ==
          "run.csv:3: the line has 2 cells, not 3; the file may have been cut off, export it again");
    CHECK(complaint([] { rows("a,b\r1,2\r3,4,5\r"); }) == "run.csv:3: the line has more cells than there are columns");
}

TEST_CASE("values: a decimal comma only where it separates no cells, and nothing that is no number") {
    const auto with = [](char delimiter, const std::string& cell, auto work) {
        const auto bytes = std::string("a") + delimiter + "b\nx" + delimiter + '"' + cell + "\"\n";
        const RawTable table("run.csv", bytes, delimiter);
        Rows row(table);
        REQUIRE(row.next());
        return work(table, row[1]);
    };
    const auto number = [&](char delimiter, const std::string& cell) {
        return with(delimiter, cell, [](const RawTable& t, std::string_view c) { return t.number(c, 1); });
    };
    const auto value = [&](char delimiter, const std::string& cell) {
        return with(delimiter, cell, [](const RawTable& t, std::string_view c) { return t.value(c, 1); });
    };
    CHECK(number(',', " -12.5\t") == -12.5F);
    CHECK(number(',', "1e3") == 1000);
    CHECK(number(';', "1234,5") == 1234.5F);
    CHECK(number('\t', "-,5") == -.5F);
    CHECK(value(';', "1.5") == 1.5F);
    for (const auto* word : {"", "  ", "nan", "NaN", "NA", "N/A", "-"}) CHECK(!value(',', word));
    for (const auto* word : {"1,5", "3l", "1.2.3", "nan", "-", "inf", "1e99", "1 2"}) {
        CAPTURE(word);
        CHECK(complaint([&] { number(',', word); }) ==
              "run.csv:2, column 'b': '" + std::string(word) + "' is not a number");
    }
    for (const auto* word : {"1.234,5", "1,2,3", ","}) CHECK(complaint([&] { number(';', word); }) != "");
    CHECK(complaint([&] { number(',', " "); }) ==
          "run.csv:2, column 'b': this value is missing; the file may have been cut off, export it again");
}

TEST_CASE("a cell knows its address, and the last line whether it has an end") {
    const RawTable table("run.csv", "Well,FAM\r\nA1,7\r\n\r\nA2,3l", ',');
    Rows row(table);
    REQUIRE(row.next());
    CHECK(row.ended());
    REQUIRE(row.next());
    CHECK(!row.ended());
    CHECK(complaint([&] { table.number(row[1], 1); }) == "run.csv:4, column 'FAM': '3l' is not a number");
    CHECK(!row.next());
}

TEST_CASE("pieces hold every row once") {
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        std::string text = "n" + end, expected;
        for (int i = 0; i < 200; ++i) text += std::to_string(i) + end, expected += std::to_string(i) + "\n";
        const RawTable table("run.csv", text, ',');
        for (std::size_t size = 1; size < text.size() + 2; size += 7) {
            std::string all;
            for (const auto piece : table.pieces(size))
                for (Rows row(table, piece); row.next();) all += std::string(row[0]) + "\n";
            REQUIRE(all == expected);
        }
    }
}

TEST_CASE("cells of a line, for probes") {
    CHECK(cells_of("a, b ,\"c,d\",", ',') == std::vector<std::string>{"a", "b", "c,d", ""});
    CHECK(cells_of("", ',') == std::vector<std::string>{""});
    CHECK(cells_of("\"a,b", ',') == std::vector<std::string>{"\"a,b"});
}
