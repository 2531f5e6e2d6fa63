// The store: groups, a piece that fails, the audit's chain, the outbox's order.
#include "service/store/store.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <future>

#include "core/run/errors.hpp"
#include "service/store/audit.hpp"
#include "service/store/counters.hpp"
#include "service/store/job_list.hpp"
#include "service/store/messages.hpp"
#include "service/store/outbox.hpp"

using namespace microchim;
using namespace microchim::store;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("microchim-store-" + std::to_string(::getpid()));
    Folder() { fs::remove_all(path); }
    ~Folder() { fs::remove_all(path); }
};

std::int64_t send(Store& store, const char* id, const char* specimen) {
    std::int64_t row = 0;
    store.write([&](Database& db) {
        row = enqueue(db, {.destination = "LIS",
                           .result_id = id,
                           .version = 1,
                           .specimen = specimen,
                           .control_id = id,
                           .body = "MSH|"});
    });
    return row;
}

std::optional<Claim> claim(Store& store, std::int64_t now = now_ms() + 1) {
    std::optional<Claim> claimed;
    store.write([&](Database& db) { claimed = claim_next(db, "LIS", now); });
    return claimed;
}

void end(Store& store, std::int64_t id, const char* state, const char* error = "", std::int64_t next_at = 0) {
    store.write([&](Database& db) { settle(db, id, {.state = state, .next_at = next_at, .error = error}); });
}

std::string state(Store& store, std::int64_t id) {
    return store.read([&](Database& db) { return outbox_row(db, id).value().state; });
}

}  // namespace

TEST_CASE("a piece that fails is undone alone, and those with it are kept") {
    const Folder folder;
    Store store(folder.path);
    std::promise<bool> failed;
    store.write([](Database& db) { count(db, "a"); }, {});
    store.write(
        [](Database& db) {
            count(db, "a");
            throw std::runtime_error("no");
        },
        [&](std::exception_ptr error) { failed.set_value(error != nullptr); });
    store.write([](Database& db) { count(db, "a"); });
    CHECK(failed.get_future().get());
    CHECK(store.read([](Database& db) { return counted(db, "a"); }) == 2);
}

TEST_CASE("one service a folder, and nobody else's eyes") {
    const Folder folder;
    const Store store(folder.path);
    CHECK_THROWS_AS(Store(folder.path), ConfigError);
    CHECK((fs::status(folder.path / "microchim.db").permissions() & fs::perms::group_all) == fs::perms::none);
}

TEST_CASE("the audit shows what was changed, taken out or cut off") {
    const Folder folder;
    const auto key = [&] {
        fs::create_directories(folder.path);
        return SigningKey::load_or_make(folder.path / "key.pem");
    }();
    const auto file = folder.path / "checkpoints";
    {
        Store store(folder.path);
        for (int i = 0; i < 5; ++i)
            store.write([](Database& db) { append(db, {"ada", "reviewer", "result.sign", "R000001/1", {}, {}, "r"}); });
        store.read([&](Database& db) { CHECK(add_checkpoint(db, key, file)); });
        store.read([&](Database& db) { CHECK_FALSE(add_checkpoint(db, key, file)); });
        CHECK_THROWS_AS(store.write([](Database& db) { db.run("UPDATE audit SET actor='eve' WHERE seq=3"); }),
                        StoreError);
        CHECK_THROWS_AS(store.write([](Database& db) { db.run("DELETE FROM audit WHERE seq=5"); }), StoreError);
    }
    // Somebody with the file and another program.
    Database db(folder.path / "microchim.db", Database::Mode::write);
    const auto check = [&] { return verify_audit(db, read_checkpoints(file), &key); };
    CHECK(check().verified());
    db.script("DROP TRIGGER keep_audit; DROP TRIGGER keep_audit_row;");
    SUBCASE("changed") {
        db.run("UPDATE audit SET actor='eve' WHERE seq=3");
        CHECK(check().first_bad == 3);
    }
    SUBCASE("taken out") {
        db.run("DELETE FROM audit WHERE seq=2");
        CHECK(check().first_bad == 2);
    }
    SUBCASE("cut off") {
        db.run("DELETE FROM audit WHERE seq>3");
        CHECK(check().first_bad == 4);
    }
    SUBCASE("another key") {
        const auto other = SigningKey::load_or_make(folder.path / "other.pem");
        CHECK(verify_audit(db, read_checkpoints(file), &other).first_bad == 5);
    }
}

TEST_CASE("a key that others may read is refused") {
    const Folder folder;
    fs::create_directories(folder.path);
    const auto file = folder.path / "key.pem";
    const auto signature = SigningKey::load_or_make(file).sign("text");
    CHECK(SigningKey::load_or_make(file).verify("text", signature));
    CHECK_FALSE(SigningKey::load_or_make(file).verify("test", signature));
    fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
    CHECK_THROWS_AS(SigningKey::load_or_make(file), ConfigError);
}

TEST_CASE("first in, first out; what is dead holds its specimen and nobody else") {
    const Folder folder;
    Store store(folder.path);
    const auto a1 = send(store, "a1", "A"), b1 = send(store, "b1", "B"), a2 = send(store, "a2", "A");
    CHECK(claim(store)->id == a1);
    end(store, a1, "dead", "E_REJECTED");
    CHECK(state(store, a2) == "held");
    CHECK(claim(store)->id == b1);
    end(store, b1, "accepted");
    CHECK_FALSE(claim(store));
    const auto a3 = send(store, "a3", "A");
    CHECK(state(store, a3) == "held");
    store.write([&](Database& db) { CHECK_FALSE(retry(db, a2)); });  // not its own fault
    SUBCASE("again") {
        store.write([&](Database& db) { CHECK(retry(db, a1)); });
        CHECK(state(store, a2) == "queued");
        CHECK(claim(store)->id == a1);
    }
    SUBCASE("given up") {
        store.write([&](Database& db) { CHECK(abandon(db, a1)); });
        CHECK(claim(store)->id == a2);
    }
}

TEST_CASE("what waits is not passed by what came later") {
    const Folder folder;
    Store store(folder.path);
    const auto a = send(store, "a", "A");
    send(store, "b", "B");
    CHECK(claim(store)->id == a);
    end(store, a, "sent", "E_NO_ANSWER", now_ms() + 60'000);
    CHECK(claim(store)->id == a);
    CHECK(claim(store)->wait_ms > 0);
    CHECK(claim(store, now_ms() + 61'000)->wait_ms == 0);
}

TEST_CASE("after a crash: claimed was not sent; sent is uncertain") {
    const Folder folder;
    Store store(folder.path);
    const auto a = send(store, "a", "A");
    claim(store);
    store.write([&](Database& db) { recover_outbox(db, "LIS", false); });
    CHECK(state(store, a) == "queued");
    claim(store);
    store.write([&](Database& db) { mark_sent(db, a); });
    SUBCASE("a receiver that knows a message again") {
        store.write([&](Database& db) { recover_outbox(db, "LIS", true); });
        CHECK(claim(store)->id == a);
    }
    SUBCASE("one that does not") {
        store.write([&](Database& db) { recover_outbox(db, "LIS", false); });
        CHECK(state(store, a) == "held");
    }
}

TEST_CASE("a message that is not what was signed is not sent") {
    const Folder folder;
    Store store(folder.path);
    send(store, "a", "A");
    store.write([](Database& db) { db.run("UPDATE outbox SET body=x'4d5348'"); });
    CHECK_FALSE(claim(store)->intact);
}

TEST_CASE("a job that failed is tried again when it is uploaded again, and a start that was stopped is none") {
    const Folder folder;
    Store store(folder.path);
    store.write([](Database& db) {
        const StoredJob dropped{.name = "run", .sha256 = "a", .path = "p"};
        const StoredJob uploaded{.name = "run", .source = "upload", .sha256 = "a", .path = "p"};
        const auto id = add_job(db, dropped).id;
        CHECK_FALSE(add_job(db, uploaded).waits);  // it waits already
        for (int start = 0; start < 5; ++start) {
            REQUIRE(start_next_job(db));
            return_job(db, id);
        }
        for (int start = 0; start < 3; ++start) {
            CHECK(start_next_job(db).value().attempts == start + 1);
            recover_jobs(db);
        }
        CHECK(find_job(db, id).value().state == "failed");  // three crashes are enough
        CHECK_FALSE(add_job(db, dropped).waits);            // a restart finds it in the inbox again
        CHECK(find_job(db, id).value().state == "failed");
        const auto again = add_job(db, uploaded);
        CHECK(again.id == id);
        CHECK(again.waits);
        CHECK(find_job(db, id).value().failure.empty());
        CHECK(start_next_job(db).value().attempts == 1);
        end_job(db, id, 0, "", "");
        CHECK_FALSE(add_job(db, uploaded).waits);  // it is done
    });
}

TEST_CASE("a message that is no longer kept is still known") {
    const Folder folder;
    Store store(folder.path);
    store.write([](Database& db) {
        const MessageKey key{"LIS", "APP", "FAC", "M1"};
        add_message(db, {key, "OML", "fingerprint", "MSH|all of it", "applied", "MSA|AA|M1"});
        const auto body = [&] {
            auto rows = db.query("SELECT body FROM inbound");
            REQUIRE(rows.next());
            return rows.text(0);
        };
        CHECK_FALSE(forget_messages(db, now_ms() - 1000));
        CHECK(body() == "MSH|all of it");
        CHECK_FALSE(forget_messages(db, now_ms() + 1));
        CHECK(body().empty());
        CHECK(find_message(db, key).value().sha256 == "fingerprint");
        CHECK(find_message(db, key).value().answer == "MSA|AA|M1");
    });
}

TEST_CASE("many messages are forgotten some at a time, and each once") {
    const Folder folder;
    Store store(folder.path);
    store.write([](Database& db) {
        for (int i = 0; i < 1200; ++i)
            add_message(db, {{"LIS", "APP", "FAC", std::to_string(i)}, "OML", "sum", "MSH|", "applied", "MSA|AA|"});
        const auto left = [&] {
            auto rows = db.query("SELECT count(*) FROM inbound WHERE length(body)>0");
            rows.next();
            return rows.integer(0);
        };
        db.run("UPDATE inbound SET received_at=0 WHERE id<=1100");
        CHECK(forget_messages(db, 1));
        CHECK(left() == 700);
        CHECK(forget_messages(db, 1));
        CHECK_FALSE(forget_messages(db, 1));
        CHECK(left() == 100);
        CHECK_FALSE(forget_messages(db, 1));
        CHECK_FALSE(forget_messages(db, now_ms() + 1));
        CHECK(left() == 0);
    });
}

TEST_CASE("messages are counted by what became of them") {
    const Folder folder;
    Store store(folder.path);
    const auto counted = [&] { return store.read([](Database& db) { return count_messages(db); }); };
    CHECK(counted().applied == 0);
    store.write([](Database& db) {
        const MessageKey key{"LIS", "APP", "FAC", "1"};
        CHECK(add_message(db, {key, "OML", "sum", "MSH|", "refused", "MSA|AE|"}) == 1);
        CHECK_FALSE(add_message(db, {key, "OML", "sum", "MSH|", "applied", "MSA|AA|"}));
        for (const char* name : {"2", "3"})
            add_message(db, {{"LIS", "APP", "FAC", name}, "OML", "sum", "MSH|", "applied", "MSA|AA|"});
        add_message(db, {{"LIS", "APP", "FAC", "4"}, "ORU", "sum", "MSH|", "stored", "MSA|AA|"});
    });
    CHECK(counted().applied == 2);
    CHECK(counted().stored == 1);
    CHECK(counted().refused == 1);
    store.write([](Database& db) { settle_message(db, 1, "applied", "MSA|AA|"); });
    CHECK(counted().applied == 3);
    CHECK(counted().refused == 0);
}

TEST_CASE("a store of the version before is copied, then brought forward") {
    const Folder folder;
    {
        Store store(folder.path);
        store.write([](Database& db) {
            count(db, "kept");
            db.run("DROP INDEX inbound_not_applied");
            db.run("PRAGMA user_version=1");
        });
    }
    Store store(folder.path);
    CHECK(store.read([](Database& db) { return counted(db, "kept"); }) == 1);
    const auto indexes = [](Database& db) {
        auto rows = db.query("SELECT count(*) FROM sqlite_schema WHERE name='inbound_not_applied'");
        rows.next();
        return rows.integer(0);
    };
    CHECK(store.read(indexes) == 1);
    const auto copy = folder.path / "microchim.db.before-2";
    CHECK((fs::status(copy).permissions() & fs::perms::group_all) == fs::perms::none);
    Database before(copy, Database::Mode::read);
    CHECK(indexes(before) == 0);
    CHECK(counted(before, "kept") == 1);
}

TEST_CASE("the copy of a run that was read long ago is forgotten once") {
    const Folder folder;
    Store store(folder.path);
    store.write([](Database& db) {
        const auto id = add_job(db, {.name = "run", .sha256 = "a", .path = "p"}).id;
        CHECK(ended_jobs(db, now_ms() + 1).empty());  // it waits
        start_next_job(db);
        end_job(db, id, 0, "", "");
        CHECK(ended_jobs(db, now_ms() - 1000).empty());
        CHECK(ended_jobs(db, now_ms() + 1).size() == 1);
        forget_copy(db, id);
        CHECK(ended_jobs(db, now_ms() + 1).empty());
    });
}
