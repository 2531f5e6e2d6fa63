#include "service/http/fields.hpp"
#include "service/routes/routes.hpp"

namespace microchim::routes {
namespace {

using accounts::Accounts;
using accounts::Operation;
using http::Problem;
using http::Request;
using http::Response;

const std::vector<std::string> roles{"technician", "reviewer", "admin", "auditor"};

nlohmann::json time_or_null(const std::optional<std::int64_t>& ms) {
    return ms ? nlohmann::json(store::utc(*ms)) : nlohmann::json(nullptr);
}

nlohmann::json show(const accounts::User& user) {
    return {{"id", user.id},
            {"name", user.name},
            {"role", to_string(user.role)},
            {"created_at", store::utc(user.created_at)},
            {"closed_at", time_or_null(user.closed_at)}};
}

nlohmann::json show(const accounts::Token& token) {
    return {{"id", token.id},
            {"name", token.name},
            {"destination", token.destination},
            {"created_at", store::utc(token.created_at)},
            {"expires_at", store::utc(token.expires_at)},
            {"revoked_at", time_or_null(token.revoked_at)}};
}

template <class List>
Response list(const List& rows) {
    auto items = nlohmann::json::array();
    for (const auto& row : rows) items.push_back(show(row));
    return http::json(200, {{"items", items}});
}

Response add_user(Accounts& accounts, const Request& request) {
    http::Fields body(request);
    accounts::NewUser user;
    user.id = body.text("id", 32);
    user.name = body.text("name", 100);
    user.role = accounts::person_role(body.choice("role", roles)).value();
    user.password = body.text("password", 256);
    body.done();
    Response response;
    accounts.users.add(accounts::actor(request.who()), user, [&](store::Database& db, const accounts::User& added) {
        response = http::json(201, show(added));
        request.keep(db, response);
    });
    return response;
}

Response change_user(Accounts& accounts, const Request& request) {
    http::Fields body(request);
    const auto name = body.optional_text("name", 100, 1);
    const auto role = body.optional_choice("role", roles);
    const auto password = body.optional_text("password", 256);
    const auto closed = body.optional_boolean("closed");
    body.done();
    if (closed == false) throw Problem(422, "field.value", "closed can only be true: who is closed stays so.");
    if (int{name.has_value()} + int{role.has_value()} + int{password.has_value()} + int{closed.has_value()} != 1)
        throw Problem(422, "field.value", "Give one of name, role, password and closed.");
    const auto& id = request.parameter("id");
    const auto by = accounts::actor(request.who());
    if (name) accounts.users.set_name(by, id, *name);
    if (role) accounts.users.set_role(by, id, *accounts::person_role(*role));
    if (password) accounts.users.set_password(by, id, *password);
    if (closed) accounts.users.close(by, id);
    // What a session may do was decided when it began.
    accounts.sessions.end_all(id);
    return http::json(200, show(accounts.users.find(id).value()));
}

Response make_token(Accounts& accounts, const Request& request) {
    http::Fields body(request);
    const auto name = body.text("name", 64);
    const auto destination = body.text("destination", 64);
    const auto days = body.integer("days", 1, 365);
    body.done();
    Response response;
    accounts.tokens.make(accounts::actor(request.who()), name, destination, static_cast<int>(days),
                         [&](store::Database& db, const accounts::Tokens::Made& made) {
                             auto document = show(made.token);
                             document["secret"] = made.secret;
                             response = http::json(201, document);
                             response.shown_once = true;
                             request.keep(db, response);
                         });
    return response;
}

Response revoke_token(Accounts& accounts, const Request& request) {
    accounts.tokens.revoke(accounts::actor(request.who()), http::path_number(request, "id"));
    return http::no_content();
}

}  // namespace

std::vector<http::Route> account_routes(Accounts& accounts) {
    const auto with = [&accounts](Response (*function)(Accounts&, const Request&)) {
        return [&accounts, function](const Request& request) { return function(accounts, request); };
    };
    const http::Needs json{.body = http::json_body};
    const http::Needs once{.body = http::json_body, .idempotency_key = true};
    const auto users = Operation::manage_users, tokens = Operation::manage_tokens;
    return {
        {"GET",
         "/api/v1/users",
         users,
         {},
         {.summary = "All users, closed ones too", .gives = "Users"},
         [&accounts](const Request&) { return list(accounts.users.list()); }},
        {"POST",
         "/api/v1/users",
         users,
         once,
         {.summary = "Add a user", .takes = "NewUser", .gives = "User", .status = 201},
         with(add_user)},
        {"PATCH",
         "/api/v1/users/{id}",
         users,
         json,
         {.summary = "Name, role, new password, or close", .takes = "UserChange", .gives = "User"},
         with(change_user)},
        {"GET",
         "/api/v1/tokens",
         tokens,
         {},
         {.summary = "All tokens, without their secrets", .gives = "Tokens"},
         [&accounts](const Request&) { return list(accounts.tokens.list()); }},
        {"POST",
         "/api/v1/tokens",
         tokens,
         once,
         {.summary = "Make a token; its secret is shown this once",
          .takes = "NewToken",
          .gives = "MadeToken",
          .status = 201},
         with(make_token)},
        {"DELETE", "/api/v1/tokens/{id}", tokens, {}, {.summary = "Revoke", .status = 204}, with(revoke_token)},
    };
}

}  // namespace microchim::routes
