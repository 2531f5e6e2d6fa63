#include "service/drop/files.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <system_error>
#include <thread>

#include "core/run/sha256.hpp"

using namespace microchim::drop;
namespace fs = std::filesystem;

namespace {

struct Out {
    fs::path path;
    Out() {
        std::string name = (fs::temp_directory_path() / "microchim-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        path = name;
    }
    ~Out() { fs::remove_all(path); }

    std::string read(const std::string& name) const {
        std::ifstream file(path / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path / name, std::ios::binary) << text;
    }
    std::set<std::string> names() const {
        std::set<std::string> all;
        for (const auto& entry : fs::directory_iterator(path)) all.insert(entry.path().filename());
        return all;
    }
};

const std::vector<File> files{{"csv", "a,b\r\n"}, {"json", "{}"}};
const std::set<std::string> written{"A_1.csv", "A_1.csv.sha256", "A_1.json", "A_1.json.sha256"};

}  // namespace

TEST_CASE("files are written with their checksums, which sha256sum accepts") {
    const Out out;
    write_result_files(out.path, "A_1", files);
    CHECK(out.names() == written);
    CHECK(out.read("A_1.csv") == "a,b\r\n");
    CHECK(out.read("A_1.csv.sha256") == microchim::sha256("a,b\r\n") + "  A_1.csv\n");
    const auto check = "cd '" + out.path.string() + "' && sha256sum --strict --status -c *.sha256";
    CHECK(std::system(check.c_str()) == 0);  // NOLINT
}

TEST_CASE("again is a success and touches nothing") {
    const Out out;
    write_result_files(out.path, "A_1", files);
    const auto time = fs::last_write_time(out.path / "A_1.csv");
    write_result_files(out.path, "A_1", files);
    CHECK(fs::last_write_time(out.path / "A_1.csv") == time);
    CHECK(out.names() == written);
}

TEST_CASE("other content is never replaced, longer, shorter or the same size") {
    for (const char* other : {"x,y\r\n", "", "a,b\r\na,b\r\n"}) {
        CAPTURE(other);
        const Out out;
        out.write("A_1.csv", other);
        CHECK_THROWS_AS(write_result_files(out.path, "A_1", files), Conflict);
        CHECK(out.read("A_1.csv") == other);
        CHECK(out.names() == std::set<std::string>{"A_1.csv"});
    }
    const Out out;
    out.write("A_1.csv.sha256", "no checksum");
    CHECK_THROWS_AS(write_result_files(out.path, "A_1", files), Conflict);
    CHECK(out.read("A_1.csv.sha256") == "no checksum");
}

TEST_CASE("whatever a crash left is completed") {
    for (const char* left : {".A_1.csv.tmp", ".A_1.json.sha256.tmp", "A_1.csv"}) {
        CAPTURE(left);
        const Out out;
        out.write(left, left[0] == '.' ? "half" : "a,b\r\n");
        write_result_files(out.path, "A_1", files);
        CHECK(out.names() == written);
        CHECK(out.read("A_1.json") == "{}");
    }
    const Out out;  // between the link and the removal of the other name
    out.write("A_1.csv", "a,b\r\n");
    fs::create_hard_link(out.path / "A_1.csv", out.path / ".A_1.csv.tmp");
    write_result_files(out.path, "A_1", files);
    CHECK(out.names() == written);
    CHECK(out.read("A_1.csv") == "a,b\r\n");
}

TEST_CASE("no checksum is there before all of its files are") {
    const Out out;
    out.write("A_1.json", "other");
    CHECK_THROWS_AS(write_result_files(out.path, "A_1", files), Conflict);
    CHECK(out.names() == std::set<std::string>{"A_1.csv", "A_1.json"});
}

TEST_CASE("links are not followed and folders are no files") {
    const Out out, elsewhere;
    elsewhere.write("victim", "a,b\r\n");
    fs::create_symlink(elsewhere.path / "victim", out.path / "A_1.csv");
    CHECK_THROWS_AS(write_result_files(out.path, "A_1", files), Conflict);
    fs::remove(out.path / "A_1.csv");
    fs::create_symlink(elsewhere.path / "victim", out.path / ".A_1.csv.tmp");
    write_result_files(out.path, "A_1", {{"csv", "new"}});
    CHECK(elsewhere.read("victim") == "a,b\r\n");
    CHECK_FALSE(fs::is_symlink(out.path / "A_1.csv"));
    fs::create_directory(out.path / "B_1.csv");
    CHECK_THROWS_AS(write_result_files(out.path, "B_1", files), Conflict);
    REQUIRE(::mkfifo((out.path / "C_1.csv").c_str(), 0600) == 0);
    CHECK_THROWS_AS(write_result_files(out.path, "C_1", files), Conflict);
}

TEST_CASE("a folder that is away is no loss") {
    const Out out;
    CHECK_THROWS_AS(write_result_files(out.path / "none", "A_1", files), std::system_error);
    CHECK_THROWS_AS(write_result_files("/proc", "A_1", files), std::system_error);
}

TEST_CASE("names stay in the folder") {
    CHECK(file_name("ACC26-000123", "MCH20260723-000001") == "ACC26-000123_MCH20260723-000001");
    CHECK(file_name("../../etc/passwd", "1") == "%2E.%2F..%2Fetc%2Fpasswd_1");
    CHECK(file_name(std::string_view("a\0b", 3), "1") == "a%00b_1");
    CHECK(file_name("", "1") == "_1");
    CHECK(file_name("ü ", "..") == "%C3%BC%20_%2E.");
    CHECK_THROWS_AS(file_name("a", ""), std::invalid_argument);
    const Out out;
    for (const std::string name : {"../x", "", ".hidden", "a/b"})
        CHECK_THROWS_AS(write_result_files(out.path, name, files), std::invalid_argument);
    CHECK_THROWS_AS(write_result_files(out.path, std::string("a\0b", 3), files), std::invalid_argument);
    CHECK(out.names().empty());
}

TEST_CASE("no two pairs of ids have one name, also very long ones, and all of them can be written") {
    const std::string ids[] = {"a",
                               "A",
                               "b",
                               "a_b",
                               "a%5Fb",
                               "a-b",
                               "a.b",
                               "a/b",
                               ".a",
                               "%2Ea",
                               "a ",
                               " a",
                               "_",
                               "%",
                               "~",
                               std::string(99, 'x'),
                               std::string(100, 'x'),
                               std::string(101, 'x'),
                               std::string(1000, '/'),
                               std::string(1001, '/'),
                               std::string(100, 'x') + "_"};
    std::set<std::string> names;
    std::size_t pairs = 0;
    const Out out;
    for (const auto& accession : ids)
        for (const auto& result : ids) {
            const auto name = file_name(accession, result);
            names.insert(name);
            ++pairs;
            CHECK(name.size() <= 200);
            CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_%~") ==
                  name.npos);
        }
    CHECK(names.size() == pairs);
    write_result_files(out.path, file_name(std::string(1000, '/'), std::string(1000, '/')), files);
    CHECK(out.names().size() == 4);
}

TEST_CASE("a writer that is killed at any moment leaves nothing that looks complete and is not") {
    const std::string large(3 << 20, 'x');
    for (int i = 0; i < 20; ++i) {
        const Out out;
        const pid_t writer = ::fork();
        if (writer == 0) {
            write_result_files(out.path, "A_1", {{"csv", large}, {"json", large}});
            ::_exit(0);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(700 * i));
        ::kill(writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
        for (const auto& name : out.names()) {
            if (name.starts_with('.')) continue;
            if (!name.ends_with(".sha256")) CHECK(out.read(name) == large);
            else CHECK(out.names().contains("A_1.csv"));
        }
        write_result_files(out.path, "A_1", {{"csv", large}, {"json", large}});
        CHECK(out.names() == written);
    }
}
