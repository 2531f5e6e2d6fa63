#include "core/run/errors.hpp"
#include "service/desk/desk.hpp"
#include "service/desk/page.hpp"
#include "service/http/fields.hpp"

namespace microchim::desk {
namespace {

using accounts::Operation;
using http::Problem;
using http::Request;

/// How far it is: nobody knows how long a file takes, so this is the stage, and how many are before it.
nlohmann::json progress(const Office& office, store::Database& db, const store::StoredJob& job) {
    if (job.state == "waiting") return {{"stage", "waiting"}, {"jobs_before", store::jobs_before(db, job.id)}};
    if (job.state != "running") return nullptr;
    const auto stage = office.jobs.stage(job.id);
    return {{"stage", stage.empty() ? "starting" : stage}, {"jobs_before", 0}};
}

nlohmann::json show(const Office& office, store::Database& db, const store::StoredJob& job) {
    nlohmann::json shown{{"id", job.id},
                         {"name", job.name},
                         {"source", job.source},
                         {"state", job.state},
                         {"progress", progress(office, db, job)},
                         {"created_at", store::utc(job.created_at)},
                         {"created_by", job.created_by},
                         {"ended_at", nullptr},
                         {"problem", nullptr}};
    if (job.ended_at) shown["ended_at"] = store::utc(job.ended_at);
    if (!job.failure.empty()) shown["problem"] = {{"code", job.code}, {"message", job.failure}, {"hint", job.hint}};
    return shown;
}

http::Response list(const Office& office, const Request& request) {
    Page page(request);
    office.store.read([&](store::Database& db) {
        for (const auto& job : store::jobs(db, page.after, page.limit)) {
            page.saw(job.id);
            page.show(show(office, db, job));
        }
    });
    return page.answer();
}

http::Response one(const Office& office, const Request& request) {
    const auto id = http::path_number(request, "id");
    return office.store.read([&](store::Database& db) {
        const auto job = store::find_job(db, id);
        if (!job) throw Problem(404, "not-found", "There is no such job.");
        return http::json(200, show(office, db, *job));
    });
}

http::Response upload(const Office& office, const Request& request) {
    const auto name = http::query_text(request, "name", 200);
    const bool plain = !name.empty() && name.find_first_of("/\\") == name.npos && name.front() != '.';
    if (!plain) throw Problem(422, "field.value", "'name' must be the name of the file, such as run.zip.");
    if (!request.upload) throw Problem(422, "field.value", "The body must be the file.");
    try {
        http::Response response;
        office.jobs.upload(request.upload->file(), name, request.who().id,
                           [&](store::Database& db, const store::StoredJob& job) {
                               response = http::json(202, show(office, db, job));
                               request.keep(db, response);
                           });
        return response;
    } catch (const ReadError& error) {
        throw Problem(422, "run", error.what());
    }
}

}  // namespace

std::vector<http::Route> job_routes(Office office) {
    const http::Parameter name{"name", {{"type", "string"}, {"minLength", 1}, {"maxLength", 200}}};
    return {
        {"GET",
         "/api/v1/jobs",
         Operation::list_jobs,
         {},
         {.summary = "Runs that were dropped or uploaded, oldest first", .gives = "Jobs", .query = Page::parameters()},
         bound(office, list)},
        {"GET",
         "/api/v1/jobs/{id}",
         Operation::read_job,
         {},
         {.summary = "One run", .gives = "Job"},
         bound(office, one)},
        {"POST",
         "/api/v1/jobs",
         Operation::import_run,
         {.body = http::upload_body, .to_file = true, .idempotency_key = true},
         {.summary = "A run: a file, or a zip of its files", .gives = "Job", .status = 202, .query = {name}},
         bound(office, upload)},
    };
}

}  // namespace microchim::desk
