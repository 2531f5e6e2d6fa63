// Files, folders and zips look the same to a reader, and none of them can hurt.
#include <doctest/doctest.h>

#include <sys/stat.h>

#include "tests/read/support.hpp"

using namespace microchim;
using namespace microchim::test;
using read::Bundle;

namespace {

std::vector<std::string> names(const Bundle& bundle) {
    std::vector<std::string> all;
    for (const auto& entry : bundle.entries) all.push_back(entry.name);
    return all;
}

}  // namespace

TEST_CASE("a lone file is one entry") {
    const Scratch scratch;
    const auto bundle = Bundle::open(scratch.write("run.csv", "abc"));
    CHECK(names(bundle) == std::vector<std::string>{"run.csv"});
    CHECK(bundle.entries[0].bytes == "abc");
    CHECK(bundle.archives.empty());
}

TEST_CASE("a folder is sorted, searched through, and without the litter of operating systems") {
    const Scratch scratch;
    for (const char* name : {"run/b.csv", "run/a/z.csv", "run/.DS_Store", "run/__MACOSX/x.csv", "run/Thumbs.db",
                             "run/~$b.csv", "run/.hidden/c.csv"})
        scratch.write(name, "x");
    scratch.write("run/empty.csv", "");
    CHECK(names(Bundle::open(scratch.path / "run")) == std::vector<std::string>{"a/z.csv", "b.csv", "empty.csv"});
}

TEST_CASE("a link that leaves the folder is not followed, and said to be left out") {
    const Scratch scratch;
    scratch.write("run/a.csv", "x");
    scratch.write("secret.csv", "y");
    fs::create_symlink(scratch.path / "secret.csv", scratch.path / "run/link.csv");
    fs::create_symlink("a.csv", scratch.path / "run/inside.csv");
    fs::create_directory_symlink(scratch.path, scratch.path / "run/up");
    const auto bundle = Bundle::open(scratch.path / "run");
    CHECK(names(bundle) == std::vector<std::string>{"a.csv", "inside.csv"});
    CHECK(bundle.notes.size() == 2);
}

TEST_CASE("a zip looks like the folder in it, and is kept for its fingerprint") {
    const Scratch scratch;
    const auto bundle = Bundle::open(
        scratch.zip("run.zip", {{"run/b.csv", "bb"}, {"run/a.csv", ""}, {"__MACOSX/run/._b.csv", "junk"}}));
    CHECK(names(bundle) == std::vector<std::string>{"run/a.csv", "run/b.csv"});
    CHECK(bundle.entries[1].bytes == "bb");
    REQUIRE(bundle.archives.size() == 1);
    CHECK(bundle.archives[0].name == "run.zip");
}

TEST_CASE("a zip with a password and a document stay one file") {
    const Scratch scratch;
    const auto letter = scratch.zip("letter.docx", {{"[Content_Types].xml", "<x/>"}, {"word/document.xml", "<x/>"}});
    CHECK(names(Bundle::open(letter)) == std::vector<std::string>{"letter.docx"});
    CHECK(names(Bundle::open(scratch.zip("locked.zip", {{"a.csv", "x"}}, "secret"))) ==
          std::vector<std::string>{"locked.zip"});
}

TEST_CASE("a zip among other files is opened, and a zip in it, and no deeper") {
    const Scratch scratch;
    const auto deepest = scratch.zip("deepest.zip", {{"d.csv", "d"}});
    const auto inner = scratch.zip("inner.zip", {{"c.csv", "c"}, {"deepest.zip", slurp(deepest)}});
    scratch.write("folder/a.csv", "a");
    fs::copy(scratch.zip("outer.zip", {{"b.csv", "b"}, {"inner.zip", slurp(inner)}}), scratch.path / "folder/run.zip");
    const auto bundle = Bundle::open(scratch.path / "folder");
    CHECK(names(bundle) == std::vector<std::string>{"a.csv", "run.zip/b.csv", "run.zip/inner.zip/c.csv",
                                                    "run.zip/inner.zip/deepest.zip"});
    REQUIRE(bundle.archives.size() == 2);
    CHECK(bundle.archives[1].name == "run.zip/inner.zip");
}

TEST_CASE("a bomb inside a zip is weighed against the file on the disk") {
    const Scratch scratch;
    const auto inner = scratch.zip("inner.zip", {{"zeros.csv", std::string(17 << 20, '0')}});
    const auto said = complaint([&] { Bundle::open(scratch.zip("outer.zip", {{"inner.zip", slurp(inner)}})); });
    CHECK(said.find("no instrument writes such files") != said.npos);
}

TEST_CASE("files given together are one drop, named below the folder they share") {
    const Scratch scratch;
    const auto one = scratch.write("run/x/a.csv", "1"), two = scratch.write("run/y/a.csv", "2");
    const auto packed = scratch.zip("run/b.zip", {{"c.csv", "3"}});
    const auto bundle = Bundle::open(std::vector<fs::path>{two, packed, one});
    CHECK(names(bundle) == std::vector<std::string>{"b.zip/c.csv", "x/a.csv", "y/a.csv"});
    CHECK(bundle.path == (scratch.path / "run").string());
    CHECK(complaint([&] {
              Bundle::open(std::vector<fs::path>{one, scratch.path / "none.csv"});
          }).find("none.csv") != std::string::npos);
    CHECK(complaint([&] {
              Bundle::open(std::vector<fs::path>{one, one});
          }).find("a.csv' was given twice") != std::string::npos);
}

TEST_CASE("what is not there, empty or unreadable is said in a sentence") {
    const Scratch scratch;
    const auto path = [&](const char* name) { return "'" + (scratch.path / name).string() + "'"; };
    const auto said = [&](const char* name) { return complaint([&] { Bundle::open(scratch.path / name); }); };
    CHECK(said("none.csv") == "There is no file or folder " + path("none.csv") + ".");
    scratch.write("empty.csv", "");
    CHECK(said("empty.csv") == path("empty.csv") + " is empty.");
    scratch.write("only-litter/.DS_Store", "x");
    CHECK(said("only-litter") == path("only-litter") + " holds no files.");
    scratch.zip("litter.zip", {{".DS_Store", "x"}});
    CHECK(said("litter.zip") == path("litter.zip") + " holds no files.");
    REQUIRE(::mkfifo((scratch.path / "pipe").c_str(), 0600) == 0);
    CHECK(said("pipe") == path("pipe") + " is neither a file nor a folder.");
}

TEST_CASE("a zip that is cut at any length is an error, never a run with less in it") {
    const Scratch scratch;
    const auto whole = slurp(scratch.zip("run.zip", {{"a.csv", "Well,Positives\nA1,12\n"}, {"b.csv", "x"}}));
    for (std::size_t size = 4; size < whole.size(); ++size) {
        CAPTURE(size);
        const auto said = complaint([&] { Bundle::open(scratch.write("cut.zip", whole.substr(0, size))); });
        CHECK(said.find("damaged") != std::string::npos);
    }
}

TEST_CASE("a changed byte in the content of a zip is noticed") {
    const Scratch scratch;
    auto bytes = slurp(scratch.zip("run.zip", {{"a.csv", "7"}}));
    bytes[bytes.find("a.csv") + 5] ^= 1;  // one byte of content is stored, right behind the name
    const auto said = complaint([&] { Bundle::open(scratch.write("flip.zip", bytes)); });
    CHECK(said.find("'a.csv' cannot be unpacked") != std::string::npos);
}

TEST_CASE("names that point out of the archive are refused") {
    const Scratch scratch;
    for (const char* name : {"../x.csv", "a/../../x.csv", "/etc/x.csv", "C:\\x.csv", "..\\x.csv"}) {
        CAPTURE(name);
        const auto said = complaint([&] { Bundle::open(scratch.zip("evil.zip", {{name, "x"}})); });
        CHECK(said.find("points out of the archive") != std::string::npos);
    }
    CHECK(names(Bundle::open(scratch.zip("dots.zip", {{"./a..b.csv", "x"}}))) == std::vector<std::string>{"a..b.csv"});
}

TEST_CASE("a decompression bomb is not unpacked") {
    const Scratch scratch;
    const auto bomb = scratch.zip("bomb.zip", {{"zeros.csv", std::string(32 << 20, '0')}});
    CHECK(complaint([&] { Bundle::open(bomb); }).find("no instrument writes such files") != std::string::npos);
}

TEST_CASE("every limit holds, for folders and for zips") {
    const Scratch scratch;
    const Files files{{"a/b/c.csv", std::string(5000, 'x')}, {"d.csv", std::string(5000, 'y')}};
    for (const auto& [name, content] : files) scratch.write("run/" + name, content);
    const auto zip = scratch.zip("run.zip", files);
    for (const auto& path : {scratch.path / "run", zip}) {
        CAPTURE(path);
        CHECK_NOTHROW(Bundle::open(path, {.entry_bytes = 5000, .total_bytes = 10000, .entries = 2, .depth = 2}));
        CHECK_THROWS_AS(Bundle::open(path, {.entry_bytes = 4999}), ReadError);
        CHECK_THROWS_AS(Bundle::open(path, {.total_bytes = 9999}), ReadError);
        CHECK_THROWS_AS(Bundle::open(path, {.entries = 1}), ReadError);
        CHECK_THROWS_AS(Bundle::open(path, {.depth = 1}), ReadError);
    }
}

TEST_CASE("files given together share the limits, and so do the archives among them") {
    const Scratch scratch;
    const std::vector<fs::path> files{scratch.write("a.csv", std::string(5000, 'x')),
                                      scratch.zip("b.zip", {{"b.csv", std::string(5000, 'y')}}),
                                      scratch.zip("c.zip", {{"c.csv", std::string(5000, 'z')}})};
    CHECK(Bundle::open(files, {.total_bytes = 15000, .entries = 3}).bytes == 15000);
    CHECK_THROWS_AS(Bundle::open(files, {.total_bytes = 14999}), ReadError);
    CHECK_THROWS_AS(Bundle::open(files, {.entries = 2}), ReadError);
    CHECK_THROWS_AS(Bundle::open(scratch.path, {.total_bytes = 14999}), ReadError);
}

TEST_CASE("what lies in a lone zip knows which archive it came out of") {
    const Scratch scratch;
    const auto x = scratch.zip("x.zip", {{"a.csv", "1"}}), y = scratch.zip("y.zip", {{"a.csv", "2"}});
    const auto bundle = Bundle::open(scratch.zip("outer.zip", {{"x.zip", slurp(x)}, {"y.zip", slurp(y)}}));
    CHECK(names(bundle) == std::vector<std::string>{"x.zip/a.csv", "y.zip/a.csv"});
    REQUIRE(bundle.archives.size() == 3);
    for (const auto& archive : bundle.archives)
        CHECK(came_out_of(bundle, archive, bundle.entries[0]) == (archive.name != "y.zip"));
    CHECK(path_of(bundle, "x.zip/a.csv") == (scratch.path / "outer.zip/x.zip/a.csv").string());
}
