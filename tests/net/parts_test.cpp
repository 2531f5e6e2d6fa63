// The parts by themselves: time limits, rates, addresses, names, certificates.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/run/errors.hpp"
#include "service/net/listener.hpp"
#include "service/net/rate.hpp"
#include "service/net/resolve.hpp"
#include "service/net/stream.hpp"
#include "tests/net/authority.hpp"
#include "tests/net/run.hpp"

using namespace microchim;
using namespace std::chrono_literals;

namespace {

/// Two ends of a connection.
struct Pair {
    net::asio::io_context context{1};
    net::tcp::socket here{context}, there{context};
    Pair() {
        net::tcp::acceptor acceptor(context, {net::asio::ip::address_v4::loopback(), 0});
        here.connect(acceptor.local_endpoint());
        acceptor.accept(there);
    }
};

}  // namespace

TEST_CASE("a time limit closes, or ends reading; the last word counts, and an earlier one is in time") {
    Pair pair;
    net::Stream stream(std::move(pair.here), {});
    auto& deadline = stream.deadline();
    const auto reading = [&](net::Clock::time_point& over) {
        net::asio::co_spawn(
            pair.context,
            [&]() -> net::asio::awaitable<void> {
                const auto bytes = co_await stream.read();
                CHECK(bytes.empty());
                over = net::Clock::now();
            },
            net::asio::detached);
    };
    net::Clock::time_point over{};
    const auto began = net::Clock::now();
    const auto waited = [&] {
        test::run_until(pair.context, [&] { return over != net::Clock::time_point{}; });
        return over - began;
    };
    SUBCASE("ends reading, and writing goes on") {
        deadline.end_reading_at(began + 60ms);
        reading(over);
        const auto took = waited();
        CHECK(took >= 60ms);
        CHECK(took < 2s);
        CHECK(deadline.passed());
        CHECK(stream.error() == net::asio::error::eof);
        CHECK(stream.open());
        CHECK(test::run(pair.context, stream.write("last words", 1s)));
    }
    SUBCASE("later than first said") {
        deadline.close_at(began + 30ms);
        deadline.close_at(began + 120ms);
        reading(over);
        CHECK(waited() >= 120ms);
        CHECK_FALSE(stream.open());
    }
    SUBCASE("earlier than first said") {
        deadline.close_at(began + 1h);
        deadline.close_at(began + 60ms);
        reading(over);
        const auto took = waited();
        CHECK(took >= 60ms);
        CHECK(took < 2s);
    }
    SUBCASE("taken back, and set again") {
        deadline.close_at(began + 30ms);
        deadline.none();
        reading(over);
        test::run_for(pair.context, 80ms);
        CHECK(stream.open());
        CHECK_FALSE(deadline.passed());
        deadline.close_at(began + 120ms);
        CHECK(waited() >= 120ms);
        CHECK(deadline.passed());
    }
}

TEST_CASE("a limit that outlives its socket does nothing") {
    Pair pair;
    {
        net::Deadline deadline(pair.here);
        deadline.close_at(net::Clock::now() + 20ms);
    }
    test::run_for(pair.context, 60ms);
    CHECK(pair.here.is_open());
}

TEST_CASE("what does not get rid of its bytes in time is closed; what does is whole") {
    Pair pair;
    net::Stream stream(std::move(pair.here), {});
    const std::string much(std::size_t{8} << 20, 'x');
    SUBCASE("nobody reads") {
        CHECK_FALSE(test::run(pair.context, stream.write(std::string(std::size_t{64} << 20, 'x'), 100ms)));
        CHECK_FALSE(stream.open());
        CHECK(stream.deadline().passed());
        CHECK(stream.written() > 0);
    }
    SUBCASE("somebody reads") {
        std::string got(much.size(), '\0');
        net::asio::async_read(pair.there, net::asio::buffer(got), [](net::error_code, std::size_t) {});
        CHECK(test::run(pair.context, stream.write(much, 10s)));
        test::run_until(pair.context, [&] { return got.back() == 'x'; });
        CHECK(got == much);
        CHECK(stream.written() == much.size());
    }
}

TEST_CASE("a stream knows that the other side ended, but not before what it sent is read") {
    Pair pair;
    net::Stream stream(std::move(pair.here), {});
    CHECK_FALSE(stream.peer_ended());
    net::asio::write(pair.there, net::asio::buffer("ab", 2));
    pair.there.close();
    test::run_for(pair.context, 20ms);
    CHECK_FALSE(stream.peer_ended());
    std::array<char, 8> unread;
    CHECK(stream.socket().read_some(net::asio::buffer(unread)) == 2);
    CHECK(stream.peer_ended());
}

TEST_CASE("a rate: a burst at once, then one after another; others do not wait") {
    net::RateLimit limit({10, 3});
    const auto t = net::Clock::time_point{} + 1h;
    for (int i = 0; i < 3; ++i) CHECK(limit.take("a", t) == 0ms);
    CHECK(limit.take("a", t) == 100ms);
    CHECK(limit.take("a", t) == 200ms);
    CHECK(limit.take("b", t) == 0ms);
    CHECK(limit.take("a", t + 300ms) == 0ms);  // both that were taken in advance are paid, and one came
    CHECK(limit.take("a", t + 1h) == 0ms);
    CHECK(limit.take("a", t + 1h) == 0ms);
    CHECK(limit.take("a", t + 1h) == 0ms);
    CHECK(limit.take("a", t + 1h) == 100ms);  // no more than the burst is saved up
    net::RateLimit none({0, 0});
    for (int i = 0; i < 1000; ++i) CHECK(none.take("a", t) == 0ms);
}

TEST_CASE("addresses") {
    CHECK(net::to_string(net::parse_endpoint("127.0.0.1:2575")) == "127.0.0.1:2575");
    CHECK(net::to_string(net::parse_endpoint("[::1]:0")) == "[::1]:0");
    CHECK(net::address_of(net::parse_endpoint("[::ffff:192.0.2.7]:1")) == "192.0.2.7");
    CHECK(net::address_of(net::parse_endpoint("[2001:db8::7]:1")) == "2001:db8::7");
    for (const char* wrong : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
                              "localhost:80", "[::1]", "127.0.0.1:2575 ", "127.0.0.1:999999999999"})
        CHECK_THROWS_AS(net::parse_endpoint(wrong), ConfigError);
}

TEST_CASE("an address that is taken is told") {
    net::asio::io_context context;
    const auto nobody = [](net::tcp::socket, net::tcp::endpoint) -> net::asio::awaitable<void> { co_return; };
    const net::Listener first(context, net::parse_endpoint("127.0.0.1:0"), {}, "test", nobody);
    CHECK_THROWS_WITH_AS(net::Listener(context, first.bound(), {}, "test", nobody),
                         doctest::Contains("cannot listen on 127.0.0.1:"), ConfigError);
}

TEST_CASE("names") {
    net::asio::io_context context;
    net::error_code error;
    const auto look_up = [&](const char* host) {
        return test::run(context, net::resolve(context.get_executor(), host, 2575, 5s, error));
    };
    const auto itself = look_up("192.0.2.7");
    REQUIRE(itself.size() == 1);
    CHECK(net::to_string(itself[0]) == "192.0.2.7:2575");
    CHECK_FALSE(look_up("localhost").empty());
    CHECK(look_up("no-such-host.invalid").empty());
    CHECK(error);
}

TEST_CASE("keys: readable by their owner alone, whole, and without a password") {
    test::Folder folder;
    const auto files = net::make_self_signed(folder.file(""));
    CHECK(net::read_private_key(files.key));
    CHECK(net::days_left(files.certificate) >= 396);                       // in the same second: 397
    CHECK_THROWS_AS(net::make_self_signed(folder.file("")), ConfigError);  // never over what is there
    for (const unsigned mode : {0640U, 0604U, 0620U}) {
        ::chmod(files.key.c_str(), mode);
        CHECK_THROWS_WITH_AS(net::read_private_key(files.key), doctest::Contains("can be read by others"), ConfigError);
    }
    const auto other = net::make_self_signed((std::filesystem::create_directory(folder.file("b")), folder.file("b")));
    CHECK_THROWS_WITH_AS(net::server_tls({files.certificate, other.key, {}, {}}), doctest::Contains("is not the key"),
                         ConfigError);
    CHECK_THROWS_AS(net::read_private_key(folder.file("none.key")), ConfigError);
    CHECK_THROWS_AS(net::read_private_key(folder.file("no.key", "no key", 0600)), ConfigError);
    CHECK_THROWS_WITH_AS(net::read_private_key(
                             folder.file("locked.key",
                                         "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                                         "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
                                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END EC PRIVATE KEY-----\n",
                                         0600)),
                         doctest::Contains("is encrypted"), ConfigError);
    CHECK_THROWS_AS(net::read_certificates(folder.file("no.crt", "nothing")), ConfigError);
    CHECK_THROWS_AS(net::read_certificates(folder.file("cut.crt", "-----BEGIN CERTIFICATE-----\nAAAA")), ConfigError);
}

TEST_CASE("an end that has passed is days ago; names are those of the alternative name") {
    test::Folder folder;
    test::Authority ours(folder, "ours");
    CHECK(net::days_left(ours.issue("a", "DNS:x", "serverAuth", -1).certificate) < 0);
    CHECK(net::days_left(ours.issue("b", "DNS:x", "serverAuth", 9).certificate) >= 8);
    const auto files =
        ours.issue("c", "DNS:lis.example.org,URI:urn:x,IP:192.0.2.7,IP:2001:db8::7,email:a@b", "clientAuth");
    CHECK(net::names_of(net::read_certificates(files.certificate).front().get()) ==
          std::vector<std::string>{"lis.example.org", "urn:x", "192.0.2.7", "2001:db8::7"});
}
