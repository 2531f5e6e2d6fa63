// A run in the inbox is handed out once, when it is finished, and again when it changed.
#include "instruments/inbox.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "core/run/errors.hpp"

using namespace microchim;
using namespace microchim::instruments;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A file of this size, written `at` seconds after some day.
InboxFile file(const std::string& path, std::uint64_t size = 100, int at = 0) {
    return {path, size, std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + std::chrono::seconds(at)};
}

/// An inbox that is looked at again and again.
struct Inbox {
    InboxMemory memory = {};
    InboxTime now = InboxTime(1000h);
    std::vector<Drop> drops = {};

    /// A scan `later` than the one before; the drop of this name, which must be there.
    const Drop& look(std::chrono::seconds later, const std::vector<InboxFile>& files, const std::string& name = "run") {
        now += later;
        auto result = scan(files, now, std::move(memory));
        memory = std::move(result.memory);
        drops = std::move(result.drops);
        const auto found = std::ranges::find(drops, name, &Drop::name);
        REQUIRE(found != drops.end());
        return *found;
    }

    DropState state(std::chrono::seconds later, const std::vector<InboxFile>& files, const std::string& name = "run") {
        return look(later, files, name).state;
    }
};

std::vector<std::string> names(const std::vector<Drop>& drops) {
    std::vector<std::string> all;
    for (const auto& drop : drops) all.push_back(drop.name);
    return all;
}

using enum DropState;

}  // namespace

TEST_CASE("a file is ready when it has rested, handed out once, and again when it changed") {
    Inbox inbox;
    CHECK(inbox.look(0s, {file("run.csv", 10, 1)}).reason == "it has not changed for 0 s; it is read after 30 s");
    CHECK(inbox.state(29s, {file("run.csv", 10, 1)}) == writing);
    CHECK(inbox.state(5s, {file("run.csv", 20, 1)}) == writing);   // it grew
    CHECK(inbox.state(25s, {file("run.csv", 20, 2)}) == writing);  // written again, no longer
    CHECK(inbox.state(29s, {file("run.csv", 20, 2)}) == writing);
    const auto ready = inbox.look(1s, {file("run.csv", 20, 2)});
    CHECK(ready.state == DropState::ready);
    CHECK(ready.reason == "it has not changed for 30 s");
    CHECK_FALSE(ready.changed);
    CHECK(inbox.state(1s, {file("run.csv", 20, 2)}) == DropState::ready);  // until it is taken
    hand_out(inbox.memory, ready);
    CHECK(inbox.look(1s, {file("run.csv", 20, 2)}).reason == "it was handed out already");
    CHECK(inbox.state(24h, {file("run.csv", 20, 2)}) == done);
    CHECK(inbox.state(1s, {file("run.csv", 20, 3)}) == writing);  // exported again
    const auto again = inbox.look(30s, {file("run.csv", 20, 3)});
    CHECK(again.state == DropState::ready);
    CHECK(again.changed);
    CHECK(again.reason == "it changed after it was handed out, and has not for 30 s");
}

TEST_CASE("what changed between the scan and the hand-out is ready again") {
    Inbox inbox;
    inbox.look(0s, {file("run.csv", 10)});
    const auto ready = inbox.look(30s, {file("run.csv", 10)});
    inbox.look(1s, {file("run.csv", 11)});
    hand_out(inbox.memory, ready);  // somebody was slow
    CHECK(inbox.state(1s, {file("run.csv", 11)}) == writing);
    CHECK(inbox.look(30s, {file("run.csv", 11)}).changed);
}

TEST_CASE("the dates of files need not make sense") {
    for (const int at : {-2'000'000'000, 0, 2'000'000'000}) {
        CAPTURE(at);
        Inbox inbox;
        CHECK(inbox.state(0s, {file("run.csv", 10, at)}) == writing);
        CHECK(inbox.state(30s, {file("run.csv", 10, at)}) == DropState::ready);
        CHECK(inbox.state(1s, {file("run.csv", 10, at - 1)}) == writing);  // backwards is a change, too
    }
}

TEST_CASE("a coarse date does not hide what is written, because the size grows") {
    Inbox inbox;
    for (std::uint64_t size = 1; size < 100; ++size) CHECK(inbox.state(10s, {file("run.csv", size, 0)}) == writing);
}

TEST_CASE("a memory of another boot starts waiting anew") {
    Inbox inbox;
    inbox.look(0s, {file("run.csv")});
    inbox.now = InboxTime(1min);
    CHECK(inbox.state(0s, {file("run.csv")}) == writing);
    CHECK(inbox.state(30s, {file("run.csv")}) == DropState::ready);
}

TEST_CASE("a table and its amplitude files are one drop, which is ready when the last one rests") {
    Inbox inbox;
    std::vector<InboxFile> files{file("Run.csv")};
    for (const char* well : {"A01", "A02", "H12"}) {
        CHECK(inbox.state(20s, files) == writing);
        files.push_back(file("run_" + std::string(well) + "_Amplitude.csv"));
    }
    CHECK(inbox.state(20s, files) == writing);
    const auto& drop = inbox.look(30s, files);
    CHECK(drop.state == DropState::ready);
    CHECK(drop.files.size() == 4);
    CHECK_FALSE(drop.folder);
    CHECK(inbox.drops.size() == 1);
    hand_out(inbox.memory, drop);
    files.push_back(file("run_B01_Amplitude.csv"));  // a straggler
    CHECK(inbox.state(1s, files) == writing);
    CHECK(inbox.look(30s, files).changed);
}

TEST_CASE("lone files belong together by their stem, and no further") {
    Inbox inbox;
    inbox.look(
        0s, {file("run.csv"), file("RUN.qlp"), file("run.pdf"), file("run_summary.csv"), file("run_2.csv"),
             file("run 1.csv"), file("run 10.csv"), file("run_A01.csv"), file("x -  Quantification Cq Results_0.csv"),
             file("x -  End Point Results_FAM.csv"), file("x_Run Information.csv"), file("noextension")});
    CHECK(names(inbox.drops) == std::vector<std::string>{"noextension", "run", "run 1", "run 10", "run_2", "run_a01",
                                                         "x", "x_run information"});
    CHECK(std::ranges::find(inbox.drops, "run", &Drop::name)->files.size() == 4);
}

TEST_CASE("a folder is one run, and grows") {
    Inbox inbox;
    std::vector<InboxFile> files{file("plate 3/a.csv"), file("plate 3/raw/b.csv"), file("plate 3.csv")};
    inbox.look(0s, files, "plate 3");
    CHECK(inbox.drops.size() == 2);  // the file beside it is another
    const auto folder = [&] { return *std::ranges::find(inbox.drops, true, &Drop::folder); };
    CHECK(folder().files.size() == 2);
    files.push_back(file("plate 3/raw/c.csv"));
    inbox.look(30s, files, "plate 3");
    CHECK(folder().state == writing);
    inbox.look(30s, files, "plate 3");
    CHECK(folder().state == DropState::ready);
    CHECK(folder().name == "plate 3");
    hand_out(inbox.memory, folder());
    files.erase(files.begin());  // somebody tidies up
    inbox.look(1s, files, "plate 3");
    CHECK(folder().state == done);
}

TEST_CASE("temporary files hold their run back, for a while") {
    for (const char* name : {"run.csv.part", "run.csv.crdownload", "run.tmp", "~$run.xlsx", "Run.CSV.PART"}) {
        CAPTURE(name);
        Inbox inbox;
        const std::vector<InboxFile> files{file("run.csv"), file(name)};
        CHECK(inbox.state(0s, files) == writing);
        CHECK(inbox.look(60s, files).reason == "'" + std::string(name) + "' is still being written");
        CHECK(inbox.look(539s, files).files.size() == 1);
        CHECK(inbox.state(1s, files) == DropState::ready);  // left behind by something that died
        CHECK(inbox.state(1s, {file("run.csv")}) == writing);
        CHECK(inbox.state(30s, {file("run.csv")}) == DropState::ready);
    }
    Inbox inbox;
    inbox.look(0s, {file("run.csv.part")});
    CHECK(inbox.look(1000s, {file("run.csv.part")}).reason == "there are only empty or temporary files");
    inbox.look(0s, {file("plate/a.csv"), file("plate/raw/b.csv.part")}, "plate");
    CHECK(inbox.look(60s, {file("plate/a.csv"), file("plate/raw/b.csv.part")}, "plate").state == writing);
    inbox.look(0s, {file("run.zip.download/run.zip")}, "run.zip.download");
    CHECK(inbox.state(60s, {file("run.zip.download/run.zip")}, "run.zip.download") == writing);
}

TEST_CASE("empty files are not finished, and never a run by themselves") {
    Inbox inbox;
    inbox.look(0s, {file("run.csv", 0)});
    CHECK(inbox.look(60s, {file("run.csv", 0)}).reason == "'run.csv' is still empty");
    CHECK(inbox.state(24h, {file("run.csv", 0)}) == writing);
    const std::vector<InboxFile> files{file("run.csv"), file("run.log", 0)};
    inbox.look(0s, files);
    CHECK(inbox.state(60s, files) == writing);
    CHECK(inbox.look(540s, files).state == DropState::ready);
}

TEST_CASE("what cannot be looked at is waited for, however long") {
    Inbox inbox;
    auto secret = file("plate/raw/", 0);
    secret.readable = false;
    inbox.look(0s, {file("plate/a.csv"), secret}, "plate");
    CHECK(inbox.look(24h, {file("plate/a.csv"), secret}, "plate").reason == "'plate/raw/' cannot be looked at");
}

TEST_CASE("a share that goes away and comes back brings nothing twice") {
    Inbox inbox;
    inbox.look(0s, {file("run.csv")});
    hand_out(inbox.memory, inbox.look(30s, {file("run.csv")}));
    CHECK(scan({}, inbox.now, inbox.memory).drops.empty());
    inbox.memory = scan({}, inbox.now, inbox.memory).memory;
    CHECK(inbox.memory.watched.empty());
    CHECK(inbox.state(1s, {file("run.csv")}) == done);
}

TEST_CASE("the litter of operating systems is no run") {
    Inbox inbox;
    inbox.look(0s, {file("run.csv"), file(".DS_Store"), file("Thumbs.db"), file("desktop.ini"), file(".run.csv.a1B2")});
    CHECK(names(inbox.drops) == std::vector<std::string>{"run"});
}

TEST_CASE("a folder is listed with what is in it and without following links") {
    std::string name = (fs::temp_directory_path() / "microchim-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    const fs::path root = name;
    fs::create_directories(root / "plate/raw/__MACOSX");
    std::ofstream(root / "plate/raw/a.csv") << "12345";
    std::ofstream(root / "plate/raw/__MACOSX/x.csv") << "1";
    std::ofstream(root / "run.csv") << "";
    std::ofstream(root / ".hidden") << "1";
    fs::create_directory_symlink("/", root / "link");
    fs::create_symlink("run.csv", root / "link.csv");
    REQUIRE(::mkfifo((root / "pipe").c_str(), 0600) == 0);
    const auto files = list(root);
    REQUIRE(files.size() == 2);
    CHECK(files[0].path == "plate/raw/a.csv");
    CHECK(files[0].size == 5);
    CHECK(std::chrono::system_clock::now() - files[0].modified < 1min);
    CHECK(files[0].readable);
    CHECK(files[1] == InboxFile{"run.csv", 0, files[1].modified});
    CHECK(list(root) == files);
    fs::remove_all(root);
    CHECK_THROWS_AS(list(root), ReadError);
}
