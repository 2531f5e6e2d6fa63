#include "service/jobs/spool.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "core/run/errors.hpp"
#include "core/run/sha256.hpp"
#include "tests/jobs/support.hpp"

using namespace microchim;
using namespace microchim::jobs;
namespace fs = std::filesystem;

namespace {

struct Shop : TemporaryFolder {
    fs::path inbox = path / "inbox", spool_folder = path / "spool";

    /// All that lies in the inbox, as one drop.
    instruments::Drop drop() const {
        instruments::Drop all;
        all.name = "run";
        all.files = instruments::list(inbox);
        return all;
    }
    std::set<std::string> spooled() const {
        std::set<std::string> all;
        for (const auto& entry : fs::directory_iterator(spool_folder)) all.insert(entry.path().filename());
        return all;
    }
};

}  // namespace

TEST_CASE("a drop is copied whole, and known again by its names and contents") {
    Shop shop;
    shop.write("inbox/plate 3/a.csv", "12345");
    shop.write("inbox/plate 3/raw/b.csv", std::string(300'000, 'b'));
    const auto first = spool(shop.inbox, shop.drop(), shop.spool_folder);
    REQUIRE(first);
    CHECK(first->bytes == 300'005);
    CHECK(first->path == shop.spool_folder / first->identity);
    CHECK(first->identity == sha256(sha256("12345") + "  plate 3/a.csv" + '\0' + sha256(std::string(300'000, 'b')) +
                                    "  plate 3/raw/b.csv" + '\0'));
    CHECK(slurp(first->path / "plate 3/a.csv") == "12345");
    CHECK(slurp(first->path / "plate 3/raw/b.csv") == std::string(300'000, 'b'));
    CHECK(shop.spooled() == std::set<std::string>{first->identity});
    CHECK(slurp(shop.inbox / "plate 3/a.csv") == "12345");  // the laboratory's stays

    CHECK(spool(shop.inbox, shop.drop(), shop.spool_folder)->identity == first->identity);
    CHECK(shop.spooled().size() == 1);
    shop.write("inbox/plate 3/a.csv", "12346");
    CHECK(spool(shop.inbox, shop.drop(), shop.spool_folder)->identity != first->identity);
    CHECK(shop.spooled().size() == 2);
    shop.write("inbox/plate 3/a.csv", "12345");
    fs::rename(shop.inbox / "plate 3/a.csv", shop.inbox / "plate 3/c.csv");
    CHECK(spool(shop.inbox, shop.drop(), shop.spool_folder)->identity != first->identity);
}

TEST_CASE("what changed since it was listed is not taken") {
    Shop shop;
    const auto file = shop.write("inbox/run.csv", "12345");
    const auto before = shop.drop();
    shop.write("inbox/run.csv", "123456");  // longer
    CHECK_FALSE(spool(shop.inbox, before, shop.spool_folder));
    shop.write("inbox/run.csv", "54321");  // as long, later
    fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(2));
    CHECK_FALSE(spool(shop.inbox, before, shop.spool_folder));
    fs::remove(file);
    CHECK_FALSE(spool(shop.inbox, before, shop.spool_folder));
    CHECK(shop.spooled().empty());  // and nothing is left behind
}

TEST_CASE("no link is followed, in no part of a path, and nothing blocks") {
    Shop shop;
    shop.write("inbox/plate/a.csv", "12345");
    auto drop = shop.drop();
    fs::rename(shop.inbox / "plate", shop.path / "away");
    fs::create_directory_symlink(shop.path / "away", shop.inbox / "plate");  // the same file, over a link
    CHECK_FALSE(spool(shop.inbox, drop, shop.spool_folder));
    fs::remove(shop.inbox / "plate");
    fs::create_directory(shop.inbox / "plate");
    fs::create_symlink(shop.path / "away/a.csv", shop.inbox / "plate/a.csv");
    CHECK_FALSE(spool(shop.inbox, drop, shop.spool_folder));
    fs::remove(shop.inbox / "plate/a.csv");
    REQUIRE(::mkfifo((shop.inbox / "plate/a.csv").c_str(), 0600) == 0);
    CHECK_FALSE(spool(shop.inbox, drop, shop.spool_folder));
    fs::remove(shop.inbox / "plate/a.csv");
    fs::rename(shop.path / "away/a.csv", shop.inbox / "plate/a.csv");
    CHECK(spool(shop.inbox, drop, shop.spool_folder));
    for (const char* path : {"../inbox/plate/a.csv", "/etc/passwd", "plate//a.csv", "./plate/a.csv", ""}) {
        drop.files[0].path = path;
        CHECK_FALSE(hash_file(shop.inbox, drop.files[0]));
    }
}

TEST_CASE("limits are sentences") {
    Shop shop;
    shop.write("inbox/run/a.csv", "12345");
    shop.write("inbox/run/b.csv", "12345");
    const auto take = [&](const SpoolLimits& limits) {
        return spool(shop.inbox, shop.drop(), shop.spool_folder, limits);
    };
    CHECK_THROWS_WITH_AS(take({.bytes = 9}), "'run' is not taken: it is larger than 9 bytes.", ReadError);
    CHECK_THROWS_WITH_AS(take({.entries = 1}), "'run' is not taken: it has more than 1 files.", ReadError);
    CHECK_THROWS_WITH_AS(take({.depth = 0}), "'run' is not taken: its folders are deeper than 0.", ReadError);
    auto huge = shop.drop();
    for (auto& file : huge.files) file.size = ~std::uint64_t{0};  // a sum that would run over
    CHECK_THROWS_AS(spool(shop.inbox, huge, shop.spool_folder), ReadError);
    CHECK_FALSE(fs::exists(shop.spool_folder));
    CHECK(take({.bytes = 10, .entries = 2, .depth = 1}));
}

TEST_CASE("what a crash left half copied is cleared away, and nothing else") {
    Shop shop;
    tidy(shop.spool_folder);  // not there yet
    shop.write("inbox/run.csv", "12345");
    const auto done = spool(shop.inbox, shop.drop(), shop.spool_folder);
    shop.write("spool/.part-abcdef/run.csv", "123");
    tidy(shop.spool_folder);
    CHECK(shop.spooled() == std::set<std::string>{done->identity});
}

TEST_CASE("a spool that cannot be written is an error of ours") {
    Shop shop;
    shop.write("inbox/run.csv", "12345");
    shop.write("spool", "a file");
    CHECK_THROWS_AS(spool(shop.inbox, shop.drop(), shop.spool_folder), std::system_error);
}
