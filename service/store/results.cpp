#include "service/store/results.hpp"

#include <array>
#include <cstdio>

#include "service/store/counters.hpp"
#include "service/store/store.hpp"

namespace microchim::store {
namespace {

std::optional<std::int64_t> or_null(std::int64_t id) {
    return id ? std::optional(id) : std::nullopt;
}

void add_version(Database& db, std::string_view id, const StoredResult& version) {
    db.run(
        "INSERT INTO result_version(result, version, document, sha256, created_by, created_at, reason) "
        "VALUES(?,?,?,?,?,?,?)",
        id, version.version, version.document, version.sha256, version.author, now_ms(), version.reason);
}

StoredResult result_in(const Rows& rows) {
    return {rows.text(0),  rows.integer(1), rows.text(2),    rows.integer(3), rows.text(4),
            rows.text(5),  rows.integer(6), rows.integer(7), rows.text(8),    rows.integer(9),
            rows.text(10), rows.text(11),   rows.text(12),   rows.text(13)};
}

#define RESULT_COLUMNS                                                                                               \
    "SELECT r.id, r.version, r.state, r.revision, r.sample, r.accession, coalesce(r.lab_order, 0), coalesce(r.job, " \
    "0), r.imported_by, r.created_at, v.document, v.sha256, v.created_by, v.reason FROM result r "                   \
    "JOIN result_version v ON v.result=r.id AND v.version=r.version "

}  // namespace

std::string add_result(Database& db, const StoredResult& result) {
    std::array<char, 32> id{};
    std::snprintf(id.data(), id.size(), "R%06lld", static_cast<long long>(next_number(db, "result")));
    db.run(
        "INSERT INTO result(id, version, state, revision, sample, accession, lab_order, job, imported_by, created_at) "
        "VALUES(?,1,'calculated',1,?,?,?,?,?,?)",
        id.data(), result.sample, result.accession, or_null(result.lab_order), or_null(result.job), result.imported_by,
        now_ms());
    add_version(db, id.data(), result);
    return id.data();
}

std::optional<StoredResult> find_result(Database& db, std::string_view id) {
    auto rows = db.query(RESULT_COLUMNS "WHERE r.id=?", id);
    if (!rows.next()) return std::nullopt;
    return result_in(rows);
}

std::vector<StoredResult> results(Database& db, const ResultFilter& filter) {
    std::vector<StoredResult> list;
    auto rows = db.query(RESULT_COLUMNS
                         "WHERE r.id>?1 AND (?2='' OR r.state=?2) AND (?3='' OR r.accession=?3) ORDER BY r.id LIMIT ?4",
                         filter.after, filter.state, filter.accession, filter.limit);
    while (rows.next()) list.push_back(result_in(rows));
    return list;
}

bool move_result(Database& db, std::string_view id, std::int64_t revision, std::string_view state) {
    return db.run("UPDATE result SET state=?, revision=revision+1 WHERE id=? AND revision=?", state, id, revision) == 1;
}

bool amend_result(Database& db, std::string_view id, std::int64_t revision, const StoredResult& next) {
    add_version(db, id, next);
    return db.run("UPDATE result SET state='calculated', version=?, revision=revision+1 WHERE id=? AND revision=?",
                  next.version, id, revision) == 1;
}

void add_event(Database& db, std::string_view result, const ResultEvent& event) {
    db.run("INSERT INTO result_event(result, version, action, actor, role, at, reason) VALUES(?,?,?,?,?,?,?)", result,
           event.version, event.action, event.actor, event.role, event.at, event.reason);
}

std::vector<ResultEvent> events_of(Database& db, std::string_view result) {
    std::vector<ResultEvent> list;
    auto rows = db.query("SELECT version, action, actor, role, at, reason FROM result_event WHERE result=? ORDER BY id",
                         result);
    while (rows.next())
        list.push_back({rows.integer(0), rows.text(1), rows.text(2), rows.text(3), rows.integer(4), rows.text(5)});
    return list;
}

void add_signature(Database& db, std::string_view result, const StoredSignature& signature) {
    db.run(
        "INSERT INTO signature(result, version, actor, name, meaning, at, document_sha256, signature) "
        "VALUES(?,?,?,?,?,?,?,?)",
        result, signature.version, signature.actor, signature.name, signature.meaning, signature.at,
        signature.document_sha256, Blob{signature.signature});
}

std::vector<StoredSignature> signatures_of(Database& db, std::string_view result) {
    std::vector<StoredSignature> list;
    auto rows = db.query(
        "SELECT version, actor, name, meaning, at, document_sha256, signature FROM signature "
        "WHERE result=? ORDER BY id",
        result);
    while (rows.next())
        list.push_back(
            {rows.integer(0), rows.text(1), rows.text(2), rows.text(3), rows.integer(4), rows.text(5), rows.text(6)});
    return list;
}

}  // namespace microchim::store
