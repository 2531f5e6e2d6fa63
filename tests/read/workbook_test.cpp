// A workbook is text to a reader: one table a sheet.
#include <doctest/doctest.h>

#include "tests/read/support.hpp"

using namespace microchim;
using namespace microchim::test;
using read::Bundle;

namespace {

const std::string types = "<Types/>";
const std::string relations =
    "<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/>"
    "<Relationship Id='r2' Target='/xl/worksheets/sheet2.xml'/></Relationships>";
const std::string book =
    "<workbook><sheets><sheet name='Data' r:id='r1'/><sheet name='a/b' r:id='r2'/></sheets></workbook>";
const std::string strings =
    "<sst><si><t>Well</t></si><si><r><t>Conc(copies/</t></r><r><t>\xC2\xB5L)</t></r><rPh><t>no</t></rPh></si>"
    "<si><t xml:space='preserve'>a, \"b\"</t></si></sst>";

std::string sheet(const std::string& rows) {
    return "<worksheet><sheetData>" + rows + "</sheetData></worksheet>";
}

Files workbook(const std::string& rows, const std::string& second = sheet("<row/>")) {
    return {{"[Content_Types].xml", types},
            {"xl/workbook.xml", book},
            {"xl/_rels/workbook.xml.rels", relations},
            {"xl/sharedStrings.xml", strings},
            {"xl/worksheets/sheet1.xml", sheet(rows)},
            {"xl/worksheets/sheet2.xml", second}};
}

std::string csv(const Files& files) {
    const Scratch scratch;
    const auto bundle = Bundle::open(scratch.zip("run.xlsx", files));
    REQUIRE(!bundle.entries.empty());
    CHECK(bundle.entries[0].name == "run.xlsx/Data.csv");
    CHECK(bundle.archives.size() == 1);
    return std::string(bundle.entries[0].bytes);
}

std::string damaged(const Files& files) {
    const Scratch scratch;
    const auto path = scratch.zip("run.xlsx", files);
    auto said = complaint([&] { Bundle::open(path); });
    CHECK(said.find("run.xlsx' is a damaged workbook: ") != said.npos);
    return said.substr(said.find(": ") + 2);
}

}  // namespace

TEST_CASE("rows keep their numbers, cells their columns, texts what they hold") {
    CHECK(
        csv(workbook(
            "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"
            "<row r='3'><c r='B3'><v>0.85000000000000009</v></c><c r='D3' t='b'><v>1</v></c></row>"
            "<row r='4'><c t='s'><v>2</v></c><c t='inlineStr'><is><t>in</t></is></c><c t='str'><v>f</v></c></row>")) ==
        "Well,Conc(copies/\xC2\xB5L)\n\n,0.85000000000000009,,TRUE\n\"a, \"\"b\"\"\",in,f\n");
}

TEST_CASE("sheets are entries of their own, empty ones are none, and no name leads anywhere") {
    const Scratch scratch;
    const auto path =
        scratch.zip("run.xlsx", workbook("<row><c><v>1</v></c></row>", sheet("<row><c><v>2</v></c></row>")));
    const auto bundle = Bundle::open(path);
    REQUIRE(bundle.entries.size() == 2);
    CHECK(bundle.entries[1].name == "run.xlsx/a_b.csv");
    CHECK(bundle.entries[1].bytes == "2\n");
}

TEST_CASE("parts in other spellings are found, as some instrument programs write them") {
    auto files = workbook("<row><c><v>1</v></c></row>");
    files[0].first = "[content_types].xml";
    files[1].first = "xl\\Workbook.xml";
    files[4].first = "xl\\worksheets\\Sheet1.xml";
    CHECK(csv(files) == "1\n");
}

TEST_CASE("a damaged workbook is refused in a sentence") {
    auto files = workbook("<row><c><v>1</v></c></row>");
    files[4].second = "<worksheet><sheetData><row>";
    CHECK(damaged(files).starts_with("'xl/worksheets/sheet1.xml' is damaged"));
    files.erase(files.begin() + 2);
    CHECK(damaged(files) == "'xl/_rels/workbook.xml.rels' is missing.");
    CHECK(damaged(workbook("<row><c t='s'><v>7</v></c></row>")) == "a text is missing from it.");
    CHECK(damaged(workbook("<row r='2'/><row r='1'/>")) == "its rows are out of order.");
    CHECK(damaged(workbook("<row><c r='B1'/><c r='A1'/></row>")) == "its cells are out of order.");
}

TEST_CASE("a small workbook that claims a huge table is refused") {
    std::string rows;
    for (int i = 0; i < 4000; ++i) rows += "<row><c r='XFD" + std::to_string(i + 1) + "'><v>1</v></c></row>";
    CHECK(damaged(workbook(rows)) == "it unpacks to more than is allowed.");
}

TEST_CASE("characters that XML cannot hold are what they stand for") {
    CHECK(csv(workbook("<row><c t='str'><v>a_x0041_b_x005F_x0041_</v></c><c t='inlineStr'><is><t>_x_x00_</t></is></c>"
                       "<c t='str'><v>_xB5B5_x</v></c></row>")) == "aAb_x0041_,_x_x00_,_xB5B5_x\n");
}

TEST_CASE("a hidden sheet is read and told, and no name can write on a terminal") {
    auto files = workbook("<row><c><v>1</v></c></row>", sheet("<row><c><v>2</v></c></row>"));
    files[1].second =
        "<workbook><sheets><sheet name='Data' d3:id='r1'/>"
        "<sheet name='a&#27;b' sheetId='2' state='veryHidden' r:id='r2'/></sheets></workbook>";
    const Scratch scratch;
    const auto bundle = Bundle::open(scratch.zip("run.xlsx", files));
    REQUIRE(bundle.entries.size() == 2);
    CHECK(bundle.entries[1].name == "run.xlsx/a_b.csv");
    REQUIRE(bundle.notes.size() == 1);
    CHECK(bundle.notes[0].where == "run.xlsx/a_b.csv");
    CHECK(path_of(bundle, "run.xlsx/a_b.csv") == (scratch.path / "run.xlsx/a_b.csv").string());
}

TEST_CASE("a sheet that is listed many times is parsed once") {
    auto files = workbook("<row><c><v>1</v></c></row>");
    files[1].second = "<workbook><sheets><sheet name='a' r:id='r1'/><sheet name='b' r:id='r1'/></sheets></workbook>";
    CHECK(damaged(files) == "two of its sheets are one.");
}

TEST_CASE("entities are not expanded") {
    auto files = workbook("<row><c t='str'><v>&a;</v></c></row>");
    files[4].second = "<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + files[4].second;
    CHECK(csv(files) == "&a;\n");
}
