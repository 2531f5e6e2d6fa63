#include "service/desk/desk.hpp"
#include "service/desk/page.hpp"
#include "service/http/fields.hpp"
#include "service/store/audit.hpp"

namespace microchim::desk {
namespace {

using accounts::Operation;
using http::Problem;
using http::Request;
using Json = nlohmann::json;
using review::Action;

Json events_of(store::Database& db, const std::string& id) {
    auto list = Json::array();
    for (const auto& event : store::events_of(db, id))
        list.push_back({{"version", event.version},
                        {"action", event.action},
                        {"actor", event.actor},
                        {"at", store::utc(event.at)},
                        {"reason", event.reason}});
    return list;
}

Json signatures_of(store::Database& db, const std::string& id) {
    auto list = Json::array();
    for (const auto& one : store::signatures_of(db, id))
        list.push_back({{"version", one.version},
                        {"user", one.actor},
                        {"name", one.name},
                        {"meaning", one.meaning},
                        {"at", store::utc(one.at)},
                        {"document_sha256", one.document_sha256}});
    return list;
}

Json head(const store::StoredResult& result) {
    return {{"id", result.id},
            {"version", result.version},
            {"revision", result.revision},
            {"state", result.state},
            {"sample", result.sample},
            {"accession", result.accession},
            {"order", result.lab_order ? Json(result.lab_order) : Json(nullptr)},
            {"job", result.job ? Json(result.job) : Json(nullptr)},
            {"imported_by", result.imported_by},
            {"created_at", store::utc(result.created_at)},
            {"sha256", result.sha256}};
}

std::string tag(const store::StoredResult& result) {
    return http::etag(result.id + "-" + std::to_string(result.revision));
}

/// A machine sees what was sent to its destination, and nothing before it was.
bool visible(store::Database& db, const accounts::Principal& who, const store::StoredResult& result) {
    const auto destination = accounts::only_destination(who);
    if (!destination) return true;
    auto rows = db.query("SELECT 1 FROM outbox WHERE dest=? AND result_id=? AND version=?", *destination, result.id,
                         result.version);
    return rows.next();
}

http::Response list(const Office& office, const Request& request) {
    const auto state = http::query_text(request, "state", 16), accession = http::query_text(request, "accession", 64),
               after = http::query_text(request, "after", 64);
    const auto limit = http::query_integer(request, "limit", 50, 1, 200);
    auto items = Json::array();
    std::string last;
    std::size_t seen = 0;
    office.store.read([&](store::Database& db) {
        for (const auto& result : store::results(db, {state, accession, after, limit})) {
            if (visible(db, request.who(), result)) items.push_back(head(result));
            last = result.id;
            ++seen;
        }
    });
    const bool more = seen == static_cast<std::size_t>(limit);
    return http::json(200, {{"items", items}, {"next", more ? Json(last) : Json(nullptr)}});
}

http::Response show(const Office& office, store::Database& db, const store::StoredResult& result) {
    auto shown = head(result);
    shown["document"] = Json::parse(result.document);
    shown["events"] = events_of(db, result.id);
    shown["signatures"] = signatures_of(db, result.id);
    shown["intact"] = office.workflow.intact(result, store::signatures_of(db, result.id));
    auto response = http::json(200, shown);
    response.headers["ETag"] = tag(result);
    return response;
}

store::StoredResult found(const Office& office, const Request& request) {
    const auto result = office.store.read([&](store::Database& db) {
        auto row = store::find_result(db, request.parameter("id"));
        if (row && !visible(db, request.who(), *row)) row.reset();
        return row;
    });
    if (!result) throw Problem(404, "not-found", "There is no such result.");
    return *result;
}

http::Response one(const Office& office, const Request& request) {
    const auto result = found(office, request);
    // Who has seen what of whom is part of the record: nobody sees it where that cannot be written.
    office.store.write([&](store::Database& db) {
        store::append(db, {.actor = request.who().id,
                           .role = accounts::to_string(request.who().role),
                           .action = "result.read",
                           .object = result.id + "/" + std::to_string(result.version)});
    });
    auto response = office.store.read([&](store::Database& db) { return show(office, db, result); });
    if (http::not_modified(request, tag(result))) response.status = 304, response.body = std::string{};
    return response;
}

/// The password again: a signature is made by a person, not by an open session.
void confirm(const Office& office, const Request& request, const std::string& password) {
    const auto verdict = office.accounts.confirm(request.who().id, password, request.address);
    if (std::holds_alternative<accounts::Accounts::Wrong>(verdict))
        throw Problem(403, "password", "The password is not the one of this user.");
    if (const auto* wait = std::get_if<accounts::Accounts::Wait>(&verdict)) {
        Problem problem(429, "delay", "Too many wrong passwords: wait.");
        problem.headers["Retry-After"] = std::to_string(wait->time.count());
        throw problem;
    }
}

int status_of(const std::string& code) {
    if (code == "not-found") return 404;
    if (code == "stale") return 412;
    if (code == "role" || code == "four-eyes") return 403;
    return code == "state" || code == "two-patients" ? 409 : 422;
}

http::Response act(const Office& office, const Request& request, Action action) {
    const auto before = found(office, request);
    http::check_if_match(request, tag(before));
    http::Fields body(request);
    service::Deed deed;
    deed.action = action;
    deed.result = before.id;
    deed.revision = before.revision;
    deed.actor = request.who().id;
    deed.name = request.who().name;
    deed.role = request.who().role == accounts::Role::reviewer     ? review::Role::reviewer
                : request.who().role == accounts::Role::technician ? review::Role::technician
                                                                   : review::Role::none;
    deed.reason = action == Action::comment ? body.text("reason", 500) : body.optional_text("reason", 500).value_or("");
    std::string password;
    if (action == Action::sign) {
        deed.meaning = review::meaning_from(body.choice("meaning", {"performed", "reviewed", "authorised"})).value();
        password = body.text("password", 256);
    }
    if (action == Action::sign || action == Action::release)
        deed.no_result = body.optional_boolean("no_result").value_or(false);
    if (action == Action::amend) deed.from = body.optional_text("from", 64).value_or("");
    body.done();
    if (action == Action::sign) confirm(office, request, password);
    try {
        http::Response response;
        office.workflow.act(deed, [&](store::Database& db, const store::StoredResult& after) {
            response = show(office, db, after);
            request.keep(db, response);
        });
        return response;
    } catch (const service::Refused& refused) {
        throw Problem(status_of(refused.code), "result." + refused.code, refused.what());
    }
}

}  // namespace

std::vector<http::Route> result_routes(Office office) {
    const http::Parameter state{"state", {{"enum", {"calculated", "reviewed", "signed", "released", "rejected"}}}};
    const http::Parameter accession{"accession", {{"type", "string"}, {"maxLength", 64}}};
    const http::Parameter after{"after", {{"type", "string"}, {"maxLength", 64}}};
    std::vector<http::Route> routes{
        {"GET",
         "/api/v1/results",
         Operation::list_results,
         {},
         {.summary = "Results without their numbers, by id",
          .gives = "Results",
          .query = {state, accession, after, limit_parameter(200)}},
         bound(office, list)},
        {"GET",
         "/api/v1/results/{id}",
         Operation::read_result,
         {},
         {.summary = "One result: document, what was done with it, signatures", .gives = "Result"},
         bound(office, one)},
    };
    struct Step {
        const char* word;
        Action action;
        Operation operation;
        const char *takes, *summary;
    };
    for (const auto& step : {
             Step{"comment", Action::comment, Operation::comment_result, "Reason",
                  "Something to remember, in the field \"reason\"; its state stays"},
             Step{"review", Action::review, Operation::review_result, "Step", "Looked through: ready to be signed"},
             Step{"undo", Action::undo, Operation::undo_review, "Step", "Takes the review back, with a reason"},
             Step{"sign", Action::sign, Operation::sign_result, "Signing",
                  "Signs with the password again, and releases"},
             Step{"release", Action::release, Operation::release_result, "Release", "Lets a signed result leave"},
             Step{"reject", Action::reject, Operation::reject_result, "Step", "Ends this version, with a reason"},
             Step{"amend", Action::amend, Operation::amend_result, "Amendment", "A new version, with a reason"},
         })
        routes.push_back(
            {"POST",
             std::string("/api/v1/results/{id}/") + step.word,
             step.operation,
             {.body = http::json_body, .idempotency_key = true, .if_match = true},
             {.summary = step.summary, .takes = step.takes, .gives = "Result"},
             [office, action = step.action](const Request& request) { return act(office, request, action); }});
    return routes;
}

}  // namespace microchim::desk
