#include "service/store/schema.hpp"

#include <array>
#include <string>

#include "core/run/errors.hpp"

namespace microchim::store {
namespace {

// Times are milliseconds since 1970 (UTC). What is a record (messages, versions, events, signatures, audit) is only
// ever added to; triggers see to it that nobody forgets. What a peer sends compares its states one by one: for a list
// of three after IN, SQLite would build a table at every insertion.
constexpr Sql first = R"(
CREATE TABLE inbound(id INTEGER PRIMARY KEY, peer TEXT NOT NULL, app TEXT NOT NULL, fac TEXT NOT NULL, ctrl TEXT NOT NULL,
  type TEXT NOT NULL, sha256 BLOB NOT NULL, body BLOB NOT NULL, received_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK(state='stored' OR state='applied' OR state='refused'), answer BLOB,
  UNIQUE(peer, app, fac, ctrl)) STRICT;

CREATE TABLE trouble(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, peer TEXT NOT NULL, code TEXT NOT NULL,
  bytes INTEGER NOT NULL, detail TEXT NOT NULL) STRICT;

CREATE TABLE lab_order(id INTEGER PRIMARY KEY, peer TEXT NOT NULL, placer TEXT NOT NULL, placer_authority TEXT NOT NULL,
  accession TEXT NOT NULL, state TEXT NOT NULL CHECK(state='ordered' OR state='cancelled' OR state='reported'),
  document TEXT NOT NULL, inbound INTEGER REFERENCES inbound(id), created_at INTEGER NOT NULL,
  UNIQUE(peer, placer, placer_authority)) STRICT;
CREATE INDEX order_accession ON lab_order(accession);

CREATE TABLE job(id INTEGER PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL CHECK(source IN('inbox','upload')),
  sha256 TEXT NOT NULL UNIQUE, path TEXT NOT NULL, state TEXT NOT NULL CHECK(state IN('waiting','running','done','failed')),
  attempts INTEGER NOT NULL DEFAULT 0, created_by TEXT NOT NULL, created_at INTEGER NOT NULL, ended_at INTEGER,
  code INTEGER, failure TEXT, hint TEXT) STRICT;
CREATE INDEX job_work ON job(state, id);

CREATE TABLE result(id TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL
    CHECK(state IN('calculated','reviewed','signed','released','rejected')),
  revision INTEGER NOT NULL, sample TEXT NOT NULL, accession TEXT NOT NULL, lab_order INTEGER REFERENCES lab_order(id),
  job INTEGER REFERENCES job(id), imported_by TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX result_accession ON result(accession);
CREATE TABLE result_version(result TEXT NOT NULL REFERENCES result(id), version INTEGER NOT NULL, document TEXT NOT NULL,
  sha256 TEXT NOT NULL, created_by TEXT NOT NULL, created_at INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY(result, version)) STRICT;
CREATE TABLE result_event(id INTEGER PRIMARY KEY, result TEXT NOT NULL, version INTEGER NOT NULL, action TEXT NOT NULL,
  actor TEXT NOT NULL, role TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL,
  FOREIGN KEY(result, version) REFERENCES result_version(result, version)) STRICT;
CREATE INDEX result_event_of ON result_event(result, version);
CREATE TABLE signature(id INTEGER PRIMARY KEY, result TEXT NOT NULL, version INTEGER NOT NULL, actor TEXT NOT NULL,
  name TEXT NOT NULL, meaning TEXT NOT NULL, at INTEGER NOT NULL, document_sha256 TEXT NOT NULL, signature BLOB NOT NULL,
  FOREIGN KEY(result, version) REFERENCES result_version(result, version)) STRICT;

CREATE TABLE outbox(id INTEGER PRIMARY KEY, dest TEXT NOT NULL, result_id TEXT NOT NULL, version INTEGER NOT NULL,
  order_key TEXT NOT NULL, ctrl TEXT NOT NULL, body BLOB NOT NULL, sha256 BLOB NOT NULL, state TEXT NOT NULL
    CHECK(state IN('queued','claimed','sent','committed','accepted','dead','held')),
  attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL, last_code TEXT, last_error TEXT,
  abandoned INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, accepted_at INTEGER,
  UNIQUE(dest, ctrl), UNIQUE(dest, result_id, version)) STRICT;
CREATE INDEX outbox_work ON outbox(dest, state, next_at, id);
CREATE INDEX outbox_specimen ON outbox(dest, order_key, id);

CREATE TABLE audit(seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL, action TEXT NOT NULL,
  object TEXT NOT NULL, old_sha256 BLOB, new_sha256 BLOB, reason TEXT, prev BLOB NOT NULL, hash BLOB NOT NULL) STRICT;

CREATE TABLE user(id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL
    CHECK(role IN('technician','reviewer','admin','auditor')),
  password TEXT NOT NULL, created_at INTEGER NOT NULL, closed_at INTEGER) STRICT;
CREATE TABLE token(id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, name TEXT NOT NULL, destination TEXT NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;
CREATE TABLE idempotency(principal TEXT NOT NULL, key TEXT NOT NULL, sha256 BLOB NOT NULL, status INTEGER NOT NULL,
  headers TEXT NOT NULL, body BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(principal, key)) STRICT;
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;

CREATE TRIGGER keep_version BEFORE UPDATE ON result_version BEGIN SELECT RAISE(ABORT, 'versions are not changed'); END;
CREATE TRIGGER keep_version_row BEFORE DELETE ON result_version BEGIN SELECT RAISE(ABORT, 'versions are not deleted'); END;
CREATE TRIGGER keep_event BEFORE UPDATE ON result_event BEGIN SELECT RAISE(ABORT, 'events are not changed'); END;
CREATE TRIGGER keep_event_row BEFORE DELETE ON result_event BEGIN SELECT RAISE(ABORT, 'events are not deleted'); END;
CREATE TRIGGER keep_signature BEFORE UPDATE ON signature BEGIN SELECT RAISE(ABORT, 'signatures are not changed'); END;
CREATE TRIGGER keep_signature_row BEFORE DELETE ON signature BEGIN SELECT RAISE(ABORT, 'signatures are not deleted'); END;
CREATE TRIGGER keep_audit BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is not changed'); END;
CREATE TRIGGER keep_audit_row BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is not deleted'); END;
CREATE TRIGGER keep_user BEFORE DELETE ON user BEGIN SELECT RAISE(ABORT, 'users are closed, not deleted'); END;
)";

// Messages are counted for the status without a look at each of them: there are millions after years.
constexpr Sql second = "CREATE INDEX inbound_not_applied ON inbound(state) WHERE state<>'applied'";

using Step = void (*)(Database&);
constexpr std::array<Step, 2> steps{
    [](Database& db) { db.script(first); },
    [](Database& db) { db.script(second); },
};

void set_version(Database& db, int version) {
    // PRAGMA takes no bound value: the application's own table would be one more thing to keep in step.
    switch (version) {
        case 1:
            return db.script("PRAGMA user_version=1");
        case 2:
            return db.script("PRAGMA user_version=2");
        default:
            throw std::logic_error("store: a schema step without a number");
    }
}

int version_of(Database& db) {
    auto rows = db.query("PRAGMA user_version");
    return rows.next() ? static_cast<int>(rows.integer(0)) : 0;
}

void copy_before(Database& db, const std::filesystem::path& file, int next) {
    const auto copy = file.string() + ".before-" + std::to_string(next);
    std::filesystem::remove(copy);
    db.run("VACUUM INTO ?", copy);
    std::filesystem::permissions(copy, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace

int schema_version() {
    return static_cast<int>(steps.size());
}

void migrate(Database& db, const std::filesystem::path& file) {
    int version = version_of(db);
    if (version > schema_version())
        throw ConfigError("The store '" + file.string() + "' was made by a newer version of microchim (schema " +
                              std::to_string(version) + ", this program knows " + std::to_string(schema_version()) +
                              ").",
                          file.string(), {}, "Use that version, or restore the copy that was made before the upgrade.");
    if (version > 0 && version < schema_version()) copy_before(db, file, version + 1);
    for (; version < schema_version(); ++version) {
        db.run("BEGIN IMMEDIATE");
        try {
            steps[static_cast<std::size_t>(version)](db);
            set_version(db, version + 1);
            db.run("COMMIT");
        } catch (...) {
            db.run("ROLLBACK");
            throw;
        }
    }
}

}  // namespace microchim::store
