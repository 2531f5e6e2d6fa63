// What encodings come down to.
#include <doctest/doctest.h>

#include "microchim/reader.hpp"

using namespace microchim::reader;
using namespace std::string_literals;

TEST_CASE("text becomes UTF-8, whatever it was") {
    CHECK(utf8("plain") == "plain");
    CHECK(utf8("") == "");
    CHECK(utf8("\xEF\xBB\xBF"
               "Well") == "Well");
    CHECK(utf8("cp/\xC2\xB5L") == "cp/\xC2\xB5L");
    CHECK(utf8("cp/\xB5L") == "cp/\xC2\xB5L");
    CHECK(utf8("\x80 5") == "\xE2\x82\xAC 5");  // Windows-1252 has the euro there, Latin-1 has nothing
    CHECK(utf8("\xFF\xFE"
               "A\0\xB5\0"s) == "A\xC2\xB5");
    CHECK(utf8("\xFE\xFF"
               "\0A\0\xB5"s) == "A\xC2\xB5");
}

TEST_CASE("UTF-16 pairs are joined and broken ones replaced") {
    CHECK(utf8("\xFF\xFE\x3D\xD8\x00\xDE"s) == "\xF0\x9F\x98\x80");
    CHECK(utf8("\xFF\xFE\x3D\xD8"s) == "\xEF\xBF\xBD");
    CHECK(utf8("\xFF\xFE"
               "A"s) == "");  // half a character at the end
}

TEST_CASE("what only looks like UTF-8 is taken as Windows-1252") {
    CHECK(utf8("\xC0\xAF") == "\xC3\x80\xC2\xAF");            // overlong
    CHECK(utf8("\xED\xA0\x80").size() > 3);                   // a lone surrogate
    CHECK(utf8("\xF5\x80\x80\x80").starts_with("\xC3\xB5"));  // beyond Unicode
    CHECK(detail::valid_utf8(utf8("abcdefgh\xC3\x28\xA0\xFF")));
}

TEST_CASE("a probe can tell text from other bytes") {
    CHECK(is_text("Well,Sample\r\nA01,x\tq\n"));
    CHECK(is_text("caf\xE9"));
    CHECK(
        is_text("\xFF\xFE"
                "A\0"s));
    CHECK_FALSE(is_text("\x89PNG\r\n\x1A\n"));
    CHECK_FALSE(is_text("a\0b"s));
}
