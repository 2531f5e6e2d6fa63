#include "service/store/outbox.hpp"

#include "service/desk/desk.hpp"
#include "service/desk/page.hpp"
#include "service/http/fields.hpp"
#include "service/store/audit.hpp"
#include "service/store/messages.hpp"

namespace microchim::desk {
namespace {

using accounts::Operation;
using http::Problem;
using http::Request;
using Json = nlohmann::json;

Json show(const store::OutboxRow& row) {
    return {
        {"id", row.id},
        {"destination", row.destination},
        {"result", row.result_id},
        {"version", row.version},
        {"control_id", row.control_id},
        {"state", row.state},
        {"attempts", row.attempts},
        {"next_attempt", row.state == "queued" || row.state == "sent" ? Json(store::utc(row.next_at)) : Json(nullptr)},
        {"last_ack", row.last_code},
        {"last_error_code", row.last_error},
        {"created_at", store::utc(row.created_at)},
        {"accepted_at", row.accepted_at ? Json(store::utc(row.accepted_at)) : Json(nullptr)}};
}

http::Response list(const Office& office, const Request& request) {
    const auto state = http::query_text(request, "state", 16);
    Page page(request);
    office.store.read([&](store::Database& db) {
        for (const auto& row : store::outbox_rows(db, state, page.after, page.limit)) {
            page.saw(row.id);
            page.show(show(row));
        }
    });
    return page.answer();
}

/// Lets a row go again, or gives it up.
http::Response decide(const Office& office, const Request& request, bool again) {
    const auto id = http::path_number(request, "id");
    http::Fields body(request);
    const auto reason = body.text("reason", 500);
    body.done();
    http::Response response;
    office.store.write([&](store::Database& db) {
        if (!store::outbox_row(db, id)) throw Problem(404, "not-found", "There is no such message.");
        if (!(again ? store::retry(db, id) : store::abandon(db, id)))
            throw Problem(409, "outbox.state", "Only a message that is dead or held waits for a person.");
        store::append(db, {request.who().id,
                           accounts::to_string(request.who().role),
                           again ? "outbox.retry" : "outbox.abandon",
                           "outbox/" + std::to_string(id),
                           {},
                           {},
                           reason});
        response = http::json(again ? 202 : 200, show(store::outbox_row(db, id).value()));
        request.keep(db, response);
    });
    office.outbox_changed();
    return response;
}

http::Response audit(const Office& office, const Request& request) {
    const auto after = http::query_integer(request, "after", 0, 0, INT64_MAX);
    const auto limit = http::query_integer(request, "limit", 1000, 1, 10'000);
    std::string lines;
    office.store.read([&](store::Database& db) {
        auto rows = db.query(
            "SELECT seq, at, actor, role, action, object, old_sha256, new_sha256, reason, hash FROM audit "
            "WHERE seq>? ORDER BY seq LIMIT ?",
            after, limit);
        while (rows.next())
            lines += nlohmann::ordered_json{{"seq", rows.integer(0)},
                                            {"at", rows.text(1)},
                                            {"actor", rows.text(2)},
                                            {"role", rows.text(3)},
                                            {"action", rows.text(4)},
                                            {"object", rows.text(5)},
                                            {"old_sha256", store::hex(rows.view(6))},
                                            {"new_sha256", store::hex(rows.view(7))},
                                            {"reason", rows.text(8)},
                                            {"hash", store::hex(rows.view(9))}}
                         .dump() +
                     "\n";
    });
    return http::content(200, "application/x-ndjson", lines);
}

http::Response trouble(const Office& office, const Request& request) {
    auto items = Json::array();
    const auto limit = http::query_integer(request, "limit", 50, 1, 200);
    office.store.read([&](store::Database& db) {
        for (const auto& one : store::newest_trouble(db, limit))
            items.push_back({{"id", one.id},
                             {"at", store::utc(one.at)},
                             {"peer", one.peer},
                             {"code", one.code},
                             {"bytes", one.bytes},
                             {"detail", one.detail}});
    });
    return http::json(200, {{"items", items}});
}

}  // namespace

std::vector<http::Route> outbox_routes(Office office) {
    const http::Parameter state{"state",
                                {{"enum", {"queued", "claimed", "sent", "committed", "accepted", "dead", "held"}}}};
    auto rows = Page::parameters();
    rows.insert(rows.begin(), state);
    auto lines = Page::parameters();
    lines.back() = limit_parameter(10'000);
    const http::Needs decision{.body = http::json_body, .idempotency_key = true};
    return {
        {"GET",
         "/api/v1/outbox",
         Operation::list_outbox,
         {},
         {.summary = "What is on its way, without the messages", .gives = "Outbox", .query = rows},
         bound(office, list)},
        {"POST",
         "/api/v1/outbox/{id}/retry",
         Operation::retry_outbox,
         decision,
         {.summary = "Sends the same bytes again", .takes = "Reason", .gives = "OutboxItem", .status = 202},
         [office](const Request& request) { return decide(office, request, true); }},
        {"POST",
         "/api/v1/outbox/{id}/abandon",
         Operation::abandon_outbox,
         decision,
         {.summary = "Gives it up: it holds nothing any longer", .takes = "Reason", .gives = "OutboxItem"},
         [office](const Request& request) { return decide(office, request, false); }},
        {"GET",
         "/api/v1/audit",
         Operation::read_audit,
         {},
         {.summary = "Who did what, one JSON object a line", .query = lines, .type = "application/x-ndjson"},
         bound(office, audit)},
        {"GET",
         "/api/v1/audit/verify",
         Operation::verify_audit,
         {},
         {.summary = "Recomputes the chain and holds it against its checkpoints", .gives = "AuditCheck"},
         [office](const Request&) { return http::json(200, office.verify_audit()); }},
        {"GET",
         "/api/v1/trouble",
         Operation::read_trouble,
         {},
         {.summary = "Connections that were closed and messages that need somebody",
          .gives = "Troubles",
          .query = {limit_parameter(200)}},
         bound(office, trouble)},
        {"GET",
         "/api/v1/status",
         Operation::read_status,
         {},
         {.summary = "What `microchim status` says", .gives = "Status"},
         [office](const Request&) { return http::json(200, office.status()); }},
    };
}

}  // namespace microchim::desk
