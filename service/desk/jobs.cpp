#include "core/run/errors.hpp"
#include "service/desk/desk.hpp"
#include "service/http/fields.hpp"

namespace microchim::desk {
namespace {

using accounts::Operation;
using http::Problem;
using http::Request;

nlohmann::json show(const store::StoredJob& job) {
    nlohmann::json shown{{"id", job.id},
                         {"name", job.name},
                         {"source", job.source},
                         {"state", job.state},
                         {"created_at", store::utc(job.created_at)},
                         {"created_by", job.created_by},
                         {"ended_at", nullptr},
                         {"problem", nullptr}};
    if (job.ended_at) shown["ended_at"] = store::utc(job.ended_at);
    if (!job.failure.empty()) shown["problem"] = {{"code", job.code}, {"message", job.failure}, {"hint", job.hint}};
    return shown;
}

std::int64_t number(const Request& request) {
    const auto& text = request.parameter("id");
    if (text.size() > 18 || text.find_first_not_of("0123456789") != text.npos)
        throw Problem(404, "not-found", "There is no such row.");
    return std::stoll(text);
}

http::Response list(const Office& office, const Request& request) {
    const auto after = http::query_integer(request, "after", 0, 0, INT64_MAX);
    const auto limit = http::query_integer(request, "limit", 50, 1, 200);
    auto items = nlohmann::json::array();
    office.store.read([&](store::Database& db) {
        for (const auto& job : store::jobs(db, after, limit)) items.push_back(show(job));
    });
    return http::json(200, {{"items", items}});
}

http::Response one(const Office& office, const Request& request) {
    const auto job = office.store.read([&](store::Database& db) { return store::find_job(db, number(request)); });
    if (!job) throw Problem(404, "not-found", "There is no such job.");
    return http::json(200, show(*job));
}

http::Response upload(const Office& office, const Request& request) {
    const auto name = http::query_text(request, "name", 200);
    const bool plain = !name.empty() && name.find_first_of("/\\") == name.npos && name.front() != '.';
    if (!plain) throw Problem(422, "field.value", "'name' must be the name of the file, such as run.zip.");
    if (!request.upload) throw Problem(422, "field.value", "The body must be the file.");
    try {
        return http::json(202, show(office.jobs.upload(request.upload->file(), name, request.who().id)));
    } catch (const ReadError& error) {
        throw Problem(422, "run", error.what());
    }
}

}  // namespace

std::vector<http::Route> job_routes(Office office) {
    const auto bound = [&](auto handler) -> http::Handler {
        return [office, handler](const Request& request) { return handler(office, request); };
    };
    const http::Parameter after{"after", {{"type", "integer"}, {"minimum", 0}}};
    const http::Parameter limit{"limit", {{"type", "integer"}, {"minimum", 1}, {"maximum", 200}}};
    const http::Parameter name{"name", {{"type", "string"}, {"minLength", 1}, {"maxLength", 200}}};
    return {
        {"GET",
         "/api/v1/jobs",
         Operation::list_jobs,
         {},
         {.summary = "Runs that were dropped or uploaded, oldest first", .gives = "Jobs", .query = {after, limit}},
         bound(list)},
        {"GET", "/api/v1/jobs/{id}", Operation::read_job, {}, {.summary = "One run", .gives = "Job"}, bound(one)},
        {"POST",
         "/api/v1/jobs",
         Operation::import_run,
         {.body = http::upload_body, .to_file = true, .idempotency_key = true},
         {.summary = "A run: a file, or a zip of its files", .gives = "Job", .status = 202, .query = {name}},
         bound(upload)},
    };
}

}  // namespace microchim::desk
