#include "service/store/messages.hpp"

#include "service/store/counters.hpp"
#include "service/store/store.hpp"

namespace microchim::store {
namespace {

StoredOrder order_in(const Rows& rows) {
    return {rows.integer(0), rows.text(1), rows.text(2),    rows.text(3),   rows.text(4),
            rows.text(5),    rows.text(6), rows.integer(7), rows.integer(8)};
}

std::optional<StoredOrder> first_order(Rows rows) {
    if (!rows.next()) return std::nullopt;
    return order_in(rows);
}

}  // namespace

std::optional<KnownMessage> find_message(Database& db, const MessageKey& key) {
    auto rows = db.query("SELECT id, sha256, state, answer FROM inbound WHERE peer=? AND app=? AND fac=? AND ctrl=?",
                         key.peer, key.application, key.facility, key.control_id);
    if (!rows.next()) return std::nullopt;
    return KnownMessage{rows.integer(0), rows.text(1), rows.text(2), rows.text(3)};
}

std::optional<std::int64_t> add_message(Database& db, const NewMessage& message) {
    const auto added = db.run(
        "INSERT INTO inbound(peer, app, fac, ctrl, type, sha256, body, received_at, state, answer) "
        "VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT(peer, app, fac, ctrl) DO NOTHING",
        message.key.peer, message.key.application, message.key.facility, message.key.control_id, message.type,
        Blob{message.sha256}, Blob{message.body}, now_ms(), message.state, Blob{message.answer});
    return added ? std::optional(db.last_id()) : std::nullopt;
}

bool forget_messages(Database& db, std::int64_t before) {
    constexpr int at_a_time = 500;
    auto last = counted(db, "messages.forgotten");
    const auto end = last + at_a_time;
    {
        auto rows = db.query("SELECT id, received_at FROM inbound WHERE id>? AND id<=? ORDER BY id", last, end);
        while (rows.next() && rows.integer(1) < before) last = rows.integer(0);
    }
    db.run("UPDATE inbound SET body=x'' WHERE id>? AND id<=?", end - at_a_time, last);
    set_counter(db, "messages.forgotten", last);
    return last == end;
}

MessageCount count_messages(Database& db) {
    MessageCount count;
    auto rows = db.query("SELECT state, count(*) FROM inbound WHERE state<>'applied' GROUP BY state");
    while (rows.next()) (rows.view(0) == "refused" ? count.refused : count.stored) = rows.integer(1);
    auto all = db.query("SELECT coalesce(max(id), 0) FROM inbound");  // none is ever deleted
    all.next();
    count.applied = all.integer(0) - count.stored - count.refused;
    return count;
}

void settle_message(Database& db, std::int64_t id, std::string_view state, std::string_view answer) {
    db.run("UPDATE inbound SET state=?, answer=? WHERE id=?", state, Blob{answer}, id);
}

#define ORDER_COLUMNS                                                                                               \
    "SELECT id, peer, placer, placer_authority, accession, state, document, coalesce(inbound, 0), created_at FROM " \
    "lab_order "

std::optional<StoredOrder> find_order(Database& db, std::string_view peer, std::string_view placer,
                                      std::string_view authority) {
    return first_order(
        db.query(ORDER_COLUMNS "WHERE peer=? AND placer=? AND placer_authority=?", peer, placer, authority));
}

std::optional<StoredOrder> order_of_accession(Database& db, std::string_view accession) {
    return first_order(
        db.query(ORDER_COLUMNS "WHERE accession=? AND state<>'cancelled' ORDER BY id DESC LIMIT 1", accession));
}

std::optional<StoredOrder> order(Database& db, std::int64_t id) {
    return first_order(db.query(ORDER_COLUMNS "WHERE id=?", id));
}

std::vector<StoredOrder> orders(Database& db, std::int64_t after, std::int64_t limit) {
    std::vector<StoredOrder> list;
    auto rows = db.query(ORDER_COLUMNS "WHERE id>? ORDER BY id LIMIT ?", after, limit);
    while (rows.next()) list.push_back(order_in(rows));
    return list;
}

#undef ORDER_COLUMNS

std::int64_t add_order(Database& db, const StoredOrder& order) {
    db.run(
        "INSERT INTO lab_order(peer, placer, placer_authority, accession, state, document, inbound, created_at) "
        "VALUES(?,?,?,?,?,?,?,?)",
        order.peer, order.placer, order.placer_authority, order.accession, order.state, order.document,
        order.inbound ? std::optional(order.inbound) : std::nullopt, now_ms());
    return db.last_id();
}

void change_order(Database& db, std::int64_t id, std::string_view state, std::string_view document) {
    db.run("UPDATE lab_order SET state=?, document=? WHERE id=?", state, document, id);
}

void add_trouble(Database& db, const Trouble& trouble) {
    db.run("INSERT INTO trouble(at, peer, code, bytes, detail) VALUES(?,?,?,?,?)", now_ms(), trouble.peer, trouble.code,
           trouble.bytes, trouble.detail);
    // An attacker who opens and closes connections all night must not fill the disk.
    db.run("DELETE FROM trouble WHERE id <= ?", db.last_id() - 10'000);
}

std::vector<Trouble> newest_trouble(Database& db, std::int64_t limit) {
    std::vector<Trouble> list;
    auto rows = db.query("SELECT id, at, peer, code, bytes, detail FROM trouble ORDER BY id DESC LIMIT ?", limit);
    while (rows.next())
        list.push_back({rows.integer(0), rows.integer(1), rows.text(2), rows.text(3), rows.integer(4), rows.text(5)});
    return list;
}

}  // namespace microchim::store
