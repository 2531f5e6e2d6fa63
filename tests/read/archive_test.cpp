// Hostile zips: refused with a sentence or read like any other, always at once.
#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>

#include "tests/read/support.hpp"

using namespace microchim;
using namespace microchim::test;
using read::Bundle;
using namespace std::string_literals;

namespace {

// ---- zips byte by byte (APPNOTE 6.3.10), because libzip makes only honest ones ----

std::string le(std::uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * i);
    return bytes;
}

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

/// One file of a zip, and what its headers say of it, true or not.
struct Member {
    std::string name, data = "Well,Positives\n";
    std::uint64_t size = data.size();  ///< as claimed
    std::uint32_t crc = crc32(data);
    std::uint16_t method = 0, flags = 0x800;
    std::uint32_t attributes = 0;
    std::string extra = {};
    bool stored = true;  ///< false: it shares the data of the member before

    std::string header() const {
        return le(20, 2) + le(flags, 2) + le(method, 2) + le(0, 4) + le(crc, 4) + le(data.size(), 4) +
               le(std::min<std::uint64_t>(size, 0xFFFFFFFF), 4) + le(name.size(), 2) + le(extra.size(), 2);
    }
};

std::string archive(const std::vector<Member>& members, std::size_t count, const std::string& comment = "") {
    std::string local, central;
    std::size_t at = 0;
    for (const auto& member : members) {
        if (member.stored) {
            at = local.size();
            local += "PK\3\4" + member.header() + member.name + member.extra + member.data;
        }
        central += "PK\1\2" + le(0x314, 2) + member.header() + le(0, 2) + le(0, 4) + le(member.attributes, 4) +
                   le(at, 4) + member.name + member.extra;
    }
    return local + central + "PK\5\6" + le(0, 4) + le(count, 2) + le(count, 2) + le(central.size(), 4) +
           le(local.size(), 4) + le(comment.size(), 2) + comment;
}

std::string archive(const std::vector<Member>& members) {
    return archive(members, members.size());
}

/// 1 MB of zeros in 1 kB of deflate, by libzip.
std::string packed_zeros() {
    const Scratch scratch;
    const auto bytes = slurp(scratch.zip("z.zip", {{"z", std::string(1 << 20, '\0')}}));
    const auto at = bytes.find("PK\1\2");
    const auto data = bytes.find('z', 4) + 1;
    return bytes.substr(data, at - data);
}

// ---- what becomes of them ----

/// What Bundle::open says of a file with this content: its refusal, or the names in it. In half a second at most,
/// with sanitizers.
std::string outcome(const std::string& bytes, const char* name = "run.zip") {
    const Scratch scratch;
    const auto path = scratch.write(name, bytes);
    std::string names;
    const auto begin = std::clock();  // of this process: other work on the machine does not count
    const auto said = complaint([&] {
        for (const auto& entry : Bundle::open(path).entries) names += (names.empty() ? "" : "|") + entry.name;
    });
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    CHECK(seconds < 0.5);
    return said.empty() ? names : said.substr(said.find("zip'") + 5);
}

bool has(const std::string& text, const std::string& part) {
    CAPTURE(text);
    CHECK(text.find(part) != text.npos);
    return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("an honest zip made by hand is read") {
    CHECK(outcome(archive({{"a.csv"}, {"b/c.csv"}})) == "a.csv|b/c.csv");
    CHECK(outcome(archive({{"a.csv"}}, 1, "PK\5\6 is only a comment")) == "a.csv");
}

TEST_CASE("bombs that say what they are") {
    const auto zeros = packed_zeros();
    const Member bomb{.name = "zeros.csv", .data = zeros, .size = 1'000'000'000, .crc = 1, .method = 8};
    has(outcome(archive({bomb})), "no instrument writes such files");
    std::vector<Member> many;  // 42.zip: every file is small enough, all together are not
    for (int i = 0; i < 1000; ++i)
        many.push_back({.name = std::to_string(i), .data = zeros, .size = 1 << 20, .crc = 1, .method = 8});
    for (auto& member : many) member.stored = &member == &many.front();  // the same data again and again
    has(outcome(archive(many)), "no instrument writes such files");
}

TEST_CASE("bombs that lie about their size") {
    const Member bomb{.name = "zeros.csv", .data = packed_zeros(), .size = 1000, .crc = 1, .method = 8};
    has(outcome(archive({bomb})), "'zeros.csv' cannot be unpacked");
    auto inside = bomb;
    inside.size = 10 << 20;
    has(outcome(archive({inside})), "'zeros.csv' cannot be unpacked");
}

TEST_CASE("bombs in zips in zips share one allowance") {
    const Member bomb{.name = "z.csv", .data = packed_zeros(), .size = 10 << 20, .crc = 1, .method = 8};
    const auto inner = archive({bomb});
    CHECK(outcome(archive({{.name = "a.zip", .data = inner}, {.name = "b.zip", .data = inner}})) != "");
    std::string onion = archive({{"a.csv"}});
    for (int depth = 0; depth < 20; ++depth) onion = archive({{.name = "a.zip", .data = onion}});
    CHECK(outcome(onion) == "a.zip/a.zip");  // two are opened
    for (int depth = 0; depth < 1000; ++depth) onion = archive({{.name = "a.zip", .data = onion}});
    CHECK(outcome(onion) != "");
    std::vector<Member> shared;  // 10,000 files that are one file of 1.5 kB: 15 MB
    for (int i = 0; i < 10'000; ++i) shared.push_back({.name = std::to_string(i), .data = std::string(1500, 'x')});
    for (auto& member : shared) member.stored = &member == &shared.front();
    CHECK(outcome(archive(shared)).starts_with("0|1|10|"));
}

TEST_CASE("names that point elsewhere are refused") {
    for (const std::string name : {"../a.csv", "a/../../b.csv", "/etc/passwd", "\\\\server\\share\\a.csv", "C:a.csv",
                                   "c:\\a.csv", "..\\a.csv", "a/..", ".."}) {
        CAPTURE(name);
        has(outcome(archive({{"fine.csv"}, {name}})), "points out of the archive");
    }
}

TEST_CASE("names of all kinds are names") {
    has(outcome(archive({{std::string(65'535, 'a')}})), "aaaa");
    has(outcome(archive({{std::string(65'535, '/')}})), "");
    CHECK(outcome(archive({{.name = "\xFF\xFE\x80.csv", .flags = 0}})) != "");
    CHECK(outcome(archive({{.name = "\xFF\xFE\x80.csv"}})) != "");
    has(outcome(archive({{"a.csv\0../../b"s}})), "points out of the archive");
    CHECK(outcome(archive({{.name = "link.csv", .data = "/etc/passwd", .attributes = 0xA1FF0000}})) == "link.csv");
}

TEST_CASE("names with control characters are refused or cleaned, for logs and terminals") {
    for (const std::string name : {"a\x1B[2J.csv", "a\nmicrochim: all is well.csv", "a\rb.csv", "a\x7F.csv"}) {
        const auto said = outcome(archive({{name}}));
        CHECK(std::ranges::none_of(said, [](unsigned char c) { return c < 0x20 || c == 0x7F; }));
    }
}

TEST_CASE("an entry without a name is refused or left out") {
    CHECK(outcome(archive({{""}})) != "");
    CHECK(outcome(archive({{"./"}, {"a.csv"}})) == "a.csv");
}

TEST_CASE("a name twice is refused, in another case it is another name") {
    has(outcome(archive({{"a.csv"}, {"a.csv"}})), "two files named 'a.csv'");
    has(outcome(archive({{"a.csv"}, {"./a.csv"}})), "two files named 'a.csv'");
    has(outcome(archive({{"b\\a.csv"}, {"b/a.csv"}})), "two files named 'b/a.csv'");
    CHECK(outcome(archive({{"a.csv"}, {"A.csv"}})) == "A.csv|a.csv");
}

TEST_CASE("sizes that no file has") {
    has(outcome(archive({{.name = "a.csv", .size = 0xFFFFFFFE}})), "unpacks to more than is allowed");
    for (const std::uint64_t size : {std::uint64_t{1} << 63, ~std::uint64_t{0}, std::uint64_t{1} << 40}) {
        CAPTURE(size);
        const auto zip64 = le(1, 2) + le(8, 2) + le(size, 8);
        const auto said = outcome(archive({{.name = "a.csv", .size = 0xFFFFFFFF, .extra = zip64}}));
        CHECK((said.find("unpacks to more than is allowed") != said.npos || said.find("damaged") != said.npos));
    }
    const auto said = outcome(archive({{.name = "a.csv", .size = 0xFFFFFFFF}}));  // zip64, and no such field
    CHECK((said.find("unpacks to more than is allowed") != said.npos || said.find("damaged") != said.npos));
    const Member half{.name = "a.csv", .size = 900'000'000};  // stored, and cut: two of them overflow nothing
    CHECK(outcome(archive({half, {.name = "b.csv", .size = 900'000'000}})) != "");
}

TEST_CASE("too many files are refused before any is unpacked") {
    std::vector<Member> many(10'001);
    for (std::size_t i = 0; i < many.size(); ++i) many[i].name = std::to_string(i);
    has(outcome(archive(many)), "more than 10000 files");
    has(outcome(archive({{"a.csv"}}, 65'535)), "damaged");  // a count that is not so
    has(outcome(archive({{"a.csv"}, {"b.csv"}}, 1)), "");
}

TEST_CASE("damaged ones") {
    const auto whole = archive({{"a.csv"}, {"b.csv"}});
    const auto central = whole.find("PK\1\2");
    has(outcome(whole.substr(0, central)), "damaged");
    has(outcome(whole.substr(0, central + 20) + whole.substr(whole.find("PK\5\6"))), "damaged");
    auto far = whole;
    far.replace(far.find("PK\5\6") + 16, 4, le(0xFFFFFF00, 4));  // the directory lies beyond the end
    has(outcome(far), "damaged");
    has(outcome(archive({{.name = "a.csv", .crc = 42}})), "'a.csv' cannot be unpacked");
    for (const int method : {1, 6, 9, 12, 14, 93, 97, 99, 1000}) {
        CAPTURE(method);
        CHECK(outcome(archive({{.name = "a.csv", .method = static_cast<std::uint16_t>(method)}})) != "");
    }
    has(outcome(archive({{.name = "a.csv", .data = "\xFF\xFF\xFF", .size = 100, .crc = 1, .method = 8}})),
        "cannot be unpacked");
    has(outcome("PK\3\4" + std::string(1'000'000, '\0')), "damaged");
    has(outcome("PK\5\6" + std::string(1'000'000, 'P')), "damaged");
}

// libzip tries every place in the last 64 kB where a directory might end, and takes memory for as many entries
// as it claims: half a second for a file of 66 kB, and an archive can hold thousands of those.
TEST_CASE("many places where a directory might end cost no time") {
    std::string ends;
    for (int i = 0; i < 2900; ++i) ends += "PK\5\6" + le(0, 4) + le(65'535, 2) + le(65'535, 2) + le(9, 4) + le(0, 6);
    has(outcome(ends), "damaged");
    CHECK(outcome(archive({{"a.csv"}}, 1, ends)) != "");
}

TEST_CASE("nothing in it, or nothing to open") {
    has(outcome(archive({})), "holds no files");
    has(outcome(archive({{.name = "folder/", .data = ""}, {.name = "folder/deeper/", .data = ""}})), "holds no files");
    const auto aes = le(0x9901, 2) + le(7, 2) + le(2, 2) + "AE" + le(3, 1) + le(8, 2);
    CHECK(outcome(archive({{.name = "a.csv", .flags = 0x801}})) == "run.zip");             // with a password
    CHECK(outcome(archive({{"a.csv"}, {.name = "b.csv", .flags = 0x801}})) == "run.zip");  // one of them
    CHECK(outcome(archive({{.name = "a.csv", .method = 99, .flags = 0x801, .extra = aes}})) == "run.zip");  // AES
}

TEST_CASE("what is in a file of a zip is the reader's business") {
    const auto laughs = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>"s;
    CHECK(outcome(archive({{.name = "rdml_data.xml", .data = laughs}})) == "rdml_data.xml");
}

TEST_CASE("a workbook with a document type is refused or read without it") {
    const auto book =
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><workbook><sheets>&a;</sheets></workbook>"s;
    const auto said = outcome(
        archive({{.name = "[Content_Types].xml", .data = "<Types/>"}, {.name = "xl/workbook.xml", .data = book}}));
    CHECK(said.find("root:") == said.npos);
    CHECK(said != "");
}
