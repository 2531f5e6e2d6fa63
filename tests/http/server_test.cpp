// The whole of it on a real TLS socket: the order of the checks, cookies, tokens, bodies, uploads and events.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "service/http/server.hpp"
#include "service/net/certificate.hpp"
#include "service/routes/routes.hpp"

using namespace microchim;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

const std::string good = "violet-kettle-parade";

std::vector<http::Route> all_routes(accounts::Accounts& accounts) {
    auto routes = routes::session_routes(accounts);
    for (auto& route : routes::account_routes(accounts)) routes.push_back(std::move(route));
    for (auto& route : routes::self_routes({[] { return true; },
                                            [] {
                                                return std::vector<routes::Metric>{{"jobs", 3}};
                                            }}))
        routes.push_back(std::move(route));
    routes.push_back({"POST",
                      "/api/v1/upload",
                      accounts::Operation::import_run,
                      {.body = 4 << 20, .to_file = true},
                      {.summary = "for this test"},
                      [](const http::Request& request) {
                          return http::json(200, {{"bytes", request.upload->bytes()}, {"sha256", request.body_sha256}});
                      }});
    routes.push_back({"GET",
                      "/api/v1/broken",
                      accounts::Operation::read_api,
                      {},
                      {.summary = "for this test"},
                      [](const http::Request&) -> http::Response { throw std::runtime_error("ZZMARKER"); }});
    routes::add_description(routes, nlohmann::json::object());
    return routes;
}

struct Running {
    fs::path folder = fs::temp_directory_path() / ("microchim-http-" + std::to_string(::getpid()));
    bool made = (fs::remove_all(folder), fs::create_directories(folder / "uploads"));
    store::Store store{folder / "data"};
    accounts::Accounts accounts{store, {}};
    http::Router router{all_routes(accounts)};
    http::Idempotency idempotency{store};
    http::Events events;
    asio::io_context context{1};
    asio::thread_pool workers{2};
    std::unique_ptr<http::Server> server;
    std::thread thread;
    std::string port, token;

    Running() {
        const auto files = net::make_self_signed(folder.string());
        http::ServerOptions options;
        options.uploads = folder / "uploads";
        options.times.header = net::Milliseconds(400);
        options.times.heartbeat = net::Milliseconds(50);
        server = std::make_unique<http::Server>(context, net::parse_endpoint("127.0.0.1:0"),
                                                net::server_tls({files.certificate, files.key, {}, {}}), options,
                                                http::Parts{router, accounts, idempotency, events, workers});
        port = std::to_string(server->bound().port());
        accounts.users.add({"console", "admin"}, {"boss", "Boss", accounts::Role::admin, good});
        accounts.users.add({"console", "admin"}, {"tech", "Tech", accounts::Role::technician, good});
        token = accounts.tokens.make({"console", "admin"}, "t", "LIS", 1).secret;
        thread = std::thread([this] { context.run(); });
    }
    ~Running() {
        asio::post(context, [this] { server->stop(); });
        thread.join();
        workers.join();
        server.reset();
        fs::remove_all(folder);
    }
    std::string host() const { return "127.0.0.1:" + port; }
};

struct Client {
    asio::io_context context;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    asio::ssl::stream<net::tcp::socket> stream{context, tls};

    explicit Client(const Running& running) {
        stream.next_layer().connect(net::parse_endpoint(running.host()));
        stream.handshake(asio::ssl::stream_base::client);
    }
    void send(const std::string& bytes) {
        net::error_code ignored;
        asio::write(stream, asio::buffer(bytes), ignored);
    }
    /// Until the server closes, or this was seen.
    std::string receive(const std::string& until = "\x01") {
        std::string all;
        std::array<char, 4096> piece{};
        net::error_code error;
        while (!error && all.find(until) == std::string::npos)
            all.append(piece.data(), stream.read_some(asio::buffer(piece), error));
        return all;
    }
};

/// \param headers each with its CRLF
std::string ask(const Running& running, const std::string& line, const std::string& headers = {},
                const std::string& body = {}, const std::string& host = {}) {
    Client client(running);
    client.send(line + " HTTP/1.1\r\nHost: " + (host.empty() ? running.host() : host) + "\r\nConnection: close\r\n" +
                (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + headers + "\r\n" +
                body);
    return client.receive();
}

int status(const std::string& answer) {
    return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto at = text.find(before);
    if (at == std::string::npos) return {};
    const auto begin = at + before.size();
    return text.substr(begin, text.find(after, begin) - begin);
}

const std::string json = "Content-Type: application/json\r\n";

struct Session {
    std::string answer, cookie, csrf;
    Session(const Running& running, const std::string& user, const std::string& more = {})
        : answer(ask(running, "POST /api/v1/session", json + more,
                     R"({"user":")" + user + R"(","password":")" + good + "\"}")),
          cookie("Cookie: " + between(answer, "Set-Cookie: ", ";") + "\r\n"),
          csrf(between(answer, "csrf_token\":\"", "\"")) {}
    std::string unsafe(const Running& running) const {
        return cookie + "Origin: https://" + running.host() + "\r\nX-CSRF-Token: " + csrf + "\r\n";
    }
};

}  // namespace

TEST_CASE("who shows no credentials learns only that the service lives") {
    const Running running;
    CHECK(status(ask(running, "GET /livez")) == 200);
    CHECK(status(ask(running, "GET /readyz")) == 200);
    for (const char* line : {"GET /", "GET /api/v1/users", "GET /nothing", "POST /livez", "GET /%zz", "OPTIONS *",
                             "GET /metrics", "DELETE /api/v1/session", "GET /api/v1/openapi.json"})
        CHECK_MESSAGE(status(ask(running, line)) == 401, line);
    const auto answer = ask(running, "GET /livez");
    CHECK(answer.find("Server:") == std::string::npos);
    for (const char* header : {"Strict-Transport-Security: max-age=31536000", "Content-Security-Policy: default-src",
                               "X-Content-Type-Options: nosniff", "Cache-Control: no-store", "Referrer-Policy: "})
        CHECK_MESSAGE(answer.find(header) != std::string::npos, header);
    CHECK(status(ask(running, "GET /livez", {}, {}, "evil.example")) == 421);
    CHECK(status(ask(running, "GET /livez", {}, {}, "a@b")) == 400);
    CHECK(status(ask(running, "GET /livez", "Host: localhost\r\n")) == 400);
    CHECK(status(ask(running, "GET /livez", "X: " + std::string(20000, 'x') + "\r\n")) == 431);
}

TEST_CASE("a browser's session: its cookie, its token, its origin, its end") {
    const Running running;
    const Session one(running, "boss");
    REQUIRE(status(one.answer) == 201);
    CHECK(one.answer.find("; Path=/; Secure; HttpOnly; SameSite=Strict") != std::string::npos);
    CHECK(status(ask(running, "GET /api/v1/users", one.cookie)) == 200);
    CHECK(status(ask(running, "GET /api/v1/nothing", one.cookie)) == 404);
    CHECK(status(ask(running, "PUT /api/v1/users", one.cookie)) == 405);
    CHECK(status(ask(running, "GET /api/v1/users?x=1", one.cookie)) == 422);
    CHECK(status(ask(running, "GET /api/v1/users", one.cookie + "Accept: text/html\r\n")) == 406);
    CHECK(status(ask(running, "GET /api/v1/users", one.cookie + "Origin: https://evil.example\r\n")) == 403);
    CHECK(status(ask(running, "DELETE /api/v1/session", one.cookie)) == 403);
    CHECK(status(ask(running, "DELETE /api/v1/session",
                     one.cookie + "Origin: https://" + running.host() + "\r\nX-CSRF-Token: no\r\n")) == 403);
    const Session two(running, "boss", one.cookie);
    CHECK(two.cookie != one.cookie);
    CHECK(status(ask(running, "GET /api/v1/session", one.cookie)) == 401);  // it was replaced
    CHECK(status(ask(running, "DELETE /api/v1/session", two.unsafe(running))) == 204);
    CHECK(status(ask(running, "GET /api/v1/session", two.cookie)) == 401);
    CHECK(status(ask(running, "POST /api/v1/session", json, R"({"user":"boss","password":"wrong"})")) == 401);
    CHECK(status(ask(running, "POST /api/v1/session", json, R"({"user":"boss","password":"wrong"})")) == 429);
}

TEST_CASE("an Idempotency-Key does it once, and a secret is not kept for it") {
    const Running running;
    const Session boss(running, "boss");
    const auto headers = boss.unsafe(running) + json;
    const std::string user = R"({"id":"new","name":"New","role":"auditor","password":"ladder-orbit-mango"})";
    CHECK(status(ask(running, "POST /api/v1/users", headers, user)) == 400);
    const auto key = headers + "Idempotency-Key: 12345678\r\n";
    CHECK(status(ask(running, "POST /api/v1/users", key, user)) == 201);
    const auto again = ask(running, "POST /api/v1/users", key, user);
    CHECK(status(again) == 201);
    CHECK(again.find("Idempotent-Replayed") != std::string::npos);
    CHECK(status(ask(running, "POST /api/v1/users", key, R"({"id":"x"})")) == 409);
    const auto other = headers + "Idempotency-Key: 87654321\r\n";
    const std::string token = R"({"name":"n","destination":"LIS","days":3})";
    const auto made = ask(running, "POST /api/v1/tokens", other, token);
    CHECK(status(made) == 201);
    const auto secret = between(made, "secret\":\"", "\"");
    CHECK(status(ask(running, "GET /metrics", "Authorization: Bearer " + secret + "\r\n")) == 200);
    const auto repeated = ask(running, "POST /api/v1/tokens", other, token);
    CHECK(status(repeated) == 409);
    CHECK(repeated.find(secret) == std::string::npos);
}

TEST_CASE("machines, and what goes wrong inside") {
    const Running running;
    const auto bearer = "Authorization: Bearer " + running.token + "\r\n";
    const auto metrics = ask(running, "GET /metrics", bearer);
    CHECK(metrics.find("microchim_jobs 3\n") != std::string::npos);
    CHECK(status(ask(running, "GET /api/v1/users", bearer)) == 403);
    CHECK(status(ask(running, "GET /metrics", "Authorization: Bearer nonsense\r\n")) == 401);
    const auto described = ask(running, "GET /api/v1/openapi.json", bearer);
    CHECK(described.find("\"openapi\":\"3.1.0\"") != std::string::npos);
    const auto head = ask(running, "HEAD /api/v1/openapi.json", bearer);
    CHECK(status(head) == 200);
    CHECK(head.ends_with("\r\n\r\n"));
    const auto broken = ask(running, "GET /api/v1/broken", bearer);
    CHECK(status(broken) == 500);
    CHECK(broken.find("ZZMARKER") == std::string::npos);
}

TEST_CASE("bodies: refused unread, limited, streamed to a file") {
    const Running running;
    const Session tech(running, "tech");
    const auto headers = tech.unsafe(running) + "Content-Type: application/octet-stream\r\n";
    CHECK(status(ask(running, "POST /api/v1/upload", {}, std::string(16 << 20, 'x'))) == 401);
    CHECK(status(ask(running, "POST /api/v1/upload", headers, std::string(5 << 20, 'x'))) == 413);
    CHECK(status(ask(running, "POST /api/v1/upload", tech.unsafe(running) + json, "{}")) == 415);
    const auto sent = ask(running, "POST /api/v1/upload", headers, "abc");
    CHECK(sent.find("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") != std::string::npos);
    const auto large = ask(running, "POST /api/v1/upload", headers, std::string(3 << 20, 'x'));
    CHECK(large.find("\"bytes\":3145728") != std::string::npos);
    const std::string piece(1 << 20, 'y');
    std::string chunked;
    for (int i = 0; i < 5; ++i) chunked += "100000\r\n" + piece + "\r\n";
    Client client(running);
    client.send("POST /api/v1/upload HTTP/1.1\r\nHost: " + running.host() + "\r\nTransfer-Encoding: chunked\r\n" +
                headers + "\r\n" + chunked + "0\r\n\r\n");
    CHECK(status(client.receive("}")) == 413);
    Client patient(running);
    patient.send("POST /api/v1/upload HTTP/1.1\r\nHost: " + running.host() +
                 "\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" + headers + "\r\n");
    CHECK(status(patient.receive("\r\n\r\n")) == 100);
    patient.send("abc");
    CHECK(status(patient.receive("}")) == 200);
    CHECK(fs::is_empty(running.folder / "uploads"));
}

TEST_CASE("a slow head is closed, events arrive, and a logout ends them") {
    Running running;
    Client slow(running);
    slow.send("GET /livez HTTP/1.1\r\nHos");
    CHECK(slow.receive().empty());
    const Session tech(running, "tech");
    Client listening(running);
    listening.send("GET /api/v1/events HTTP/1.1\r\nHost: " + running.host() + "\r\n" + tech.cookie + "\r\n");
    CHECK(listening.receive(":\n\n").find("text/event-stream") != std::string::npos);
    running.events.publish("secret", {{"id", 1}}, accounts::Operation::manage_users);
    running.events.publish("job", {{"id", 2}}, accounts::Operation::read_job);
    const auto told = listening.receive("{\"id\":2}");
    CHECK(told.find("event: job\ndata: {\"id\":2}\n\n") != std::string::npos);
    CHECK(told.find("secret") == std::string::npos);
    CHECK(status(ask(running, "DELETE /api/v1/session", tech.unsafe(running))) == 204);
    listening.receive();  // returns only when the server closes
}
