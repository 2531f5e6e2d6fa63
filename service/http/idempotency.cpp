#include "service/http/idempotency.hpp"

#include <stdexcept>

#include "service/accounts/secret.hpp"

namespace microchim::http {
namespace {

using store::Database;
constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

std::string key_of(const Request& request) {
    return std::string(request.header("Idempotency-Key"));
}

std::string what_is_asked(const Request& request) {
    if (request.upload) return request.body_sha256;
    auto document = nlohmann::json::parse(request.body, nullptr, false);
    if (document.is_discarded()) return request.body;
    if (document.is_object()) document.erase("password");
    return document.dump();
}

}  // namespace

std::string Idempotency::fingerprint(const Request& request) {
    nlohmann::json whole{request.method, request.path, request.query, what_is_asked(request)};
    return accounts::fingerprint(whole.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::optional<Response> Idempotency::kept(const Request& request, const std::string& sha256) {
    const auto key = key_of(request);  // must live until the rows were read
    return store_.read([&](Database& db) -> std::optional<Response> {
        auto rows =
            db.query("SELECT sha256, status, headers, body FROM idempotency WHERE principal = ? AND key = ? AND at > ?",
                     request.who().id, key, store::now_ms() - day_ms);
        if (!rows.next()) return std::nullopt;
        if (rows.view(0) != sha256)
            throw Problem(409, "idempotency.other", "This Idempotency-Key was used for something else.");
        Response response{static_cast<int>(rows.integer(1)), {}, rows.text(3)};
        const auto headers = nlohmann::json::parse(rows.view(2));
        for (const auto& [name, value] : headers.items()) response.headers[name] = value.get<std::string>();
        response.headers["Idempotent-Replayed"] = "true";
        return response;
    });
}

void Idempotency::keep(Database& db, const Request& request, const std::string& sha256, const Response& response) {
    auto copy = response;
    if (response.shown_once)
        copy = problem(Problem(409, "idempotency.done", "This was done; its answer is shown only once."), request.id);
    nlohmann::json headers = nlohmann::json::object();
    for (const auto& [name, value] : copy.headers) headers[name] = value;
    const auto text = headers.dump();
    db.run("DELETE FROM idempotency WHERE at <= ?", store::now_ms() - day_ms);
    db.run("INSERT INTO idempotency(principal, key, sha256, status, headers, body, at) VALUES(?, ?, ?, ?, ?, ?, ?)",
           request.who().id, key_of(request), store::Blob{sha256}, copy.status, text,
           store::Blob{std::get<std::string>(copy.body)}, store::now_ms());
}

Response Idempotency::once(Request request, const Handler& handler) {
    const std::pair running(request.who().id, key_of(request));
    {
        const std::scoped_lock lock(mutex_);
        if (!running_.insert(running).second) {
            Problem busy(409, "idempotency.running", "The same request is being worked on.");
            busy.headers["Retry-After"] = "1";
            throw busy;
        }
    }
    struct Release {
        Idempotency& self;
        const std::pair<std::string, std::string>& entry;
        ~Release() {
            const std::scoped_lock lock(self.mutex_);
            self.running_.erase(entry);
        }
    } const release{*this, running};
    const auto sha256 = fingerprint(request);
    if (auto before = kept(request, sha256)) return *before;
    bool done = false;
    request.keep = [&](Database& db, const Response& response) {
        keep(db, request, sha256, response);
        done = true;
    };
    auto response = handler(request);
    if (response.status < 400 && !done) throw std::logic_error("http: an answer was not kept for its key");
    return response;
}

}  // namespace microchim::http
