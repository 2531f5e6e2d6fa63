// Exactly one best reader, or an error that helps.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/read/detect.hpp"
#include "tests/read/support.hpp"

using namespace microchim;
using namespace microchim::test;
using read::Bundle;
using read::Readers;
using namespace std::string_literals;

namespace {

template <int answer>
struct Says {
    static constexpr const char* id = answer == 2 ? "sure" : answer == 1 ? "perhaps" : "never";
    static constexpr const char* name = answer == 2 ? "Sure" : answer == 1 ? "Perhaps" : "Never";
    static constexpr const char *version = "1.0.0", *maturity = "draft";
    static std::int32_t probe(const reader::Bundle&, const reader::Sink& sink) {
        sink.note(MICROCHIM_INFO, "", "because");
        return answer;
    }
    static void read(const reader::Bundle&, const reader::Sink&) {}
};

/// These readers; `twice` adds the first again under another id.
Readers readers(std::vector<read::Reader> list) {
    Readers all;
    for (auto& reader : list) all.add(std::move(reader));
    return all;
}

read::Reader renamed(read::Reader reader, const char* id) {
    reader.id = id;
    return reader;
}

const read::Reader sure = in_process<Says<2>>(), perhaps = in_process<Says<1>>(), never = in_process<Says<0>>();

std::string refusal(const std::string& name, const std::string& bytes) {
    return complaint([&] { read::choose(Bundle::of({{name, bytes}}, name), readers({never})); });
}

}  // namespace

TEST_CASE("yes beats maybe, and one maybe is enough") {
    const auto bundle = Bundle::of({{"run.csv", "x"}});
    const auto best = read::choose(bundle, readers({never, perhaps, sure}));
    CHECK(best.id == "sure");
    CHECK(best.reason == "because");
    CHECK(read::choose(bundle, readers({never, perhaps})).id == "perhaps");
    CHECK(read::detect(bundle, readers({never, perhaps, sure})).size() == 3);
}

TEST_CASE("two equal answers are an error that names both") {
    const auto bundle = Bundle::of({{"run.csv", "x"}}, "run.csv");
    CHECK(complaint([&] {
              read::choose(bundle, readers({sure, renamed(sure, "other")}));
          }) == "'run.csv' could be read by more than one reader: Sure (other) and Sure (sure).");
    CHECK(complaint([&] { read::choose(bundle, readers({perhaps, renamed(perhaps, "other")})); }) != "");
}

TEST_CASE("tables that nobody knows are called what they look like") {
    const auto said = [](const std::string& text, const std::string& packed = {}) {
        auto bundle = Bundle::of({{"a.csv", text}}, "a");
        if (!packed.empty()) bundle.archives.push_back(read::make_entry(packed, "x"));
        const auto all = complaint([&] { read::choose(bundle, readers({never})); });
        const auto mark = all.find("looks like ");
        return mark == all.npos ? "" : all.substr(mark + 11);
    };
    CHECK(said("Well,Target,CT\nA1,SRY,\nA2,SRY,0\n", "plan.xlsx") ==
          "a workbook without results: the column of the Cq is empty, as in a template.");
    CHECK(said("Well;Cq\nA1;\n") == "a table without results: the column of the Cq is empty, as in a template.");
    CHECK(said("notes,1\nWell,Cq,mine\nA1,27.5,2\n", "calculation.xls") ==
          "a workbook with results that somebody edited or calculates with, or of a program that we do not know.");
    CHECK(said("User,\nDate,1\n", "plan.xlsx") ==
          "a workbook of notes, a plan or a calculation, or of a program that we do not know.");
    CHECK(said("type\twell\tmine\nx\tA1\t\"11,05\"\n") ==
          "a table that somebody made or edited, or of a program that we do not know.");
    CHECK(said("one line, of prose") == "");
}

TEST_CASE("what nobody knows is not recognised, and where to look is said") {
    CHECK(refusal("run.csv", "hello") == "'run.csv' is not recognised as a file of any instrument software we know.");
    try {
        read::choose(Bundle::of({{"run.csv", "hello"}}), readers({never}));
    } catch (const ReadError& e) {
        CHECK(e.hint == "'microchim readers' lists what can be read.");
    }
    CHECK(complaint([] {
              read::choose(Bundle::of({{"a", "x"}}, "a"), {});
          }) == "'a' cannot be read, because no readers are installed.");
}

TEST_CASE("a locked vendor file is recognised and the way to an export is told") {
    CHECK(refusal("run.qlp", "II*\0..."s) == "'run.qlp' is a locked QuantaSoft file.");
    CHECK(refusal("Run.DDPCR", "\x01\x02") == "'Run.DDPCR' is a locked file of QX Manager or QuantaSoft Analysis Pro.");
    CHECK(refusal("run.pcrd", "PK\x03\x04") == "'run.pcrd' is a locked CFX Maestro file.");
    CHECK(refusal("run.ixo", "<obj>") == "'run.ixo' is a LightCycler 480 file.");
    try {
        read::choose(Bundle::of({{"notes.txt", "x"}, {"run.qlp", "II*\0"s}}, "folder"), readers({never}));
        CHECK(false);
    } catch (const ReadError& e) {
        CHECK(e.what() == "'folder/run.qlp' is a locked QuantaSoft file."s);
        CHECK(e.hint.find("Options > Export CSV") != std::string::npos);
        CHECK(e.path == "folder/run.qlp");
    }
}

TEST_CASE("pictures, documents and programs are called what they are") {
    CHECK(refusal("plot.png", "\x89PNG\r\n\x1A\n") == "'plot.png' is a PNG picture, not an instrument file.");
    CHECK(refusal("run.csv", "\x89PNG\r\n\x1A\n") == "'run.csv' is a PNG picture, not an instrument file.");
    CHECK(refusal("report.pdf", "%PDF-1.7") == "'report.pdf' is a PDF document, not an instrument file.");
    CHECK(refusal("photo.jpg", "\xFF\xD8\xFF\xE0") == "'photo.jpg' is a JPEG picture, not an instrument file.");
    CHECK(refusal("setup.exe", "MZ\x90") == "'setup.exe' is a Windows program, not an instrument file.");
    const Scratch scratch;
    const auto word = scratch.zip("letter.docx", {{"[Content_Types].xml", "<x/>"}, {"word/document.xml", "<x/>"}});
    CHECK(refusal("letter.docx", slurp(word)) == "'letter.docx' is a Word document, not an instrument file.");
    const auto locked = scratch.zip("locked.zip", {{"a.csv", "x"}}, "secret");
    CHECK(refusal("locked.zip", slurp(locked)) == "'locked.zip' is a zip archive with a password.");
}

TEST_CASE("two readers with one id are an error") {
    CHECK_THROWS_WITH_AS(readers({sure, sure}), "There are two readers called 'sure': 'built in' and 'built in'.",
                         ConfigError);
}

TEST_CASE("a library is loaded from a folder, and refused where everybody could change it") {
    const Scratch scratch;
    fs::copy(fs::path(MICROCHIM_BUILD_DIR) / "lib/template/template.so", scratch.path / "acme.so");
    CHECK(Readers::from({scratch.path}).list().front().id == "acme-dropcount");
    fs::permissions(scratch.path / "acme.so", fs::perms::others_write, fs::perm_options::add);
    CHECK_THROWS_AS(Readers::from({scratch.path}), ConfigError);
    fs::permissions(scratch.path / "acme.so", fs::perms::others_write, fs::perm_options::remove);
    fs::permissions(scratch.path, fs::perms::others_write, fs::perm_options::add);
    CHECK_THROWS_AS(Readers::from({scratch.path}), ConfigError);
}

TEST_CASE("what is no reader is named") {
    const Scratch scratch;
    const auto text = scratch.write("text.so", "not a library");
    CHECK_THROWS_AS(Readers().load(text), ConfigError);
    CHECK_THROWS_AS(Readers::from({scratch.path / "none"}), ConfigError);
    CHECK_THROWS_AS(read::Reader::of({"Bad Id", "x", "1", "draft", nullptr, nullptr}, "lib.so"), ConfigError);
    CHECK_THROWS_AS(read::Reader::of({"id", "", "1", "draft", nullptr, nullptr}, "lib.so"), ConfigError);
}
