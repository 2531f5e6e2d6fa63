#include "service/store/outbox.hpp"

#include "service/store/signing_key.hpp"
#include "service/store/store.hpp"

namespace microchim::store {
namespace {

constexpr const char* held_by_earlier = "E_HELD_BY_EARLIER";

/// After a change of one row: which later rows of its specimen may go, and which must wait for it.
void hold_later(Database& db, std::string_view destination, std::string_view specimen) {
    db.run(
        "UPDATE outbox SET state='held', last_error=?3 WHERE dest=?1 AND order_key=?2 AND state='queued' AND EXISTS("
        "SELECT 1 FROM outbox e WHERE e.dest=?1 AND e.order_key=?2 AND e.id<outbox.id AND e.abandoned=0 "
        "AND e.state IN('dead','held'))",
        destination, specimen, held_by_earlier);
    db.run(
        "UPDATE outbox SET state='queued', last_error='' WHERE dest=?1 AND order_key=?2 AND state='held' "
        "AND last_error=?3 AND NOT EXISTS("
        "SELECT 1 FROM outbox e WHERE e.dest=?1 AND e.order_key=?2 AND e.id<outbox.id AND e.abandoned=0 "
        "AND (e.state='dead' OR (e.state='held' AND e.last_error<>?3)))",
        destination, specimen, held_by_earlier);
}

void hold_later(Database& db, std::int64_t id) {
    const auto row = outbox_row(db, id);
    if (row) hold_later(db, row->destination, row->specimen);
}

OutboxRow row_in(const Rows& rows) {
    return {rows.integer(0), rows.text(1),     rows.text(2),    rows.integer(3), rows.text(4),
            rows.text(5),    rows.text(6),     rows.integer(7), rows.integer(8), rows.text(9),
            rows.text(10),   rows.integer(11), rows.integer(12)};
}

#define OUTBOX_COLUMNS                                                                                          \
    "SELECT id, dest, result_id, version, order_key, ctrl, state, attempts, next_at, coalesce(last_code, ''), " \
    "coalesce(last_error, ''), created_at, coalesce(accepted_at, 0) FROM outbox "

}  // namespace

std::int64_t enqueue(Database& db, const Outgoing& message) {
    const auto digest = sha256_bytes(message.body);
    db.run(
        "INSERT INTO outbox(dest, result_id, version, order_key, ctrl, body, sha256, state, next_at, created_at) "
        "VALUES(?1,?2,?3,?4,?5,?6,?8,'queued',?7,?7)",
        message.destination, message.result_id, message.version, message.specimen, message.control_id,
        Blob{message.body}, now_ms(), Blob{digest});
    const auto id = db.last_id();
    hold_later(db, message.destination, message.specimen);
    return id;
}

std::optional<Claim> claim_next(Database& db, std::string_view destination, std::int64_t now) {
    // What was sent and not answered is sent again. A specimen whose earlier message is still committed (taken, not yet
    // approved) waits; others pass it.
    auto rows = db.query(
        "SELECT id, ctrl, body, result_id, version, attempts, next_at, coalesce(last_error, ''), sha256 FROM outbox o "
        "WHERE dest=?1 AND state IN('queued','sent') AND NOT EXISTS(SELECT 1 FROM outbox e WHERE e.dest=?1 AND "
        "e.order_key=o.order_key AND e.id<o.id AND e.state='committed') ORDER BY id LIMIT 1",
        destination);
    if (!rows.next()) return std::nullopt;
    Claim claim{rows.integer(0), rows.text(1),    rows.text(2), rows.text(3),
                rows.integer(4), rows.integer(5), rows.text(7)};
    claim.intact = sha256_bytes(claim.body) == rows.view(8);
    if (rows.integer(6) > now) claim.wait_ms = rows.integer(6) - now;
    else db.run("UPDATE outbox SET state='claimed' WHERE id=?", claim.id);
    return claim;
}

void mark_sent(Database& db, std::int64_t id) {
    db.run("UPDATE outbox SET state='sent' WHERE id=? AND state='claimed'", id);
}

void settle(Database& db, std::int64_t id, const Verdict& verdict) {
    db.run(
        "UPDATE outbox SET state=?2, attempts=?3, next_at=?4, last_code=?5, last_error=?6, "
        "accepted_at=CASE WHEN ?2='accepted' THEN ?7 ELSE accepted_at END WHERE id=?1",
        id, verdict.state, verdict.attempts, verdict.next_at, verdict.code, verdict.error, now_ms());
    hold_later(db, id);
}

void recover_outbox(Database& db, std::string_view destination, bool dedupe) {
    db.run("UPDATE outbox SET state='queued' WHERE dest=? AND state='claimed'", destination);
    if (dedupe) {
        db.run("UPDATE outbox SET state='queued' WHERE dest=? AND state='sent'", destination);
        return;
    }
    std::vector<std::int64_t> unsure;
    {
        auto rows = db.query("SELECT id FROM outbox WHERE dest=? AND state='sent'", destination);
        while (rows.next()) unsure.push_back(rows.integer(0));
    }
    for (const auto id : unsure) settle(db, id, {.state = "held", .code = "", .error = "E_NOT_KNOWN_WHETHER_SENT"});
}

std::optional<Committed> find_committed(Database& db, std::string_view control_id) {
    auto rows = db.query("SELECT id, dest FROM outbox WHERE ctrl=? AND state='committed'", control_id);
    if (!rows.next()) return std::nullopt;
    return Committed{rows.integer(0), rows.text(1)};
}

std::optional<std::int64_t> overdue(Database& db, std::string_view destination, std::int64_t now) {
    auto rows =
        db.query("SELECT id FROM outbox WHERE dest=? AND state='committed' AND next_at<=? LIMIT 1", destination, now);
    if (!rows.next()) return std::nullopt;
    return rows.integer(0);
}

bool retry(Database& db, std::int64_t id) {
    const bool done = db.run(
                          "UPDATE outbox SET state='queued', attempts=0, next_at=?2, last_error='' WHERE id=?1 AND "
                          "abandoned=0 AND (state='dead' OR (state='held' AND last_error<>?3))",
                          id, now_ms(), held_by_earlier) == 1;
    if (done) hold_later(db, id);
    return done;
}

bool abandon(Database& db, std::int64_t id) {
    const bool done = db.run(
                          "UPDATE outbox SET state='dead', abandoned=1 WHERE id=? AND abandoned=0 AND "
                          "state IN('dead','held')",
                          id) == 1;
    if (done) hold_later(db, id);
    return done;
}

std::optional<OutboxRow> outbox_row(Database& db, std::int64_t id) {
    auto rows = db.query(OUTBOX_COLUMNS "WHERE id=?", id);
    if (!rows.next()) return std::nullopt;
    return row_in(rows);
}

std::vector<OutboxRow> outbox_rows(Database& db, std::string_view state, std::int64_t after, std::int64_t limit) {
    std::vector<OutboxRow> list;
    auto rows =
        db.query(OUTBOX_COLUMNS "WHERE id>?1 AND (?2='' OR state=?2) ORDER BY id LIMIT ?3", after, state, limit);
    while (rows.next()) list.push_back(row_in(rows));
    return list;
}

}  // namespace microchim::store
