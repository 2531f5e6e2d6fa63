// Files of instrument programs are known by what is in them, whatever their names are.
#include "core/read/foreign.hpp"

#include <doctest/doctest.h>

#include "core/read/detect.hpp"
#include "tests/read/support.hpp"

using namespace microchim;
using namespace microchim::test;
using namespace std::string_literals;
using read::foreign;

namespace {

std::string little(std::uint32_t value, int size, bool big = false) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * (big ? size - 1 - i : i));
    return bytes;
}

/// A TIFF header and a directory of these tags.
std::string tiff(std::initializer_list<std::uint32_t> tags, bool big = false) {
    auto bytes =
        (big ? "MM\0*"s : "II*\0"s) + little(8, 4, big) + little(static_cast<std::uint32_t>(tags.size()), 2, big);
    for (const auto tag : tags) bytes += little(tag, 2, big) + little(2, 2, big) + little(1, 4, big) + "A\0\0\0"s;
    return bytes + little(0, 4);
}

/// A zip of one encrypted entry as CFX Maestro writes it: the marker of a split archive first.
std::string pcrd(const std::string& name, const std::string& marker = "PK\x07\x08") {
    const auto common = little(20, 2) + little(11, 2) + little(8, 2) + little(0, 4) + little(0x1234, 4) +
                        little(12, 4) + little(40, 4) + little(static_cast<std::uint32_t>(name.size()), 2) +
                        little(0, 2);
    const auto local = "PK\x03\x04" + common + name + "012345678901";
    const auto central = "PK\x01\x02" + little(20, 2) + common + std::string(14, '\0') + name;
    return marker + local + central + "PK\x05\x06" + std::string(4, '\0') + little(1, 2) + little(1, 2) +
           little(static_cast<std::uint32_t>(central.size()), 4) +
           little(static_cast<std::uint32_t>((marker + local).size()), 4) + little(0, 2);
}

/// A compound file whose directory lies in the first sector and holds these names.
std::string compound(std::initializer_list<const char*> names) {
    auto bytes = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"s + std::string(504, '\0');
    bytes[30] = 9;
    for (const std::string name : names) {
        std::string entry;
        for (const char c : name) entry += {c, '\0'};
        bytes += entry + std::string(128 - entry.size(), '\0');
    }
    return bytes;
}

std::string what(const std::string& name, const std::string& bytes) {
    const auto kind = foreign(name, bytes);
    return kind ? kind->what + (kind->locked ? " (locked)" : "") : "";
}

/// Reads what begins as a table does.
struct Csv {
    static constexpr const char *id = "csv", *name = "CSV", *version = "1.0.0", *maturity = "draft";
    static std::int32_t probe(const reader::Bundle& bundle) {
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (bundle.bytes(i).starts_with("Well,")) return MICROCHIM_YES;
        return MICROCHIM_NO;
    }
    static void read(const reader::Bundle&, const reader::Sink&) {}
};

const std::string quantasoft = "a locked QuantaSoft file (locked)", cfx = "a locked CFX Maestro file (locked)";

}  // namespace

TEST_CASE("a .qlp is told from a picture by its directory, under any name") {
    for (const bool big : {false, true}) {
        CAPTURE(big);
        for (const char* name : {"run.qlp", "run.csv", "run.tif", "run"}) {
            CHECK(what(name, tiff({305, 65004}, big)) == quantasoft);
            CHECK(what(name, tiff({256, 257, 273, 65004}, big)) == "a TIFF picture, not an instrument file");
        }
        CHECK(what("run.QLP", tiff({305}, big)) == quantasoft);  // nothing private, but no picture either
        CHECK(what("scan.tif", tiff({305}, big)) == "a TIFF picture, not an instrument file");
    }
    CHECK(what("run.qlp", "II*\0"s) == quantasoft);  // cut off
    CHECK(what("run.csv", "II*\0\xFF\xFF\xFF\xFF"s) == "a TIFF picture, not an instrument file");
    CHECK(what("run.qlp", "II*\0\xFE\xFF\xFF\xFF"s + std::string(100, '\xFF')) == quantasoft);
    CHECK(what("well.qlb", "\x01\x02\x03"s) == quantasoft);
}

TEST_CASE("the extension never makes a locked file of text or of a picture") {
    for (const char* name : {"run.qlp", "run.qlb", "run.ddpcr", "run.pcrd", "run.zpcr", "run.eds", "run.ixo", "run.ncx",
                             "run.mxp", "run.lc96p", "run.rex", "run.sds"}) {
        CAPTURE(name);
        CHECK(what(name, "Well,Sample,Target\r\nA01,p7,SRY\r\n") == "");
        CHECK(what(name, "\xEF\xBB\xBFWell;Sample\n") == "");
        CHECK(what(name, "\xFF\xFEW\0e\0l\0l\0"s) == "");
        CHECK(what(name, "") == "");
        CHECK(what(name, "\x89PNG\r\n\x1A\n") == "a PNG picture, not an instrument file");
        CHECK(what(name, "%PDF-1.7\n\x01") == "a PDF document, not an instrument file");
    }
}

TEST_CASE("a .pcrd is known by the encrypted entry in it") {
    for (const char* name : {"run.pcrd", "run.zip", "run.csv", "run"}) {
        CAPTURE(name);
        CHECK(what(name, pcrd("0a1b.pcrd")) == cfx);
        CHECK(what(name, pcrd("datafile.PCRD", "")) == cfx);
        CHECK(what(name, pcrd("0a1b.pcrd").substr(0, 60)) == cfx);  // cut off
    }
    CHECK(what("run.pcrd", pcrd("data")) == cfx);
    CHECK(what("run.zip", pcrd("data")) == "a zip archive with a password");
    CHECK(what("run.zpcr", pcrd("data")) == "a locked file of a CFX instrument that ran without a computer (locked)");
    CHECK(what("run.zip", pcrd("run.zpcr", "")) ==
          "a locked file of a CFX instrument that ran without a computer (locked)");
}

TEST_CASE("an encrypted archive is a .ddpcr only if it is called so") {
    const auto seven = "7z\xBC\xAF\x27\x1C\0\4"s;
    CHECK(what("run.ddpcr", seven) == "a locked file of QX Manager or QuantaSoft Analysis Pro (locked)");
    CHECK(what("run.zip", seven) == "a 7-Zip archive");
    CHECK(foreign("run.zip", seven)->hint.find(".ddpcr") != std::string::npos);
}

TEST_CASE("files that readers know are foreign only where they could not be opened") {
    CHECK(what("apldbio/sds/plate_setup.xml", "<Plate/>") == "");
    CHECK(what("manifest.xml", "<?xml version=\"1.0\"?>\r\n<lc96manifest Version=\"1\">") == "");
    CHECK(what("run.eds", "\x01\x02") ==
          "an .eds file of Applied Biosystems software that could not be opened (locked)");
    CHECK(what("run.lc96p", "\x01\x02") == "a LightCycler 96 file that could not be opened (locked)");
}

TEST_CASE("other programs' files") {
    CHECK(what("run.rex", "<?xml version=\"1.0\"?>\n<Experiment>\n<RexHeader>REX 3.14</RexHeader>") == "");
    CHECK(what("run.ixo", "<?xml version=\"1.0\"?><obj/>") == "a LightCycler 480 file (locked)");
    CHECK(what("run.xml", "<?xml version=\"1.0\"?><obj/>") == "");
    CHECK(what("run.ncx", "\x01\x02") == "a Crystal Miner experiment that only Crystal Miner opens (locked)");
    for (const char* name : {"run.mxp", "run.xls", "run"})
        CHECK(what(name, compound({"Root Entry", "Storage5", "Stream5", "Storage4"})) ==
              "a locked MxPro file (locked)");
    CHECK(what("run.xls", compound({"Root Entry", "Workbook"})) == "an old Office document that no reader knows");
    CHECK(what("run.mxp", "\xD0\xCF\x11\xE0") == "a locked MxPro file (locked)");  // cut off
}

TEST_CASE("a zip that was not opened is called what it is") {
    const Scratch scratch;
    const auto zip = [&](const char* entry) { return slurp(scratch.zip("x.zip", {{"a.xml", "x"}, {entry, "x"}})); };
    CHECK(what("a.docx", zip("word/document.xml")) == "a Word document, not an instrument file");
    CHECK(what("a.qlp", zip("ppt/presentation.xml")) == "a presentation, not an instrument file");
    CHECK(what("a.pcrd", zip("xl/workbook.xml")) == "an Excel workbook that no reader knows");
    CHECK(what("a.zip", zip("b.csv")) == "a zip archive that was not opened");
    CHECK(what("a.zip", "PK\x05\x06") == "a zip archive that was not opened");
    CHECK(what("a.zip", "PK\x03\x04") == "a zip archive that was not opened");
}

TEST_CASE("a locked file beside its export does not keep the export from being read") {
    read::Readers readers;
    readers.add(in_process<Csv>());
    const auto locked = tiff({305, 65004});
    const auto both = read::Bundle::of({{"run.qlp", locked}, {"run.csv", "Well,Sample\n"}}, "folder");
    CHECK(read::choose(both, readers).id == "csv");
    const auto alone = read::Bundle::of({{"notes.txt", "x"}, {"run.csv", locked}}, "folder");
    CHECK(complaint([&] { read::choose(alone, readers); }) == "'folder/run.csv' is a locked QuantaSoft file.");
}
