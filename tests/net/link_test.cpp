// Messages out: what an answer, a late one, a wrong one or none means, and which connection the next message takes.
#include "service/net/mllp_link.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "tests/net/run.hpp"
#include "tests/net/wire.hpp"

using namespace microchim;
using lims::Happened;
using test::message;
using test::Peer;
using test::Wire;

namespace {

constexpr lims::Ask none = lims::Ask::absent, always = lims::Ask::always;

net::LinkTimes short_times() {
    net::LinkTimes times;
    times.connect = times.handshake = times.answer = net::Milliseconds(400);
    return times;
}

struct Linked {
    net::asio::io_context context{1};
    std::vector<std::string> late;
    net::MllpLink link;

    explicit Linked(std::uint16_t port, net::LinkTimes times = {})
        : link(
              context, {"LIS", "127.0.0.1", port, {}, lims::mllp::Profile::strict},
              [this](std::string payload) { late.push_back(std::move(payload)); }, times) {}

    net::Delivery deliver(const std::string& id, lims::Ask application = none, net::MllpLink::Mark mark = {}) {
        return test::run(context, link.deliver(message(id), {id, none, application}, std::move(mark)));
    }
};

void accept_all(Wire& wire) {
    for (std::string text; !(text = wire.read()).empty();) {
        const auto at = text.find("ORU_R01|") + 8;
        wire.say("AA", text.substr(at, text.find('|', at) - at));
    }
}

}  // namespace

TEST_CASE("one message after another on one connection, and what each answer means") {
    Peer peer({[](Wire& wire) {
        for (const char* code : {"AA", "CA", "AE", "AR", "CE", "CR"}) {
            wire.read();
            wire.say(code, code, *code == 'A' && code[1] == 'E' ? "ERR||PID^1^3|101^x^HL70357|E\r" : "");
        }
        wire.ended();
    }});
    Linked linked(peer.port());
    CHECK(linked.deliver("AA").happened == Happened::accepted);
    CHECK(linked.deliver("CA").happened == Happened::accepted);  // nothing more was asked for
    const auto error = linked.deliver("AE");
    CHECK(error.happened == Happened::error);
    CHECK(error.reading.condition == "101");
    CHECK(linked.deliver("AR").happened == Happened::rejected);
    CHECK(linked.deliver("CE").happened == Happened::error);
    CHECK(linked.deliver("CR").happened == Happened::rejected);
    CHECK(linked.link.connected());
    CHECK(peer.connections() == 1);
    CHECK(linked.late.empty());
}

TEST_CASE("AA after CA: the next message may go, and the late answer has a way in") {
    Peer peer({[](Wire& wire) {
        wire.read();
        wire.say("CA", "M1");
        wire.read();
        wire.say("AA", "M1");  // while M2 is in flight
        wire.say("AA", "M2");
        wire.say("AA", "M0");  // while nothing is
        wire.ended();
    }});
    Linked linked(peer.port());
    CHECK(linked.deliver("M1", always).happened == Happened::committed);
    CHECK(linked.deliver("M2").happened == Happened::accepted);
    test::run_until(linked.context, [&] { return linked.late.size() == 2; });
    CHECK(linked.late[0].find("MSA|AA|M1") != std::string::npos);
    CHECK(linked.late[1].find("MSA|AA|M0") != std::string::npos);
    CHECK(peer.connections() == 1);
}

TEST_CASE("CA and AA in one piece are one answer; CA and then the end is committed") {
    Peer peer({[](Wire& wire) {
                   wire.read();
                   wire.write(test::framed("MSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|CA|M1\r") +
                              test::framed("MSH|^~\\&|||||||ORL|2|P|2.5.1\rMSA|AA|M1\r"));
                   wire.read();
                   wire.say("CA", "M2");
               },
               accept_all});
    Linked linked(peer.port());
    CHECK(linked.deliver("M1", always).happened == Happened::accepted);
    CHECK(linked.deliver("M2", always).happened == Happened::committed);
    test::run_until(linked.context, [&] { return !linked.link.connected(); });
    CHECK(linked.deliver("M3").happened == Happened::accepted);
    CHECK(peer.connections() == 2);
    CHECK(linked.late.empty());
}

TEST_CASE("a connection that ended while nothing was sent is made anew before the next message") {
    for (const bool noticed : {true, false}) {
        CAPTURE(noticed);  // by the reader, or only when the next message is to go
        std::atomic<bool> closed = false;
        Peer peer({[&](Wire& wire) {
                       wire.read();
                       wire.say("AA", "M1");
                       ::shutdown(wire.socket(), SHUT_WR);
                       closed = true;
                       wire.ended();
                   },
                   accept_all});
        Linked linked(peer.port());
        CHECK(linked.deliver("M1").happened == Happened::accepted);
        while (!closed) std::this_thread::yield();
        if (noticed) test::run_for(linked.context, net::Milliseconds(50));
        CHECK_FALSE(linked.link.connected());
        CHECK(linked.deliver("M2").happened == Happened::accepted);
        CHECK(peer.connections() == 2);
    }
}

TEST_CASE("a connection that ends while the message is being marked is made anew, and it is marked once") {
    std::atomic<bool> marking = false, closed = false;
    Peer peer({[&](Wire& wire) {
                   wire.read();
                   wire.say("AA", "M1");
                   while (!marking) std::this_thread::yield();
                   ::shutdown(wire.socket(), SHUT_WR);
                   closed = true;
                   wire.ended();
               },
               accept_all});
    Linked linked(peer.port());
    CHECK(linked.deliver("M1").happened == Happened::accepted);
    int marked = 0;
    const auto mark = [&]() -> net::asio::awaitable<void> {
        ++marked;
        marking = true;
        while (!closed) std::this_thread::yield();
        co_return;
    };
    CHECK(linked.deliver("M2", none, mark).happened == Happened::accepted);
    CHECK(marked == 1);
    CHECK(peer.connections() == 2);
}

TEST_CASE("an answer to another message is none: the wait goes on, and then the connection is closed") {
    bool saw_end = false;
    std::string seen;
    {
        Peer peer({[&](Wire& wire) {
                       wire.read();
                       wire.say("AA", "M0");
                       wire.say("AA", "M1");
                       seen = wire.read();
                       wire.say("AA", "M1");
                       wire.write(test::framed("not HL7"));
                       saw_end = wire.ended();
                   },
                   accept_all});
        Linked linked(peer.port(), short_times());
        CHECK(linked.deliver("M1").happened == Happened::accepted);
        const auto second = linked.deliver("M2");
        CHECK(second.happened == Happened::no_answer);
        CHECK(second.trouble == "no answer in time");
        CHECK_FALSE(linked.link.connected());
        CHECK(linked.deliver("M2").happened == Happened::accepted);  // the same again, on a new connection
        CHECK(linked.late.size() == 3);
    }
    CHECK(seen == message("M2"));
    CHECK(saw_end);
}

TEST_CASE("an answer that comes after the time cannot meet the next message") {
    std::atomic<bool> over = false;
    Peer peer({[&](Wire& wire) {
                   wire.read();
                   while (!over) std::this_thread::yield();
                   wire.say("AA", "M1");
                   wire.ended();
               },
               accept_all});
    Linked linked(peer.port(), short_times());
    const auto began = net::Clock::now();
    CHECK(linked.deliver("M1").happened == Happened::no_answer);
    CHECK(net::Clock::now() - began >= std::chrono::milliseconds(400));
    over = true;
    CHECK(linked.deliver("M2").happened == Happened::accepted);
    CHECK(linked.late.empty());
    CHECK(peer.connections() == 2);
}

TEST_CASE("the other side ends, breaks, or speaks no MLLP") {
    struct Case {
        const char* name;
        Peer::Script script;
        Happened happened;
    };
    const std::vector<Case> cases = {
        {"ends before it answers", [](Wire& wire) { wire.read(); }, Happened::no_answer},
        {"breaks before it answers",
         [](Wire& wire) {
             wire.read();
             wire.reset();
         },
         Happened::no_answer},
        {"ends inside its answer",
         [](Wire& wire) {
             wire.read();
             wire.write("\x0bMSH|^~\\&|LIS||||||ACK|1|P|2.5.1\rMSA|AA|M1\r");
         },
         Happened::no_answer},
        {"ends its answer with LF",
         [](Wire& wire) {
             wire.read();
             wire.write("\x0bMSH|^~\\&|LIS||||||ACK|1|P|2.5.1\rMSA|AA|M1\r\x1c\n");
             wire.ended();
         },
         Happened::no_answer},
        {"is a web server",
         [](Wire& wire) {
             wire.read();
             wire.write("HTTP/1.1 400 Bad Request\r\n\r\n");
             wire.ended();
         },
         Happened::not_mllp},
        {"says a message without its start",
         [](Wire& wire) {
             wire.read();
             wire.write("MSH|^~\\&|LIS||||||ACK|1|P|2.5.1\rMSA|AA|M1\r\x1c\r");
             wire.ended();
         },
         Happened::not_mllp},
        {"never stops its answer",
         [](Wire& wire) {
             wire.read();
             wire.write("\x0bMSH|" + std::string(std::size_t{2} << 20, 'x'));
             wire.ended();
         },
         Happened::no_answer},
        {"answers byte by byte",
         [](Wire& wire) {
             wire.read();
             for (const char byte : test::framed("MSH|^~\\&|LIS||||||ACK|1|P|2.5.1\rMSA|AA|M1\r"))
                 wire.write(std::string(1, byte));
             wire.ended();
         },
         Happened::accepted},
    };
    for (const auto& one : cases) {
        CAPTURE(one.name);
        Peer peer({one.script});
        Linked linked(peer.port(), short_times());
        const auto delivery = linked.deliver("M1");
        CHECK(delivery.happened == one.happened);
        CHECK(linked.link.connected() == (one.happened == Happened::accepted));
        CHECK(delivery.trouble.empty() == (one.happened == Happened::accepted));
    }
}

TEST_CASE("nobody there: no byte was written") {
    std::uint16_t port = 0;
    {
        const Peer gone({accept_all});
        port = gone.port();
    }
    Linked refused(port, short_times());
    const auto delivery = refused.deliver("M1");
    CHECK(delivery.happened == Happened::not_connected);
    CHECK(delivery.trouble == "Connection refused");

    net::asio::io_context context;
    net::MllpLink nameless(context, {"LIS", "no-such-host.invalid", 2575, {}, {}}, {}, short_times());
    CHECK(test::run(context, nameless.deliver(message("M1"), {"M1"}, {})).happened == Happened::not_connected);
}

TEST_CASE("a system that takes no more connections is waited for no longer than allowed") {
    net::asio::io_context context;
    net::tcp::acceptor full(context, {net::asio::ip::address_v4::loopback(), 0}, false);
    full.listen(0);
    net::tcp::socket first(context);
    first.connect(full.local_endpoint());  // fills the queue
    Linked linked(full.local_endpoint().port(), short_times());
    const auto began = net::Clock::now();
    const auto delivery = linked.deliver("M1");
    CHECK(delivery.happened == Happened::not_connected);
    CHECK(delivery.trouble == "Connection timed out");
    CHECK(net::Clock::now() - began < std::chrono::seconds(2));
}

TEST_CASE("a mark that fails, a message that no frame can carry, two at once") {
    std::atomic<int> came = 0;
    Peer peer({[&](Wire& wire) {
        while (!wire.read().empty()) {
            ++came;
            wire.say("AA", "M4");
        }
    }});
    Linked linked(peer.port());
    const auto failing = []() -> net::asio::awaitable<void> {
        throw std::runtime_error("the disk is full");
        co_return;
    };
    CHECK_THROWS_WITH(linked.deliver("M1", none, failing), "the disk is full");
    CHECK(came == 0);
    CHECK_THROWS_AS(test::run(linked.context, linked.link.deliver("MSH|\x1c", {"M2"}, {})), std::invalid_argument);
    bool thrown = false;
    const auto second = [&]() -> net::asio::awaitable<void> {
        try {
            lims::Sent sent;  // not inside the co_await: g++ 12 destroys a braced temporary there twice
            sent.control_id = "M5";
            auto work = linked.link.deliver(message("M5"), sent, {});
            co_await std::move(work);
        } catch (const std::logic_error&) {
            thrown = true;
        }
    };
    CHECK(linked.deliver("M4", none, second).happened == Happened::accepted);
    CHECK(thrown);
    CHECK(came == 1);
}

TEST_CASE("closed by its owner: what is in flight has no answer, and the next message connects again") {
    Peer peer({[](Wire& wire) {
                   wire.read();
                   wire.ended();
               },
               accept_all});
    Linked linked(peer.port());
    net::asio::steady_timer timer(linked.context, std::chrono::milliseconds(100));
    timer.async_wait([&](net::error_code) { linked.link.close(); });
    CHECK(linked.deliver("M1").happened == Happened::no_answer);
    CHECK(linked.deliver("M1").happened == Happened::accepted);
    CHECK(peer.connections() == 2);
}
