// Workbooks that are no zips (.xls, Excel's XML) and gzip: the same text as an .xlsx gives, and no damage does harm.
#include <doctest/doctest.h>
#include <zlib.h>

#include <random>

#include "core/read/archive.hpp"
#include "core/read/foreign.hpp"
#include "tests/read/support.hpp"
#include "tests/read/xls.hpp"

using namespace microchim;
using namespace microchim::test;
using namespace std::string_literals;
using read::Bundle;

namespace {

Bundle opened(const std::string& bytes, const std::string& name = "run.xls") {
    const Scratch scratch;
    return Bundle::open(scratch.write(name, bytes));
}

std::string only(const std::string& bytes, const std::string& name = "run.xls") {
    const auto bundle = opened(bytes, name);
    REQUIRE(bundle.entries.size() == 1);
    return std::string(bundle.entries[0].bytes);
}

std::string xls_of(const std::string& records, const std::string& globals = {}, int version = 0x600) {
    return xls::compound({{version == 0x600 ? "Workbook" : "Book", xls::book({{"Data", records}}, globals, version)}});
}

std::string damaged(const std::string& bytes, const std::string& name = "run.xls") {
    const Scratch scratch;
    const auto path = scratch.write(name, bytes);
    const auto said = complaint([&] { Bundle::open(path); });
    const auto mark = said.find(" is a damaged ");
    return mark == said.npos ? said : said.substr(mark + 14);
}

std::string gzipped(const std::string& content) {
    z_stream z{};
    deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&z, content.size()) + 32, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    z.avail_in = static_cast<uInt>(content.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

const std::string xml_head =
    "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n"
    "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" "
    "xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">";

std::string xml_of(const std::string& rows, const std::string& more = {}) {
    return xml_head + "<Worksheet ss:Name=\"Data\"><Table>" + rows + "</Table></Worksheet>" + more + "</Workbook>";
}

}  // namespace

TEST_CASE("xls: numbers in their shortest digits, truth as words, errors as Excel shows them, rows in their lines") {
    const auto bundle =
        opened(xls_of(xls::number(0, 0, 0.1 + 0.2) + xls::number(0, 1, 100000) + xls::number(0, 2, 6.02e23) +
                      xls::number(0, 3, 1e-7) + xls::boolean(2, 1, 1) + xls::boolean(2, 2, 0) +
                      xls::boolean(2, 3, 0x2A, 1) + xls::number(3, 0, 43693.75)));
    REQUIRE(bundle.entries.size() == 1);
    CHECK(bundle.entries[0].name == "run.xls/Data.csv");
    CHECK(bundle.archives.size() == 1);
    CHECK(bundle.entries[0].bytes == "0.30000000000000004,100000,6.02e+23,1e-07\n\n,TRUE,FALSE,#N/A\n43693.75\n");
}

TEST_CASE("xls: packed numbers are what they stand for") {
    const auto hundredth = static_cast<std::uint32_t>(12345 << 2 | 3), minus = static_cast<std::uint32_t>(-7 * 4 | 2);
    const auto multiple = xls::record(0xBD, xls::le(1, 2) + xls::le(3, 2) + xls::le(15, 2) + xls::le(hundredth, 4) +
                                                xls::le(15, 2) + xls::le(minus, 4) + xls::le(4, 2));
    CHECK(only(xls_of(xls::rk(0, 0, hundredth) + xls::rk(0, 1, minus) + xls::rk(0, 2, 0x3FF00000) + multiple)) ==
          "123.45,-7,1\n,,,123.45,-7\n");
}

TEST_CASE("xls: texts, shared, split over records, with looks and in place; what holds a comma is quoted") {
    const auto wide = xls::le(2, 2) + xls::le(1, 1) + "\xB5\0L\0"s;
    const auto looks = xls::le(2, 2) + xls::le(8, 1) + xls::le(1, 2) + "a,"s + "\0\0\0\0"s;
    const auto phonetic = xls::le(1, 2) + xls::le(4, 1) + xls::le(3, 4) + "p"s + "xyz"s;
    // "abcdef": three characters, then the rest in two bytes each
    auto split = xls::le(4, 4) + xls::le(4, 4) + wide + looks + phonetic + xls::le(6, 2) + xls::le(0, 1) + "abc";
    const auto globals = xls::record(0xFC, split) + xls::record(0x3C, "\1d\0e\0f\0"s);
    const auto in_place = xls::record(0x204, xls::at(1, 0) + xls::narrow("in place"));
    CHECK(only(xls_of(
              xls::shared(0, 0, 0) + xls::shared(0, 1, 1) + xls::shared(0, 2, 2) + xls::shared(0, 3, 3) + in_place,
              globals)) == "\xC2\xB5L,\"a,\",p,abcdef\nin place\n");
}

TEST_CASE("xls: formulas give what they came to") {
    const auto special = [](char kind, char value) { return std::string{kind, 0, value, 0, 0, 0, '\xFF', '\xFF'}; };
    CHECK(only(xls_of(xls::formula(0, 0, xls::real(2.5)) + xls::formula(0, 1, special(1, 1)) +
                      xls::formula(0, 2, special(2, 7)) + xls::formula(0, 3, special(0, 0)) +
                      xls::record(0x207, xls::narrow("text")) + xls::formula(0, 4, special(3, 0)) +
                      xls::number(0, 5, 1))) == "2.5,TRUE,#DIV/0!,text,,1\n");
}

TEST_CASE("xls: a workbook of Excel 5 has texts in a code page") {
    const auto text = [](int column, const std::string& bytes) {
        return xls::record(0x204, xls::at(0, column) + xls::le(bytes.size(), 2) + bytes);
    };
    const auto page = [](int number) { return xls::record(0x42, xls::le(static_cast<std::uint64_t>(number), 2)); };
    CHECK(only(xls_of(text(0, "\xB5L"), page(1252), 0x500)) == "\xC2\xB5L\n");
    CHECK(only(xls_of(text(0, "\xCF"), page(1251), 0x500)) == "\xD0\x9F\n");
}

TEST_CASE("xls: hidden sheets are told, charts are none, charts in a sheet do not end it, rows may be out of order") {
    const auto chart = xls::begin(0x600, 0x20) + xls::number(9, 9, 9) + xls::end;
    const auto bytes = xls::compound(
        {{"Workbook", xls::book({{"B", chart + xls::number(1, 0, 2) + xls::number(0, 0, 1) + xls::number(1, 0, 3)},
                                 {"Chart", "", 0, 2},
                                 {"A/x", xls::number(0, 0, 4), 1},
                                 {"Empty", ""}},
                                {})}});
    const auto bundle = opened(bytes);
    REQUIRE(bundle.entries.size() == 2);
    CHECK(bundle.entries[0].name == "run.xls/A_x.csv");
    CHECK(bundle.entries[1].bytes == "1\n3\n");
    REQUIRE(bundle.notes.size() == 1);
    CHECK(bundle.notes[0].where == "run.xls/A_x.csv");
}

TEST_CASE("xls: in a zip it is opened, too") {
    const Scratch scratch;
    const auto bundle = Bundle::open(scratch.zip("run.zip", {{"a/run.xls", xls_of(xls::number(0, 0, 1))}}));
    REQUIRE(bundle.entries.size() == 1);
    CHECK(bundle.entries[0].name == "a/run.xls/Data.csv");
}

TEST_CASE("xls: damage is said") {
    const auto good = xls_of(xls::number(0, 0, 1));
    CHECK(damaged(good.substr(0, 3000)) == "workbook: it was cut off.");
    CHECK(damaged(xls_of(xls::shared(0, 0, 7))) == "workbook: a text is missing from it.");
    CHECK(damaged(xls_of(xls::record(0x203, "short"))) == "workbook: a record of it is damaged.");
    CHECK(damaged(xls_of("", xls::record(0xFC, xls::le(5, 4) + xls::le(5, 4)))) ==
          "workbook: a record of it is damaged.");
    auto twice = xls::book({{"A", xls::number(0, 0, 1)}, {"B", xls::number(0, 0, 2)}}, {});
    const auto second = twice.find(xls::le(0x85, 2), twice.find(xls::le(0x85, 2)) + 1);
    twice.replace(second + 4, 4, twice.substr(twice.find(xls::le(0x85, 2)) + 4, 4));
    CHECK(damaged(xls::compound({{"Workbook", twice}})) == "workbook: two of its sheets are one.");
}

TEST_CASE("xls: a small file that claims a huge table is refused") {
    std::string cells;
    for (int row = 0; row < 4000; ++row) cells += xls::shared(row, 0, 0);
    const auto text = xls::narrow(std::string(8000, 'x'));
    CHECK(damaged(xls_of(cells, xls::sst({text}))) == "workbook: it unpacks to more than is allowed.");
}

TEST_CASE("xls: what is locked or no workbook stays one file") {
    const auto locked = xls_of(xls::number(0, 0, 1), xls::record(0x2F, std::string(54, '\0')));
    CHECK(opened(locked).entries[0].name == "run.xls");
    REQUIRE(read::foreign("run.xls", locked));
    CHECK(read::foreign("run.xls", locked)->what == "an Excel workbook with a password");
    CHECK(read::foreign("a.xlsx", xls::compound({{"EncryptedPackage", ""}}))->what ==
          "an Excel workbook with a password");
    CHECK(opened(xls::compound({{"WordDocument", "x"}})).entries[0].name == "run.xls");
    CHECK(opened("Well\tCq\nA1\t20\n").entries[0].name == "run.xls");
    auto circle = xls_of(xls::number(0, 0, 1));
    circle.replace(512 + 4, 4, xls::le(1, 4));  // its directory has no end
    CHECK(opened(circle).entries[0].name == "run.xls");
    CHECK(opened("<html><table>").entries[0].name == "run.xls");
}

TEST_CASE("xls: any damage gives text or a sentence") {
    const auto good =
        xls::compound({{"Workbook", xls::book({{"A", xls::shared(0, 0, 0) + xls::number(1, 1, 2) + xls::rk(2, 2, 3)},
                                               {"B", xls::boolean(0, 0, 1) + xls::formula(1, 0, xls::real(1))}},
                                              xls::sst({xls::narrow("Well"), xls::narrow("Cq")}))}});
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        auto bad = good;
        for (int n = 0; n < 1 + round % 4; ++n) {
            const auto place = random() % (round % 2 ? 600u : 2200u);  // the header and its table; the records
            bad[place] = static_cast<char>(random() % 3 ? random() : 0xFF);
        }
        Bundle bundle;
        bundle.path = "run.xls";
        try {
            read::add_entry(bundle, read::make_entry("run.xls", bad), {});
        } catch (const ReadError&) {
        }
    }
}

TEST_CASE("xml: the sheets of a workbook that Excel 2003 wrote") {
    const auto bundle = opened(
        xml_of("<Row><Cell><Data ss:Type=\"String\">Well</Data></Cell><Cell ss:Index=\"3\"><Data ss:Type=\"String\">"
               "<B>C<I>q</I></B></Data></Cell></Row>"
               "<Row ss:Index=\"3\"><Cell ss:MergeAcross=\"1\"><Data ss:Type=\"Boolean\">1</Data></Cell>"
               "<Cell><Data ss:Type=\"Number\">20.5</Data></Cell></Row>",
               "<Worksheet ss:Name=\"More\"><Table><Row ss:Span=\"1\"/><Row><Cell><Data ss:Type=\"DateTime\">"
               "2019-08-16T00:00:00.000</Data></Cell></Row></Table><WorksheetOptions><Visible>SheetHidden</Visible>"
               "</WorksheetOptions></Worksheet><Worksheet ss:Name=\"Empty\"/>"),
        "run.xml");
    REQUIRE(bundle.entries.size() == 2);
    CHECK(bundle.entries[0].name == "run.xml/Data.csv");
    CHECK(bundle.entries[0].bytes == "Well,,Cq\n\nTRUE,,20.5\n");
    CHECK(bundle.entries[1].bytes == "\n\n2019-08-16T00:00:00.000\n");
    CHECK(bundle.notes.size() == 1);
}

TEST_CASE("xml: other XML is left alone, damaged workbooks are told, bombs refused") {
    CHECK(opened("<?xml version=\"1.0\"?><rdml/>", "run.xml").entries[0].name == "run.xml");
    CHECK(opened("<a>Workbook urn:schemas-microsoft-com:office:spreadsheet</a>", "run.xml").archives.empty());
    CHECK(damaged(xml_head + "<Worksheet>", "run.xml").starts_with("workbook: "));
    CHECK(damaged(xml_of("<Row ss:Index=\"2\"/><Row ss:Index=\"1\"/>"), "run.xml") ==
          "workbook: its rows are out of order.");
    CHECK(damaged(xml_of("<Row ss:Index=\"x\"/>"), "run.xml") == "workbook: its rows are out of order.");
    std::string rows;
    for (int i = 0; i < 2000; ++i) rows += "<Row><Cell ss:Index=\"16384\"><Data>1</Data></Cell></Row>";
    CHECK(damaged(xml_of(rows), "run.xml") == "workbook: it unpacks to more than is allowed.");
    CHECK(only(xml_of("<Row><Cell><Data>&a;</Data></Cell></Row>"), "run.xml") == "&a;\n");
}

TEST_CASE("gzip: one file, also a workbook, also in parts") {
    const Scratch scratch;
    auto bundle = Bundle::open(scratch.write("run.txt.gz", gzipped("Well,Cq\n") + gzipped("A1,20\n")));
    REQUIRE(bundle.entries.size() == 1);
    CHECK(bundle.entries[0].name == "run.txt");
    CHECK(bundle.entries[0].bytes == "Well,Cq\nA1,20\n");
    scratch.write("other.txt", "x");
    bundle = Bundle::open(scratch.path);
    REQUIRE(bundle.entries.size() == 2);
    CHECK(bundle.entries[1].name == "run.txt.gz/run.txt");
    CHECK(opened(gzipped(xls_of(xls::number(0, 0, 1))), "run.xls.gz").entries[0].name == "run.xls/Data.csv");
    CHECK(read::foreign("run.tar", std::string(257, 'x') + "ustar" + std::string(300, ' '))->what == "a tar archive");
}

TEST_CASE("gzip: damage and bombs are refused") {
    const auto good = gzipped("Well,Cq\nA1,20\n");
    CHECK(damaged(good.substr(0, good.size() - 3), "run.gz") == "gzip archive: it was cut off.");
    auto bad = good;
    bad[good.size() - 6] ^= 1;
    CHECK(damaged(bad, "run.gz") == "gzip archive: incorrect data check.");
    CHECK(damaged(gzipped(std::string(20 << 20, '\0')), "run.gz") ==
          "gzip archive: it unpacks to more than is allowed.");
    const auto nested = gzipped(gzipped(gzipped("x")));
    CHECK(opened(nested, "run.gz").entries[0].bytes.starts_with("\x1F\x8B"));
}
