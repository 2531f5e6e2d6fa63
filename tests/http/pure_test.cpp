// Targets, cookies, hosts, bodies and routes, without a socket.
#include <doctest/doctest.h>

#include "service/http/fields.hpp"
#include "service/http/parse.hpp"
#include "service/http/router.hpp"

using namespace microchim::http;
using microchim::accounts::Operation;

namespace {

template <class What>
int status_of(What what) {
    try {
        what();
    } catch (const Problem& problem) {
        return problem.status;
    }
    return 0;
}

Route route(const char* method, const char* pattern) {
    return {method, pattern, Operation::read_result, {}, {.summary = ""}, [](const Request&) { return no_content(); }};
}

Request with_body(std::string body) {
    Request request;
    request.body = std::move(body);
    return request;
}

}  // namespace

TEST_CASE("a target has one reading, or is refused") {
    const auto target = parse_target("/api/v1/r%C3%A9sum%C3%A9?a=1+2&b=%26");
    REQUIRE(target);
    CHECK(target->path == "/api/v1/résumé");
    CHECK(target->query.at("a") == "1 2");
    CHECK(target->query.at("b") == "&");
    for (const char* bad : {"",       "a",          "*",     "//",         "/a/",     "/a//b", "/a/../b", "/a/%2e%2e/b",
                            "/a%2Fb", "/a%5cb",     "/a%00", "/a%",        "/a%4",    "/a%zz", "/a b",    "/a#b",
                            "/%ff",   "/a?x=1&x=2", "/a?=1", "http://h/a", "/a?x=%0a"})
        CHECK_MESSAGE(!parse_target(bad), bad);
    CHECK(!parse_target('/' + std::string(4096, 'a')));
}

TEST_CASE("headers") {
    CHECK(cookie("a=1; __Host-mcsid=x; b=2", "__Host-mcsid") == "x");
    CHECK(!cookie("__Host-mcsid=x; __Host-mcsid=y", "__Host-mcsid"));
    CHECK(!cookie("x__Host-mcsid=x", "__Host-mcsid"));
    CHECK(bearer("bearer  abc") == "abc");
    CHECK(!bearer("Basic abc"));
    CHECK(!bearer("Bearer a b"));
    CHECK(host_name("LocalHost:8443") == "localhost");
    CHECK(host_name("[::1]:1") == "[::1]");
    CHECK(!host_name("a@b"));
    CHECK(!host_name("a:"));
    CHECK(!host_name(""));
    CHECK(accepts("", "application/json"));
    CHECK(accepts("text/html, application/*;q=0.1", "application/json"));
    CHECK(!accepts("text/html", "application/json"));
    CHECK(!accepts("application/json;q=0", "application/json"));
    CHECK(media_type("Application/JSON; charset=utf-8") == "application/json");
    CHECK(entity_tags("W/\"a\", \"b\" , c") == std::vector<std::string>{"\"b\""});
    CHECK(!idempotency_key("short"));
}

TEST_CASE("If-Match") {
    Request request;
    request.headers["if-match"] = "\"R1-2\"";
    CHECK(status_of([&] { check_if_match(request, etag("R1-2")); }) == 0);
    CHECK(status_of([&] { check_if_match(request, etag("R1-3")); }) == 412);
}

TEST_CASE("JSON: no name twice, no depth, nothing after it") {
    CHECK(parse_json(R"({"a": [1, {"b": null}]})").dump() == R"({"a":[1,{"b":null}]})");
    for (const char* bad : {"", "{", "{}{}", R"({"a": 1, "a": 2})", R"({"a": {"b": 1, "b": 1}})", "[1,]", "nan",
                            "\"\xff\"", "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"})
        CHECK_MESSAGE(status_of([&] { parse_json(bad); }) == 400, bad);
}

TEST_CASE("fields: the wrong one is named") {
    const auto request = with_body(R"({"id": "x", "n": 7, "extra": 1, "big": 18446744073709551615, "c": "a\u0000"})");
    Fields body(request);
    CHECK(body.text("id", 5) == "x");
    CHECK(body.integer("n", 1, 7) == 7);
    CHECK(status_of([&] { body.integer("n", 1, 6); }) == 422);
    CHECK(status_of([&] { body.integer("big", -9, 9); }) == 422);
    CHECK(status_of([&] { body.text("n", 5); }) == 422);
    CHECK(status_of([&] { body.text("c", 5); }) == 422);
    CHECK(status_of([&] { body.text("gone", 5); }) == 422);
    CHECK(!body.optional_text("gone", 5));
    try {
        body.done();
        FAIL("an unknown field was taken");
    } catch (const Problem& problem) {
        CHECK(problem.detail == "'extra' is not expected here.");
    }
    CHECK(status_of([&] { Fields(with_body("[]")); }) == 422);
}

TEST_CASE("routes") {
    const Router router({route("GET", "/r/{id}"), route("DELETE", "/r/{id}"), route("GET", "/r/{id}/pdf")});
    CHECK(router.match("GET", "/r/a-1").parameters.at("id") == "a-1");
    CHECK(router.match("HEAD", "/r/a").route == &router.routes()[0]);
    CHECK(router.match("GET", "/r/a/pdf").route == &router.routes()[2]);
    CHECK(router.match("POST", "/r/a").allow == "DELETE, GET, HEAD");
    CHECK(!router.match("GET", "/r/a b").route);
    CHECK(!router.match("GET", "/r").route);
    CHECK_THROWS_AS(Router({route("GET", "/r/{id}"), route("GET", "/r/{x}")}), std::logic_error);
    CHECK_THROWS_AS(Router({route("GET", "/r/{id}"), route("GET", "/r/new")}), std::logic_error);
    CHECK_THROWS_AS(Router({route("FETCH", "/r")}), std::logic_error);
    CHECK_NOTHROW(Router({route("GET", "/r/{id}"), route("POST", "/r/{id}")}));
}
