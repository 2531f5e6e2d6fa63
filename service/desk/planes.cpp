// Partitions and curves of one well for the page that draws them, as core/report/planes.hpp lays them out. The child
// that read the run made them; here they are only handed on.
#include "service/jobs/planes.hpp"

#include "core/run/well.hpp"
#include "service/accounts/secret.hpp"
#include "service/desk/desk.hpp"
#include "service/http/fields.hpp"
#include "service/store/signing_key.hpp"

namespace microchim::desk {
namespace {

using http::Problem;
using http::Request;

store::StoredJob read_job(const Office& office, const Request& request) {
    const auto id = http::path_number(request, "id");
    const auto job = office.store.read([&](store::Database& db) { return store::find_job(db, id); });
    if (!job) throw Problem(404, "not-found", "There is no such job.");
    if (job->state != "done") throw Problem(409, "job.state", "This run is not read yet, or could not be read.");
    return *job;
}

/// "1/A01"; a well may be written as people do: "a1".
std::string place(const Request& request) {
    const auto well = Well::parse(request.parameter("well"));
    if (!well) throw Problem(404, "not-found", "This is no well.");
    return std::to_string(http::query_integer(request, "run", 1, 1, 9999)) + '/' + well->name();
}

http::Response part(const Office& office, const Request& request, const std::string& name, const char* type) {
    const auto job = read_job(office, request);
    auto bytes = jobs::planes_part(office.settings.data / "planes", job.sha256, name);
    if (!bytes) throw Problem(404, "not-found", "Nothing of this kind was read there.");
    const auto tag = http::etag(store::hex(accounts::fingerprint(*bytes)).substr(0, 32));
    auto response = http::content(200, type, std::move(*bytes));
    response.headers["ETag"] = tag;
    if (http::not_modified(request, tag)) response.status = 304, response.body = std::string{};
    return response;
}

}  // namespace

std::vector<http::Route> plane_routes(Office office) {
    const auto operation = accounts::Operation::read_planes;
    std::vector<http::Route> routes{
        {"GET",
         "/api/v1/jobs/{id}/wells",
         operation,
         {},
         {.summary = "The wells of a run, and what there is of each to draw", .gives = "Wells"},
         [office](const Request& request) { return part(office, request, "wells.json", "application/json"); }}};
    struct Kind {
        const char *word, *summary;
    };
    const http::Parameter run{"run", {{"type", "integer"}, {"minimum", 1}, {"maximum", 9999}}};
    constexpr const char* binary = "application/octet-stream";
    for (const auto& kind : {Kind{"droplets", "Every partition's fluorescence, a plane a channel"},
                             Kind{"histogram", "A thumbnail of them: 64 x 64 counts"},
                             Kind{"curves", "Amplification curves, a plane a curve"}})
        routes.push_back({"GET",
                          std::string("/api/v1/jobs/{id}/wells/{well}/") + kind.word,
                          operation,
                          {},
                          {.summary = kind.summary, .query = {run}, .type = binary},
                          [office, word = std::string(kind.word)](const Request& request) {
                              return part(office, request, place(request) + '/' + word, binary);
                          }});
    return routes;
}

}  // namespace microchim::desk
