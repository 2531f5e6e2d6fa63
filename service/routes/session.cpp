#include "service/http/fields.hpp"
#include "service/http/gate.hpp"
#include "service/routes/routes.hpp"

namespace microchim::routes {
namespace {

using accounts::Accounts;
using accounts::Operation;
using http::Problem;
using http::Request;
using http::Response;

constexpr std::size_t longest_password = 256;  // before it is looked at; the rule for new ones is stricter

Problem wait(const Accounts::Wait& time) {
    Problem slow(429, "password.wait", "Too many wrong passwords: wait a moment.");
    slow.headers["Retry-After"] = std::to_string(time.time.count());
    return slow;
}

nlohmann::json who_is(const accounts::Principal& who, const std::string& csrf) {
    return {{"user", who.id},
            {"name", who.name},
            {"role", to_string(who.role)},
            {"session", who.session},
            {"csrf_token", csrf}};
}

std::string set_cookie(const std::string& value) {
    return std::string(http::session_cookie) + '=' + value + "; Path=/; Secure; HttpOnly; SameSite=Strict" +
           (value.empty() ? "; Max-Age=0" : "");
}

Response log_in(Accounts& accounts, const Request& request) {
    http::Fields body(request);
    const auto user = body.text("user", 64);
    const auto password = body.text("password", longest_password);
    body.done();
    const auto login = accounts.log_in(user, password, request.address);
    if (const auto* time = std::get_if<Accounts::Wait>(&login)) throw wait(*time);
    const auto* opened = std::get_if<accounts::Sessions::Opened>(&login);
    if (!opened) throw Problem(401, "password.wrong", "The user or the password is wrong.");
    // Whatever session the browser came with is another one: it ends, and its secret is never taken over.
    if (request.principal && !request.session_secret.empty())
        accounts.sessions.end(request.principal->id, request.principal->session);
    const auto found = accounts.sessions.find(opened->secret);
    if (!found) throw Problem(401, "password.wrong", "The user or the password is wrong.");
    auto response = http::json(201, who_is(found->principal, opened->csrf));
    response.headers["Set-Cookie"] = set_cookie(opened->secret);
    return response;
}

Response log_out(Accounts& accounts, const Request& request) {
    accounts.sessions.end(request.who().id, request.who().session);
    auto response = http::no_content();
    response.headers["Set-Cookie"] = set_cookie({});
    response.headers["Clear-Site-Data"] = "\"cache\", \"cookies\", \"storage\"";
    return response;
}

Response who_am_i(Accounts& accounts, const Request& request) {
    const auto found = accounts.sessions.find(request.session_secret);
    if (!found) throw Problem(401, "not-authenticated");
    return http::json(200, who_is(found->principal, found->csrf));
}

Response list(Accounts& accounts, const Request& request) {
    auto items = nlohmann::json::array();
    for (const auto& session : accounts.sessions.list(request.who().id))
        items.push_back({{"id", session.name},
                         {"address", session.address},
                         {"opened_at", store::utc(session.opened_at)},
                         {"idle_seconds", session.idle_for.count()},
                         {"this", session.name == request.who().session}});
    return http::json(200, {{"items", items}});
}

Response end(Accounts& accounts, const Request& request) {
    if (!accounts.sessions.end(request.who().id, request.parameter("id"))) throw Problem(404, "not-found");
    return http::no_content();
}

Response change_password(Accounts& accounts, const Request& request) {
    http::Fields body(request);
    const auto old = body.text("password", longest_password);
    const auto next = body.text("new_password", longest_password);
    body.done();
    const auto& who = request.who();
    const auto confirmed = accounts.confirm(who.id, old, request.address);
    if (const auto* time = std::get_if<Accounts::Wait>(&confirmed)) throw wait(*time);
    if (!std::holds_alternative<accounts::User>(confirmed)) throw Problem(403, "password.wrong", "It is wrong.");
    accounts.users.set_password(accounts::actor(who), who.id, next);
    accounts.sessions.end_all(who.id, who.session);
    return http::no_content();
}

Response set_up(Accounts& accounts, const Request& request) {
    http::Fields body(request);
    const auto code = body.text("code", 64);
    const auto user = body.text("user", 64);
    const auto name = body.text("name", 100);
    const auto password = body.text("password", longest_password);
    body.done();
    const auto made = accounts.set_up(code, user, name, password, request.address);
    if (const auto* time = std::get_if<Accounts::Wait>(&made)) throw wait(*time);
    if (!std::holds_alternative<accounts::User>(made))
        throw Problem(403, "setup.code", "The code is wrong or too old; the console shows one at a first start.");
    return http::json(201, {{"user", user}});
}

}  // namespace

std::vector<http::Route> session_routes(Accounts& accounts) {
    using F = Response (*)(Accounts&, const Request&);
    const auto with = [&accounts](F function) {
        return [&accounts, function](const Request& request) { return function(accounts, request); };
    };
    const http::Needs json{.body = http::json_body};
    const auto own = Operation::own_session;
    return {
        {"POST",
         "/api/v1/session",
         Operation::log_in,
         json,
         {.summary = "Log in", .takes = "Login", .gives = "Session", .status = 201},
         with(log_in)},
        {"GET", "/api/v1/session", own, {}, {.summary = "Who am I", .gives = "Session"}, with(who_am_i)},
        {"DELETE", "/api/v1/session", own, {}, {.summary = "Log out", .status = 204}, with(log_out)},
        {"GET", "/api/v1/sessions", own, {}, {.summary = "Own sessions", .gives = "Sessions"}, with(list)},
        {"DELETE", "/api/v1/sessions/{id}", own, {}, {.summary = "End one of them", .status = 204}, with(end)},
        {"PUT",
         "/api/v1/session/password",
         own,
         json,
         {.summary = "Change the own password", .takes = "PasswordChange", .status = 204},
         with(change_password)},
        {"POST",
         "/api/v1/setup",
         Operation::set_up,
         json,
         {.summary = "Make the first admin", .takes = "Setup", .gives = "Made", .status = 201},
         with(set_up)},
    };
}

}  // namespace microchim::routes
