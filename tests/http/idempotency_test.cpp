// A key and what was done with it are one: whatever breaks where.
#include "service/http/idempotency.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

using namespace microchim;
namespace fs = std::filesystem;

namespace {

struct Bench {
    fs::path folder = fs::temp_directory_path() / ("microchim-idempotency-" + std::to_string(::getpid()));
    bool made = (fs::remove_all(folder), true);
    store::Store store{folder};
    http::Idempotency idempotency{store};

    ~Bench() { fs::remove_all(folder); }

    static http::Request request(const std::string& body = "{}") {
        http::Request request;
        request.method = "POST";
        request.path = "/api/v1/orders";
        request.body = body;
        request.headers["Idempotency-Key"] = "12345678";
        request.principal.emplace().id = "tom";
        return request;
    }
    /// One deed counts one up, in the transaction that keeps the answer.
    http::Response deed(const http::Request& request, bool fails = false) {
        http::Response response;
        store.write([&](store::Database& db) {
            db.run("INSERT INTO counter(name, value) VALUES('deeds', 1) ON CONFLICT DO UPDATE SET value=value+1");
            response = http::json(201, {{"number", deeds(db)}});
            request.keep(db, response);
            if (fails) throw http::Problem(409, "late");
        });
        return response;
    }
    static std::int64_t deeds(store::Database& db) {
        auto rows = db.query("SELECT value FROM counter WHERE name='deeds'");
        return rows.next() ? rows.integer(0) : 0;
    }
    std::int64_t deeds() {
        return store.read([](store::Database& db) { return deeds(db); });
    }
};

std::string text(const http::Response& response) {
    return std::get<std::string>(response.body);
}

}  // namespace

TEST_CASE("whoever dies after the deed and before the answer has done it once") {
    Bench bench;
    const auto killed = [&](const http::Request& request) -> http::Response {
        bench.deed(request);
        throw std::runtime_error("the end of the process");
    };
    CHECK_THROWS(bench.idempotency.once(Bench::request(), killed));
    const auto answer = bench.idempotency.once(Bench::request(), killed);
    CHECK(answer.status == 201);
    CHECK(text(answer) == R"({"number":1})");
    CHECK(answer.headers.at("Idempotent-Replayed") == "true");
    CHECK(bench.deeds() == 1);
    CHECK_THROWS_AS(bench.idempotency.once(Bench::request(R"({"other":1})"), killed), http::Problem);
}

TEST_CASE("what is undone keeps no answer") {
    Bench bench;
    CHECK_THROWS_AS(bench.idempotency.once(Bench::request(), [&](const auto& r) { return bench.deed(r, true); }),
                    http::Problem);
    CHECK(bench.deeds() == 0);
    const auto answer = bench.idempotency.once(Bench::request(), [&](const auto& r) { return bench.deed(r); });
    CHECK(text(answer) == R"({"number":1})");
    CHECK(answer.headers.count("Idempotent-Replayed") == 0);
}

TEST_CASE("a handler that forgets its key is found by its first test") {
    Bench bench;
    CHECK_THROWS_AS(bench.idempotency.once(Bench::request(), [](const auto&) { return http::no_content(); }),
                    std::logic_error);
    const auto refused = bench.idempotency.once(
        Bench::request(), [](const auto& r) { return http::problem(http::Problem(409, "state"), r.id); });
    CHECK(refused.status == 409);
}
