// Messages in their parts, delimiters, escapes and character sets.
#include "service/lims/hl7.hpp"

#include <doctest/doctest.h>

#include <random>

#include "service/lims/charset.hpp"
#include "tests/service/rejoin.hpp"

using namespace microchim::lims;
using namespace std::string_literals;

namespace {
const Delimiters usual;
const std::string head = "MSH|^~\\&|A|B|C|D|20260723||OML^O21^OML_O21|ID-1|P|2.5.1\r";
}  // namespace

TEST_CASE("fields, repetitions, components and subcomponents count from 1; MSH-1 is the separator") {
    const auto parsed = parse(head + "PID|1||a^b&c&d~e^f|\rOBX\rOBX|2\r");
    REQUIRE_FALSE(parsed.fault);
    const auto& m = parsed.message;
    REQUIRE(m.size() == 4);
    CHECK(m[0].field(1) == "|");
    CHECK(m[0].field(2) == "^~\\&");
    CHECK(m[0].value(2) == "^~\\&");
    CHECK(m[0].field(3) == "A");
    CHECK(m[0].raw(9, 2) == "O21");
    CHECK(m[0].fields() == 12);
    CHECK(m[1].field(3) == "a^b&c&d~e^f");
    CHECK(m[1].repetitions(3) == 2);
    CHECK(m[1].raw(3, 2) == "b&c&d");
    CHECK(m[1].raw(3, 2, 1, 3) == "d");
    CHECK(m[1].raw(3, 2, 2) == "f");
    CHECK(m[1].raw(3, 9, 9, 9) == "");
    CHECK(m[1].fields() == 4);
    CHECK(m[1].field(4) == "");
    CHECK(m[1].field(5) == "");
    CHECK(m[2].fields() == 0);
    CHECK(m[3].sequence() == 2);
    CHECK(m.count("OBX") == 2);
    CHECK_FALSE(m.first("SPM"));
}

TEST_CASE("the bytes stay as they came: mark, line ends, blank lines, no end") {
    for (const std::string& text :
         {head, "\r\n" + head + "\r\r\nPID|1", "\xef\xbb\xbf" + head + "PID|\n\nOBX|\r\n",
          std::string("MSH$%~\\&$A$x%y$C\rPID$1$\"\"$\\S\\~&\r"), std::string("BHS|^~\\&|\rMSH|^~\\&|\r")}) {
        const auto parsed = parse(text);
        CHECK_FALSE(parsed.fault);
        CHECK(parsed.message.bytes() == text);
        CHECK(rejoin(parsed.message) == text);
    }
    CHECK(parse(head + "PID|1\n").lf_line_ends);
    CHECK_FALSE(parse(head).lf_line_ends);
    CHECK(parse("\xef\xbb\xbf" + head).byte_order_mark);
}

TEST_CASE("delimiters come from the message, four or five, all different") {
    CHECK(delimiters_of("MSH|^~\\&|") == usual);
    CHECK(delimiters_of("MSH$%~\\&$") == Delimiters{'$', '%', '~', '\\', '&', '\0'});
    CHECK(delimiters_of("MSH|^~\\&#|")->truncation == '#');
    CHECK(to_string(*delimiters_of("MSH|^~\\&#|")) == "|^~\\&#");
    for (const char* bad :
         {"MSH", "MSH|^~\\|", "MSH|^~\\&#!|", "MSH|^^\\&|", "MSH|^~\\||", "MSHA^~\\&A", "MSH|^~\\\r|", "MSH |~\\& "})
        CHECK_FALSE(delimiters_of(bad));
}

TEST_CASE("what is not HL7 is told with its place and without its text") {
    const auto fault = [](const std::string& text) { return *parse(text).fault; };
    CHECK(fault("this is not hl7").text == "The message does not begin with MSH.");
    CHECK(fault("").code == ErrorCode::segment_sequence);
    CHECK(fault("MSH|^|A").at == Location{"MSH", 1, 2});
    const auto broken = fault(head + "PID|1\rSmith^John\r");
    CHECK(broken.at == Location{"PID", 1});
    CHECK(broken.text == "What follows this segment is not a segment.");
    CHECK(broken.reject);
    CHECK(fault(head + "PIDX1\r").code == ErrorCode::segment_sequence);
}

TEST_CASE("limits are told by name and place") {
    ParseLimits limits{4, 5, 3, 1, 10, 20};
    const std::string small = "MSH|^~\\&|A\r";
    const auto fault = [&](const std::string& rest) { return parse(small + rest, limits).fault; };
    CHECK_FALSE(fault("PID|1|2|3|4|5\r"));
    CHECK(fault("PID|1|2|3|4|5|6\r")->text == "Too many fields.");
    CHECK(fault("PID|1\rPID|2\rPID|3\rPID|4\r")->text == "Too many segments.");
    CHECK(fault("OBX|1\rOBX|2\r")->text == "Too many OBX segments.");
    CHECK_FALSE(fault("PID|a~b~c\r"));
    CHECK(fault("PID|a~b~c~d\r")->text == "Too many repetitions.");
    CHECK(fault("PID||12345678901\r")->at == Location{"PID", 1, 2});
    CHECK_FALSE(fault("OBX||ED|||12345678901234567890\r"));
    CHECK(fault("OBX||ED|||123456789012345678901\r")->text == "The field is too long.");
    CHECK(fault("OBX||ST|||12345678901\r")->text == "The field is too long.");
}

TEST_CASE("a byte is found again as segment and field") {
    const auto m = parse(head + "PID|1||x\rPID|2\r").message;
    CHECK(m.locate(0) == Location{"MSH", 1});
    CHECK(m.locate(m.bytes().find("ID-1")) == Location{"MSH", 1, 10});
    CHECK(m.locate(m.bytes().find("x\r")) == Location{"PID", 1, 3});
    CHECK(m.locate(m.bytes().find("2\r", head.size())) == Location{"PID", 2, 1});
    CHECK(m.locate(99999) == Location{});
}

TEST_CASE("escapes out") {
    CHECK(escape("a|b^c~d\\e&f", usual) == "a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f");
    CHECK(escape("\0\x1c\r\n"s, usual) == "\\X00\\\\X1C\\\\X0D\\\\X0A\\");
    CHECK(escape_formatted("a\r\nb\nc\rd|", usual) == "a\\.br\\b\\.br\\c\\.br\\d\\F\\");
    CHECK(escape("a#b", usual) == "a#b");
    CHECK(escape("a#b", *delimiters_of("MSH|^~\\&#|")) == "a\\P\\b");
    CHECK(escape("100 % |", *delimiters_of("MSH$%~\\&$")) == "100 \\S\\ |");
}

TEST_CASE("escapes in: known ones once, unknown ones as they are") {
    CHECK(unescape("\\F\\\\S\\\\T\\\\R\\\\E\\", usual) == "|^&~\\");
    CHECK(unescape("a\\.br\\b\\H\\c\\N\\d\\X414243\\\\X0d\\", usual) == "a\nbcdABC\r");
    CHECK(unescape("\\E\\F\\E\\", usual) == "\\F\\");
    CHECK(unescape("\\Q\\ \\.sp+2\\ \\X4\\ \\XZZ\\ \\X\\ \\\\", usual) == "\\Q\\ \\.sp+2\\ \\X4\\ \\XZZ\\ \\X\\ \\\\");
    CHECK(unescape("C:\\a\\S\\b", usual) == "C:\\a^b");
    CHECK(unescape("end\\", usual) == "end\\");
    CHECK(unescape("\\P\\", usual) == "#");
}

TEST_CASE("escaped text holds no delimiter and comes back as it was") {
    std::mt19937 random(2);
    const std::string alphabet = "|^~\\&#$%AXFE.br0\0\r\n\x0b\x1c\xc3\xb6 "s;
    for (int round = 0; round < 5000; ++round) {
        std::string text(random() % 16, ' ');
        for (auto& c : text) c = alphabet[random() % alphabet.size()];
        for (const char* msh : {"MSH|^~\\&|", "MSH|^~\\&#|", "MSH$%~\\&$"}) {
            const auto d = *delimiters_of(msh);
            const auto escaped = escape(text, d);
            CHECK(unescape(escaped, d) == text);
            CHECK(escaped.find_first_of(std::string{d.field, d.component, d.repetition, d.subcomponent, '\r', '\x0b',
                                                    '\x1c'}) == std::string::npos);
        }
    }
}

TEST_CASE("character sets: names, both ways, and nothing instead of a '?'") {
    CHECK(charset_of("UNICODE UTF-8") == Charset::utf8);
    CHECK(charset_of(" utf-8 ") == Charset::utf8);
    CHECK(charset_of("8859/15") == Charset::latin9);
    CHECK_FALSE(charset_of("ISO IR87"));
    CHECK_FALSE(charset_of(""));
    const std::string name = "\xc3\x96zt\xc3\xbcrk";  // O and u with two dots
    CHECK(from_utf8(name, Charset::latin1) == "\xd6zt\xfcrk");
    CHECK(to_utf8("\xd6zt\xfcrk", Charset::latin1) == name);
    CHECK(from_utf8("\xc4\x9f\xc4\xb0", Charset::latin5) == "\xf0\xdd");  // g with breve, I with dot
    CHECK(to_utf8("\xf0\xdd", Charset::latin5) == "\xc4\x9f\xc4\xb0");
    CHECK(from_utf8("\xe2\x82\xac", Charset::latin9) == "\xa4");  // euro
    CHECK(to_utf8("\xa4", Charset::latin9) == "\xe2\x82\xac");
    CHECK_FALSE(from_utf8("\xc4\x9f", Charset::latin1));
    CHECK_FALSE(from_utf8("\xc3\xb0", Charset::latin5));  // eth: its place is taken
    CHECK_FALSE(from_utf8(name, Charset::ascii));
    CHECK_FALSE(to_utf8("\xd6", Charset::ascii));
    CHECK_FALSE(to_utf8("\xd6", Charset::utf8));
    CHECK_FALSE(from_utf8("\xd6", Charset::utf8));
}

TEST_CASE("UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF") {
    for (const char* good :
         {"", "abc", "\xc2\x80", "\xed\x9f\xbf", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK_FALSE(first_invalid_utf8(good));
    for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe2\x82", "\xf0\x9f\x98"})
        CHECK(first_invalid_utf8(bad) == 0);
    for (std::size_t before = 0; before < 20; ++before)
        CHECK(first_invalid_utf8(std::string(before, 'a') + "\xc3\xb6\xff" + std::string(before, 'b')) == before + 2);
}
