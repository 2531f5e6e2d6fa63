// Messages out over TLS: whom the link talks to, and what is permanent and what may heal.
#include <doctest/doctest.h>

#include <sys/socket.h>

#include "service/net/mllp_link.hpp"
#include "tests/net/authority.hpp"
#include "tests/net/run.hpp"
#include "tests/net/wire.hpp"

using namespace microchim;
using lims::Happened;
using test::Authority;
using test::message;
using test::Peer;
using test::Wire;

namespace {

struct Certificates {
    test::Folder folder;
    Authority ours{folder, "ours"}, theirs{folder, "theirs"};
    net::CertificateFiles good = ours.issue("good", "IP:127.0.0.1", "serverAuth"),
                          wrong_name = ours.issue("wrong_name", "DNS:lis.example.org,IP:127.0.0.2", "serverAuth"),
                          expired = ours.issue("expired", "IP:127.0.0.1", "serverAuth", -1),
                          wrong_use = ours.issue("wrong_use", "IP:127.0.0.1", "clientAuth"),
                          stranger = theirs.issue("stranger", "IP:127.0.0.1", "serverAuth"),
                          revoked = ours.issue("revoked", "IP:127.0.0.1", "serverAuth"),
                          client = ours.issue("client", "DNS:microchim.example.org", "clientAuth");
};

void answer(Wire& wire) {
    if (wire.read().empty()) return;
    wire.say("AA", "M1");
    wire.ended();
}

net::Delivery deliver(std::uint16_t port, const net::ClientTls& files) {
    net::asio::io_context context{1};
    net::LinkTimes times;
    times.handshake = net::Milliseconds(500);
    net::MllpLink link(context, {"LIS", "127.0.0.1", port, net::client_tls(files), {}}, {}, times);
    auto delivery = test::run(context, link.deliver(message("M1"), {"M1"}, {}));
    CHECK(link.connected() == (delivery.happened == Happened::accepted));
    return delivery;
}

}  // namespace

TEST_CASE("the server's certificate: good, of a stranger, for another name, expired, for another use, revoked") {
    Certificates all;
    const auto list = all.ours.revoke({all.revoked});
    struct Case {
        const net::CertificateFiles& shown;
        Happened happened;
        const char* trouble;
    };
    const std::vector<Case> cases = {
        {all.good, Happened::accepted, ""},
        {all.stranger, Happened::bad_certificate, "unable to get local issuer certificate"},
        {all.wrong_name, Happened::bad_certificate, "IP address mismatch"},
        {all.expired, Happened::bad_certificate, "certificate has expired"},
        {all.wrong_use, Happened::bad_certificate, "unsuitable certificate purpose"},
        {all.revoked, Happened::bad_certificate, "certificate revoked"},
    };
    for (const auto& one : cases) {
        CAPTURE(one.trouble);
        std::string came;
        {
            Peer peer({[&](Wire& wire) {
                          came = wire.read();
                          if (!came.empty()) wire.say("AA", "M1");
                          wire.ended();
                      }},
                      net::server_tls({one.shown.certificate, one.shown.key, {}, {}}));
            const auto delivery = deliver(peer.port(), {all.ours.file(), {}, {}, list});
            CHECK(delivery.happened == one.happened);
            CHECK(delivery.trouble == one.trouble);
            CHECK(lims::next_step(delivery.happened, 0).state ==
                  (one.happened == Happened::accepted ? lims::OutboxState::accepted : lims::OutboxState::held));
        }
        CHECK(came == (one.happened == Happened::accepted ? message("M1") : ""));
    }
    Peer peer({answer}, net::server_tls({all.revoked.certificate, all.revoked.key, {}, {}}));
    CHECK(deliver(peer.port(), {all.ours.file(), {}, {}, {}}).happened == Happened::accepted);  // without the list
}

TEST_CASE("our certificate: the server wants one, and refuses what is not its own authority's") {
    Certificates all;
    const net::ServerTls wanting{all.good.certificate, all.good.key, all.ours.file(), {}};
    {
        Peer peer({answer}, net::server_tls(wanting));
        CHECK(deliver(peer.port(), {all.ours.file(), all.client.certificate, all.client.key, {}}).happened ==
              Happened::accepted);
    }
    const auto foreign = all.theirs.issue("foreign", "DNS:microchim.example.org", "clientAuth");
    for (const auto& shown : {net::CertificateFiles{}, foreign}) {
        Peer peer({answer}, net::server_tls(wanting));
        const auto delivery = deliver(peer.port(), {all.ours.file(), shown.certificate, shown.key, {}});
        CHECK(delivery.happened == Happened::bad_certificate);
        CHECK_FALSE(delivery.trouble.empty());
    }
}

TEST_CASE("a connection that breaks is not the fault of a certificate") {
    Certificates all;
    const net::ClientTls files{all.ours.file(), {}, {}, {}};
    const auto tls = net::server_tls({all.good.certificate, all.good.key, {}, {}});
    {
        Peer peer({[](Wire& wire) { wire.ended(); }});  // says nothing to the handshake
        const auto delivery = deliver(peer.port(), files);
        CHECK(delivery.happened == Happened::not_connected);
        CHECK(delivery.trouble == "Connection timed out");
    }
    {
        Peer peer({[](Wire&) {}});  // ends in the handshake
        CHECK(deliver(peer.port(), files).happened == Happened::not_connected);
    }
    {
        Peer peer({[](Wire& wire) { wire.reset(); }});
        CHECK(deliver(peer.port(), files).happened == Happened::not_connected);
    }
    {
        Peer peer({[](Wire& wire) {  // breaks inside the answer
                      wire.read();
                      wire.write("\x0bMSH|^~\\&|");
                      wire.reset();
                  }},
                  tls);
        CHECK(deliver(peer.port(), files).happened == Happened::no_answer);
    }
    {
        Peer peer({[](Wire& wire) {  // TCP ends, and TLS has not
                      wire.read();
                      ::shutdown(wire.socket(), SHUT_WR);
                  }},
                  tls);
        CHECK(deliver(peer.port(), files).happened == Happened::no_answer);
    }
    {
        Peer peer({[](Wire& wire) {  // no TLS there
            wire.write("HTTP/1.1 400 Bad Request\r\n\r\n");
            wire.ended();
        }});
        CHECK(deliver(peer.port(), files).happened == Happened::bad_certificate);
    }
}

TEST_CASE("a client that trusts nobody is no client") {
    CHECK_THROWS(net::client_tls({}));
}
