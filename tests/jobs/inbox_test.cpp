// A real folder, watched over times that the test sets.
#include "service/jobs/inbox.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>

#include "core/run/errors.hpp"
#include "core/run/sha256.hpp"
#include "service/jobs/checksums.hpp"
#include "tests/jobs/support.hpp"

using namespace microchim;
using namespace microchim::jobs;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

struct Watched : TemporaryFolder {
    Memory memory;
    instruments::InboxTime now{1h};
    Names sentences;

    /// The drops that are ready after this long.
    Names look(std::chrono::seconds later) {
        now += later;
        auto found = scan(path, memory, now);
        sentences = found.sentences;
        Names names;
        for (const auto& drop : found.ready) names.push_back(drop.name);
        return names;
    }
    void take() {
        for (const auto& drop : scan(path, memory, now).ready) instruments::hand_out(memory.runs, drop);
    }
    void vouch(const std::string& name, const std::string& content) const {
        write(name + ".sha256", sha256(content) + "  " + fs::path(name).filename().string() + "\n");
    }
};

const Names none{}, run{"run"};

}  // namespace

TEST_CASE("a file is ready after five seconds of rest, once") {
    Watched inbox;
    inbox.write("run.csv", "1");
    CHECK(inbox.look(0s) == none);
    CHECK(inbox.look(4s) == none);
    inbox.write("run.csv", "12");  // it grows
    CHECK(inbox.look(1s) == none);
    CHECK(inbox.look(4s) == none);
    CHECK(inbox.look(1s) == run);
    CHECK(inbox.look(1s) == run);  // until it is handed out
    inbox.take();
    CHECK(inbox.look(1h) == none);
    inbox.write("run.csv", "123");
    CHECK(inbox.look(1s) == none);
    CHECK(inbox.look(5s) == run);
}

TEST_CASE("a file whose checksum is there and right waits for no more than a second look") {
    Watched inbox;
    inbox.write("run.csv", "12");
    inbox.vouch("run.csv", "12");
    CHECK(inbox.look(0s) == none);
    CHECK(inbox.look(1s) == run);
    inbox.take();
    CHECK(inbox.look(1h) == none);  // and the checksum is no run of its own
}

TEST_CASE("a checksum that comes last makes ready at once") {
    Watched inbox;
    inbox.write("run.csv", "12");
    CHECK(inbox.look(0s) == none);
    CHECK(inbox.look(1s) == none);
    inbox.vouch("run.csv", "12");
    CHECK(inbox.look(1s) == run);
}

TEST_CASE("a checksum that is not met holds the file back, and is told once") {
    Watched inbox;
    inbox.write("run.csv", "12");
    inbox.vouch("run.csv", "123");
    CHECK(inbox.look(0s) == none);
    CHECK(inbox.look(1s) == none);
    CHECK(inbox.sentences == none);  // the copy may be under way
    CHECK(inbox.look(4s) == none);
    CHECK(inbox.sentences ==
          Names{"'run.csv' is not the file that 'run.csv.sha256' describes: the checksum differs. It is not read."});
    CHECK(inbox.look(1s) == none);
    CHECK(inbox.sentences == none);
    CHECK(inbox.look(24h) == none);
    inbox.write("run.csv", "123");  // mended
    CHECK(inbox.look(1s) == none);
    CHECK(inbox.look(1s) == run);
    inbox.write("run.csv", "1234");  // and broken again
    CHECK(inbox.look(1s) == none);
    CHECK(inbox.look(5s) == none);
    CHECK(inbox.sentences.size() == 1);
}

TEST_CASE("a copy that is under way when its checksum is there already is waited for") {
    Watched inbox;
    inbox.vouch("run.csv", "12345");
    std::string content;
    for (const char c : std::string("1234")) {
        inbox.write("run.csv", content += c);
        CHECK(inbox.look(3s) == none);
        CHECK(inbox.sentences == none);
    }
    inbox.write("run.csv", "12345");
    CHECK(inbox.look(3s) == none);
    CHECK(inbox.look(1s) == run);
    CHECK(inbox.sentences == none);
}

TEST_CASE("what is no list of checksums vouches for nothing and is told") {
    for (const char* text : {"", "hello\n", "0123  run.csv\n"}) {
        CAPTURE(text);
        Watched inbox;
        inbox.write("run.csv", "12");
        inbox.write("run.csv.sha256", text);
        inbox.write("plate/a.csv", "1");
        inbox.write("plate.sha256", text);
        CHECK(inbox.look(0s) == none);
        CHECK(inbox.look(4s) == none);
        CHECK(inbox.sentences == none);
        CHECK(inbox.look(1s) == none);
        CHECK(inbox.sentences.size() == 2);
        CHECK(std::ranges::count(inbox.sentences,
                                 "'run.csv.sha256' is no list of checksums as sha256sum writes it. 'run.csv' is not "
                                 "read.") == 1);
        CHECK(inbox.look(1s) == none);
        CHECK(inbox.sentences == none);
        inbox.vouch("run.csv", "12");
        fs::remove(inbox.path / "plate.sha256");
        CHECK(inbox.look(1s) == Names{"plate", "run"});
    }
}

TEST_CASE("a folder is one drop, which a list of all its files makes ready") {
    Watched inbox;
    inbox.write("plate 3/a.csv", "a");
    inbox.write("plate 3/raw/b.csv", "b");
    CHECK(inbox.look(0s) == none);
    CHECK(inbox.look(5s) == Names{"plate 3"});  // by rest
    inbox.write("plate 3.sha256", sha256("a") + "  plate 3/a.csv\n" + sha256("b") + " *./plate 3/raw/b.csv\r\n" +
                                      sha256("c") + "  plate 3/raw/c.csv\n");
    CHECK(inbox.look(1h) == none);  // a file of the list is not there yet
    inbox.write("plate 3/raw/c.csv", "x");
    CHECK(inbox.look(1s) == none);
    CHECK(inbox.look(5s) == none);
    CHECK(inbox.sentences.size() == 1);
    inbox.write("plate 3/raw/c.csv", "c");
    CHECK(inbox.look(1s) == none);
    CHECK(inbox.look(1s) == Names{"plate 3"});
    const auto drop = scan(inbox.path, inbox.memory, inbox.now).ready.at(0);
    CHECK(drop.folder);
    CHECK(drop.files.size() == 3);
}

TEST_CASE("checksums beside the files of a folder vouch for them, and are no part of the run") {
    Watched inbox;
    inbox.write("plate/a.csv", "a");
    inbox.vouch("plate/a.csv", "a");
    inbox.write("plate/b.csv", "b");
    CHECK(inbox.look(0s) == none);
    CHECK(inbox.look(1s) == none);  // nobody vouches for b.csv
    inbox.vouch("plate/b.csv", "b");
    CHECK(inbox.look(1s) == Names{"plate"});
    CHECK(scan(inbox.path, inbox.memory, inbox.now).ready.at(0).files.size() == 2);
}

TEST_CASE("hidden, temporary and empty files and links are no runs") {
    Watched inbox;
    for (const char* name : {".run.csv", "run.tmp", "~$run.xlsx", "run.csv.part", ".hidden/run.csv"})
        inbox.write(name, "x");
    inbox.write("empty.csv", "");
    const Watched elsewhere;
    elsewhere.write("secret.csv", "x");
    fs::create_symlink(elsewhere.path / "secret.csv", inbox.path / "link.csv");
    fs::create_directory_symlink(elsewhere.path, inbox.path / "linked");
    CHECK(inbox.look(0s) == none);
    CHECK(inbox.look(1h) == none);
    fs::create_symlink(elsewhere.path / "secret.csv", inbox.path / "run.csv.sha256");
    inbox.write("run.csv", "1");
    inbox.look(1s);
    fs::remove(inbox.path / "run.csv.part");
    fs::remove(inbox.path / "run.tmp");
    fs::remove(inbox.path / "~$run.xlsx");
    inbox.look(1s);
    CHECK(inbox.look(5s) == run);
    CHECK(inbox.sentences == none);
}

TEST_CASE("what is removed is forgotten, and the folder itself may go away and come back") {
    Watched inbox;
    inbox.write("run.csv", "1");
    inbox.vouch("run.csv", "2");
    inbox.look(0s);
    CHECK(inbox.look(5s) == none);
    CHECK(inbox.sentences.size() == 1);
    fs::remove(inbox.path / "run.csv");
    fs::remove(inbox.path / "run.csv.sha256");
    CHECK(inbox.look(1s) == none);
    CHECK(inbox.memory.hashed.empty());
    CHECK(inbox.memory.sums.empty());
    CHECK(inbox.memory.told.empty());
    inbox.write("other.csv", "1");
    inbox.look(1s);
    inbox.look(5s);
    inbox.take();
    fs::rename(inbox.path, inbox.path.string() + "-away");
    CHECK_THROWS_AS(inbox.look(1s), ReadError);
    fs::rename(inbox.path.string() + "-away", inbox.path);
    CHECK(inbox.look(1s) == none);  // handed out before
}

TEST_CASE("what cannot be read is not ready, and no reason to stop") {
    Watched inbox;
    fs::permissions(inbox.path, fs::perms::all);
    inbox.write("run.csv", "1");
    inbox.write("good.csv", "1");
    fs::permissions(inbox.path / "run.csv", fs::perms::none);
    if (::geteuid() == 0) REQUIRE(::setresuid(65534, 65534, 0) == 0);
    CHECK(inbox.look(0s) == none);
    CHECK(inbox.look(1h) == Names{"good"});
    if (::getuid() == 65534) REQUIRE(::setresuid(0, 0, 0) == 0);
}

TEST_CASE("lists of checksums") {
    const std::string hash(64, 'a');
    CHECK(parse_checksums(hash + "  a b.csv\n")->at("a b.csv") == hash);
    CHECK(parse_checksums(std::string(64, 'A') + " *./a.csv")->at("a.csv") == hash);
    CHECK(parse_checksums("\r\n" + hash + "  a\r\n\n" + hash + "  b\r\n")->size() == 2);
    for (const std::string& text : {std::string{}, std::string{"\n"}, hash, hash + "  ", hash + " a", hash + "\ta",
                                    hash.substr(1) + "  abc", std::string(64, 'g') + "  a", hash + "  a\nx\n"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_checksums(text));
    }
}
