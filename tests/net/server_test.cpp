// Messages in: admission, time limits, renewal of certificates, the end.
#include "service/net/mllp_server.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <functional>
#include <future>
#include <thread>

#include "service/net/deadline.hpp"
#include "tests/net/authority.hpp"
#include "tests/net/wire.hpp"

using namespace microchim;
using lims::mllp::Code;
using test::framed;
using test::Wire;

namespace {

constexpr auto quick = net::Milliseconds(300);

struct Handled {
    std::vector<std::string> came;
    net::Milliseconds takes{0};
};

net::asio::awaitable<std::vector<std::string>> handle(Handled& handled, net::Arrived arrived) {
    handled.came.push_back(arrived.payload);
    if (arrived.payload == "throw") throw std::runtime_error("a handler's trouble");
    if (handled.takes.count() > 0) {
        net::asio::steady_timer timer(co_await net::asio::this_coro::executor);
        co_await net::rest(timer, handled.takes);
    }
    std::vector<std::string> answers;
    if (arrived.payload == "long") answers.push_back(std::string(std::size_t{32} << 20, 'x'));
    if (arrived.payload != "silent") answers.push_back("answer to " + arrived.payload);
    co_return answers;
}

/// A server on a thread of its own.
class Running {
public:
    explicit Running(net::MllpServerOptions options = {}, net::MllpServer::Admit admit = {}) {
        if (!admit) admit = [](const net::Peer&) { return net::PeerRules{}; };
        server_ = std::make_unique<net::MllpServer>(
            context_, net::parse_endpoint("127.0.0.1:0"), std::move(options), std::move(admit),
            [this](net::Arrived arrived) { return handle(handled, std::move(arrived)); });
        port = server_->bound().port();
        thread_ = std::thread([this] { context_.run(); });
    }
    ~Running() {
        post([this] { server_.reset(); });
        context_.stop();
        thread_.join();
    }
    /// Does it on the server's thread, and waits.
    template <class Work>
    void post(Work work) {
        std::promise<void> done;
        net::asio::post(context_, [&] {
            work();
            done.set_value();
        });
        done.get_future().get();
    }
    net::MllpCounters counters() {
        net::MllpCounters now;
        post([&] { now = server_->counters(); });
        return now;
    }
    /// Waits until the counters say so.
    bool eventually(const std::function<bool(const net::MllpCounters&)>& so) {
        const auto end = net::Clock::now() + std::chrono::seconds(10);
        while (!so(counters()) && net::Clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return so(counters());
    }
    void renew(net::TlsContext tls) {
        post([&] { server_->renew(std::move(tls)); });
    }
    std::future<void> stop(net::Milliseconds patience) {
        const auto done = std::make_shared<std::promise<void>>();
        net::asio::co_spawn(context_, server_->stop(patience), [done](std::exception_ptr) { done->set_value(); });
        return done->get_future();
    }

    Handled handled;
    std::uint16_t port = 0;

private:
    net::asio::io_context context_{1};
    net::asio::executor_work_guard<net::asio::io_context::executor_type> work_{context_.get_executor()};
    std::unique_ptr<net::MllpServer> server_;
    std::thread thread_;
};

std::string ask(Wire& wire, const std::string& payload) {
    wire.write(framed(payload));
    return wire.read();
}

net::MllpServerOptions quick_options() {
    net::MllpServerOptions options;
    options.times.handshake = options.times.write = quick;
    options.times.frame = [](std::size_t) { return quick; };
    return options;
}

}  // namespace

TEST_CASE("messages are handed over one by one and answered in their order") {
    Running server;
    auto wire = test::connect(server.port);
    wire.write(framed("A") + framed("silent") + framed("B"));
    CHECK(wire.read() == "answer to A");
    CHECK(wire.read() == "answer to B");
    CHECK(server.handled.came == std::vector<std::string>{"A", "silent", "B"});
    const auto now = server.counters();
    CHECK(now.messages == 3);
    CHECK(now.answers == 2);
    CHECK(now.bytes == 8);
    CHECK(now.open == 1);
}

TEST_CASE("who is not known is closed without a word") {
    Running server({}, [](const net::Peer& peer) -> std::optional<net::PeerRules> {
        if (peer.address == "127.0.0.1") return std::nullopt;
        return net::PeerRules{};
    });
    auto wire = test::connect(server.port);
    CHECK(wire.read().empty());
    CHECK(server.eventually([](const auto& now) { return now.not_admitted == 1; }));
    CHECK(server.handled.came.empty());
}

TEST_CASE("what the handler throws closes this connection alone") {
    Running server;
    auto wire = test::connect(server.port), other = test::connect(server.port);
    CHECK(ask(wire, "throw").empty());
    CHECK(ask(other, "A") == "answer to A");
}

TEST_CASE("a frame has its time from the first byte; between two there is no limit") {
    Running server(quick_options());
    auto quiet = test::connect(server.port), dripping = test::connect(server.port);
    dripping.write("\x0b");
    const auto began = net::Clock::now();
    std::thread drip([&] {
        for (int i = 0; i < 8; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            dripping.write("x");
        }
    });
    drip.join();
    CHECK(dripping.ended());
    CHECK(net::Clock::now() - began < std::chrono::seconds(3));
    CHECK(server.counters().closes.at(static_cast<std::size_t>(Code::truncated)) == 1);
    CHECK(ask(quiet, "A") == "answer to A");
    std::this_thread::sleep_for(2 * quick);
    CHECK(ask(quiet, "B") == "answer to B");
    CHECK(server.handled.came == std::vector<std::string>{"A", "B"});
}

TEST_CASE("the time of a frame is not that of the answer before it") {
    Running server(quick_options());
    server.handled.takes = 2 * quick;
    auto wire = test::connect(server.port);
    wire.write(framed("A") + "\x0b" + "B");  // the beginning of the next waits while A is in work
    CHECK(wire.read() == "answer to A");
    wire.write("\x1c\r");
    CHECK(wire.read() == "answer to B");
}

TEST_CASE("who does not take an answer is closed") {
    Running server(quick_options());
    auto wire = test::connect(server.port);
    const int small = 4096;
    ::setsockopt(wire.socket(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    wire.write(framed("long"));
    CHECK(server.eventually([](const auto& now) { return now.writes_failed == 1 && now.open == 0; }));
}

TEST_CASE("when more is arriving than may be held, the longest is closed, and the others go on") {
    net::MllpServerOptions options;
    options.held_bytes = std::size_t{1} << 20;
    Running server(options);
    auto longest = test::connect(server.port), shorter = test::connect(server.port), other = test::connect(server.port);
    longest.write("\x0b" + std::string(700'000, 'a'));
    shorter.write("\x0b" + std::string(300'000, 'b'));
    CHECK(ask(other, "A") == "answer to A");
    CHECK(server.counters().too_much == 0);
    shorter.write(std::string(100'000, 'b'));
    CHECK(longest.ended());
    shorter.write("b\x1c\r");
    CHECK(shorter.read() == "answer to " + std::string(400'001, 'b'));
    CHECK(ask(other, "B") == "answer to B");
    CHECK(server.counters().too_much == 1);
    // What a closed one held is free again.
    auto again = test::connect(server.port);
    CHECK(ask(again, std::string(900'000, 'c')) == "answer to " + std::string(900'000, 'c'));
    CHECK(server.counters().too_much == 1);
}

TEST_CASE("who sends too fast waits") {
    net::MllpServerOptions options;
    options.rate = {20, 1};
    Running server(options);
    auto wire = test::connect(server.port);
    const auto began = net::Clock::now();
    for (int i = 0; i < 5; ++i) CHECK(ask(wire, "A") == "answer to A");
    CHECK(net::Clock::now() - began >= std::chrono::milliseconds(190));
    CHECK(server.counters().delayed == 4);
}

TEST_CASE("the end: what is in work is answered, who waits is closed, nobody is taken") {
    Running server;
    server.handled.takes = net::Milliseconds(200);
    auto working = test::connect(server.port), quiet = test::connect(server.port), half = test::connect(server.port);
    half.write("\x0bMSH|");
    working.write(framed("A") + framed("B"));
    CHECK(server.eventually([](const auto& now) { return now.messages == 1; }));
    auto stopped = server.stop(std::chrono::seconds(5));
    CHECK(working.read() == "answer to A");
    CHECK(working.read().empty());  // B was only read
    CHECK(quiet.ended());
    CHECK(half.ended());
    ::shutdown(working.socket(), SHUT_RDWR);
    CHECK(stopped.wait_for(std::chrono::seconds(3)) == std::future_status::ready);
    CHECK(server.counters().open == 0);
    CHECK_THROWS(test::connect(server.port));
}

TEST_CASE("the end does not wait for ever") {
    Running server;
    server.handled.takes = std::chrono::seconds(60);
    auto working = test::connect(server.port);
    working.write(framed("A"));
    CHECK(server.eventually([](const auto& now) { return now.messages == 1; }));
    const auto began = net::Clock::now();
    server.stop(quick).get();
    CHECK(net::Clock::now() - began < std::chrono::seconds(3));
    CHECK(working.ended());
}

TEST_CASE("a handshake that never ends is cut, and one that fails harms nobody") {
    test::Folder folder;
    test::Authority ours(folder, "ours");
    const auto files = ours.issue("server", "IP:127.0.0.1", "serverAuth");
    auto options = quick_options();
    options.tls = net::server_tls({files.certificate, files.key, {}, {}});
    Running server(options);
    auto silent = test::connect(server.port), plain = test::connect(server.port);
    plain.write(framed("A"));
    CHECK(plain.read().empty());
    CHECK(silent.ended());
    CHECK(server.eventually([](const auto& now) { return now.handshakes_failed == 2; }));
    auto good = test::connect(server.port, net::client_tls({ours.file(), {}, {}, {}}));
    CHECK(ask(good, "A") == "answer to A");
}

TEST_CASE("clients' certificates: one that is good, one that was revoked, none") {
    test::Folder folder;
    test::Authority ours(folder, "ours");
    const auto own = ours.issue("server", "IP:127.0.0.1", "serverAuth");
    const auto good = ours.issue("good", "DNS:lis.example.org,URI:urn:lis", "clientAuth");
    const auto revoked = ours.issue("revoked", "DNS:lis.example.org", "clientAuth");
    net::MllpServerOptions options;
    options.tls = net::server_tls({own.certificate, own.key, ours.file(), ours.revoke({revoked})});
    std::vector<std::string> names;
    Running server(options, [&](const net::Peer& peer) {
        names = peer.names;
        return net::PeerRules{};
    });
    const auto as = [&](const net::CertificateFiles& files) {
        auto wire = test::connect(server.port, net::client_tls({ours.file(), files.certificate, files.key, {}}));
        return ask(wire, "A");
    };
    CHECK(as(good) == "answer to A");
    CHECK(names == std::vector<std::string>{"lis.example.org", "urn:lis"});
    CHECK(as(revoked).empty());
    CHECK(as({}).empty());
    CHECK(server.eventually([](const auto& now) { return now.handshakes_failed == 2; }));
    CHECK(server.handled.came.size() == 1);
}

TEST_CASE("renewal: new connections see the new certificate, and old ones stay") {
    test::Folder folder;
    test::Authority ours(folder, "ours");
    const auto old_files = ours.issue("old", "IP:127.0.0.1", "serverAuth");
    const auto new_files = ours.issue("new", "IP:127.0.0.1", "serverAuth");
    net::MllpServerOptions options;
    options.tls = net::server_tls({old_files.certificate, old_files.key, {}, {}});
    Running server(options);
    const auto client = net::client_tls({ours.file(), {}, {}, {}});
    auto before = test::connect(server.port, client);
    CHECK(ask(before, "A") == "answer to A");
    server.renew(net::server_tls({new_files.certificate, new_files.key, {}, {}}));
    auto after = test::connect(server.port, client);
    CHECK(before.peer_name() == "old");
    CHECK(after.peer_name() == "new");
    CHECK(ask(after, "B") == "answer to B");
    CHECK(ask(before, "C") == "answer to C");
}
