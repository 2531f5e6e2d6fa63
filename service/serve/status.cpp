#include "service/serve/status.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>

#include "core/run/errors.hpp"
#include "service/store/counters.hpp"
#include "service/store/messages.hpp"

namespace microchim::service {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

/// Zero for every state that has no row.
template <std::size_t n>
Json by_state(store::Rows rows, const char* const (&states)[n]) {
    Json counted = Json::object();
    for (const auto* state : states) counted[state] = 0;
    while (rows.next()) counted[rows.text(0)] = rows.integer(1);
    return counted;
}

/// The lock is the service's as long as it lives, however it ends.
bool locked(const fs::path& data) {
    const int lock = ::open((data / "lock").c_str(), O_RDWR | O_CLOEXEC);
    if (lock < 0) return false;
    const bool held = ::flock(lock, LOCK_EX | LOCK_NB) != 0;
    ::close(lock);
    return held;
}

}  // namespace

Json audit_document(const store::AuditCheck& check) {
    return {{"rows", check.rows},
            {"verified", check.verified()},
            {"first_bad", check.first_bad ? Json(*check.first_bad) : Json(nullptr)},
            {"what", check.what}};
}

store::AuditCheck verify(store::Database& db, const Places& places) {
    const auto checkpoints = store::read_checkpoints(places.checkpoints);
    if (!fs::exists(places.key)) return store::verify_audit(db, checkpoints, nullptr);
    const auto key = store::SigningKey::load_or_make(places.key);
    return store::verify_audit(db, checkpoints, &key);
}

Json counts(store::Database& db) {
    Json document{{"schema", "microchim/status/1"}};
    const auto messages = store::count_messages(db);
    document["orders"] = {{"stored", messages.applied},
                          {"refused", store::counted(db, "orders.refused")},
                          {"duplicates", store::counted(db, "orders.duplicates")}};
    document["messages"] = {{"stored", messages.applied + messages.stored}};
    document["jobs"] =
        by_state(db.query("SELECT state, count(*) FROM job GROUP BY state"), {"waiting", "running", "done", "failed"});
    document["results"] = by_state(db.query("SELECT state, count(*) FROM result GROUP BY state"),
                                   {"calculated", "reviewed", "signed", "released", "rejected"});
    document["outbox"] = by_state(
        db.query("SELECT CASE state WHEN 'claimed' THEN 'queued' ELSE state END AS s, count(*) FROM outbox GROUP BY s"),
        {"queued", "sent", "committed", "accepted", "dead", "held"});
    return document;
}

Json status_of(const fs::path& data) {
    const Places places(data);
    if (!fs::exists(places.database))
        throw ConfigError("There is no store in '" + data.string() + "': no service has run here yet.", data.string());
    store::Database db(places.database, store::Database::Mode::read);
    Json document{{"schema", "microchim/status/1"}, {"running", locked(data)}};
    if (document["running"] == true) {
        std::ifstream in(places.running);
        const auto addresses = Json::parse(in, nullptr, false);
        if (!addresses.is_discarded()) document.update(addresses);
    }
    document.update(counts(db));
    document["audit"] = audit_document(verify(db, places));
    return document;
}

}  // namespace microchim::service
