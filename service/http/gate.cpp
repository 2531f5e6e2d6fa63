#include "service/http/gate.hpp"

#include <algorithm>
#include <array>

#include "service/accounts/secret.hpp"
#include "service/http/parse.hpp"

namespace microchim::http {
namespace {

using accounts::Operation;

/// These have one value; two would be read differently by us and by a proxy before us.
constexpr std::array single{"Host",         "Authorization",   "Cookie", "Origin", "Content-Type", "Content-Length",
                            "X-CSRF-Token", "Idempotency-Key", "Expect", "Accept", "If-Match",     "If-None-Match"};

Headers collect(const Head& head) {
    Headers headers;
    for (const auto& [name, value] : head.headers) {
        const bool first = headers.emplace(name, value).second;
        const NoCase less;
        const bool alone = std::ranges::any_of(single, [&](const char* s) { return !less(s, name) && !less(name, s); });
        if (!first && alone) throw Problem(400, "header.twice", "A header came twice that has one value.");
    }
    return headers;
}

Problem not_authenticated() {
    Problem unknown(401, "not-authenticated");
    unknown.headers["WWW-Authenticate"] = "Bearer";
    return unknown;
}

bool safe(const std::string& method) {
    return method == "GET" || method == "HEAD";
}

void check_query(const Route& route, const Request& request) {
    for (const auto& [name, value] : request.query) {
        const auto known = std::ranges::find(route.description.query, name, &Parameter::name);
        if (known == route.description.query.end())
            throw Problem(422, "query", "This query parameter is not known here.");
        const auto words = known->schema.value("enum", nlohmann::json::array());
        if (!words.empty() && std::ranges::none_of(words, [&](const auto& word) { return word == value; }))
            throw Problem(422, "query", name + " must be one of " + words.dump() + '.');
    }
}

void check_body(const Route& route, const Head& head, const Request& request) {
    const auto& needs = route.needs;
    // Nobody knows where such a body ends.
    if (request.headers.contains("Transfer-Encoding") && !head.chunked) throw Problem(400, "body.encoding");
    if (head.content_length.value_or(0) > needs.body || (head.has_body() && needs.body == 0))
        throw Problem(413, "body.size", "The largest body here has " + std::to_string(needs.body) + " bytes.");
    const std::string wanted = needs.to_file ? "application/octet-stream" : "application/json";
    if (needs.body > 0 && media_type(request.header("Content-Type")) != wanted)
        throw Problem(415, "body.type", "The body must be " + wanted + '.');
    if (request.headers.contains("Content-Encoding"))
        throw Problem(415, "body.encoding", "The body must not be compressed.");
}

void check_conditions(const Needs& needs, const Request& request) {
    if (needs.idempotency_key && !idempotency_key(request.header("Idempotency-Key")))
        throw Problem(400, "idempotency.key", "The header Idempotency-Key (8 to 128 printable characters) is needed.");
    if (needs.if_match && !request.headers.contains("If-Match"))
        throw Problem(428, "if-match", "The header If-Match with the ETag that was read is needed.");
    if (needs.if_match && entity_tags(request.header("If-Match")).empty())
        throw Problem(400, "if-match", "The header If-Match holds no ETag.");
}

}  // namespace

void Gate::check_host(const Request& request) const {
    const auto name = host_name(request.header("Host"));
    if (!name) throw Problem(400, "host");
    if (std::ranges::find(hosts_, *name) == hosts_.end()) throw Problem(421, "host");
}

Gate::Who Gate::identify(const Head& head, const Request& request, bool use_session) {
    Who who;
    if (const auto given = request.header("Authorization"); !given.empty()) {
        who.offered = true;
        if (const auto secret = bearer(given)) who.principal = accounts_.tokens.find(*secret);
        return who;
    }
    if (const auto secret = cookie(request.header("Cookie"), session_cookie)) {
        who.offered = true;
        if (auto session = accounts_.sessions.find(*secret, use_session))
            who = {std::move(session->principal), *secret, std::move(session->csrf), true};
        return who;
    }
    who.principal = accounts_.machine(head.certificate_names);
    who.offered = who.principal.has_value();
    return who;
}

void Gate::check_rate(const Who& who, const std::string& address) {
    const auto now = RequestRate::Clock::now();
    const auto wait = who.principal ? known_.take(who.principal->id, now) : unknown_.take(address, now);
    if (!wait) return;
    Problem slow(429, "rate", "Too many requests.");
    slow.headers["Retry-After"] = std::to_string(wait->count());
    throw slow;
}

void Gate::check_origin(const Head& head, const Request& request, const Who& who, bool for_anyone) const {
    // The page and the service are one origin, and Host is known to be ours: another page's origin shows.
    const auto origin = request.headers.find("Origin");
    const bool foreign =
        origin != request.headers.end() && origin->second != "https://" + std::string(request.header("Host"));
    if (foreign) throw Problem(403, "origin");
    // Logging in again uses no right of the session that the browser still has, and knows no token of it.
    if (who.secret.empty() || safe(head.method) || for_anyone) return;
    if (origin == request.headers.end()) throw Problem(403, "origin");
    if (!accounts::same_secret(request.header("X-CSRF-Token"), who.csrf)) throw Problem(403, "csrf");
}

Gate::Admitted Gate::admit(const Head& head, const std::string& request_id) {
    Request request;
    request.method = head.method == "HEAD" ? "GET" : head.method;
    request.address = head.address;
    request.id = request_id;
    request.headers = collect(head);
    check_host(request);
    const auto target = parse_target(head.target);
    const auto match = target ? router_.match(head.method, target->path) : Router::Match{};
    const bool for_anyone = match.route && accounts::permission(match.route->operation).anyone;
    // A page that only listens must not keep its session alive.
    const bool listens = match.route && match.route->operation == Operation::follow_events;
    auto who = identify(head, request, !listens);
    check_rate(who, head.address);
    if (!who.principal && !for_anyone) throw not_authenticated();
    if (!target) throw Problem(400, "target");
    if (!match.route && !match.allow.empty()) {
        Problem other(405, "method");
        other.headers["Allow"] = match.allow;
        throw other;
    }
    if (!match.route) throw Problem(404, "not-found");
    const auto& route = *match.route;
    if (const auto refusal = accounts::authorise(who.principal ? &*who.principal : nullptr, route.operation))
        throw Problem(refusal->status, refusal->code);
    check_origin(head, request, who, for_anyone);
    request.path = target->path;
    request.query = target->query;
    request.parameters = match.parameters;
    request.principal = std::move(who.principal);
    request.session_secret = std::move(who.secret);
    check_query(route, request);
    if (!accepts(request.header("Accept"), route.description.type))
        throw Problem(406, "accept", "This is only to be had as " + route.description.type + '.');
    check_conditions(route.needs, request);
    check_body(route, head, request);
    return {&route, std::move(request)};
}

}  // namespace microchim::http
