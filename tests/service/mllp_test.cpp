// Frames, byte by byte: one case for every row of the state table, and the same events for every way to cut the bytes.
#include "service/lims/mllp.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace microchim::lims::mllp;

namespace {

struct Seen {
    std::string kind, payload, code;
    std::size_t offset;
    bool operator==(const Seen&) const = default;
};

void keep(std::vector<Seen>& seen, const Event& event) {
    seen.push_back({event.kind == Event::Kind::message ? "message" : "close", event.payload,
                    event.code ? to_string(*event.code) : "", event.offset});
}

std::vector<Seen> receive(const std::string& bytes, Profile profile = Profile::strict, Limits limits = {},
                          const std::vector<std::size_t>& cuts = {}) {
    Receiver receiver(profile, limits);
    std::vector<Seen> seen;
    std::size_t from = 0;
    const auto feed = [&](std::size_t to) {
        auto piece = std::string_view(bytes).substr(from, to - from);
        while (auto event = receiver.next(piece)) keep(seen, *event);
        CHECK(piece.empty());
        from = to;
    };
    for (const auto cut : cuts) feed(cut);
    feed(bytes.size());
    if (auto event = receiver.finish()) keep(seen, *event);
    return seen;
}

std::string operator""_b(const char* text, std::size_t size) {
    return {text, size};
}

using All = std::vector<Seen>;

}  // namespace

TEST_CASE("one message, two in one piece, blank bytes and NUL between them") {
    CHECK(receive("\x0bMSH|a\r\x1c\r"_b) == All{{"message", "MSH|a\r", "", 0}});
    CHECK(receive("\x0b"
                  "A\x1c\r\x0b"
                  "B\x1c\r"_b) == All{{"message", "A", "", 0}, {"message", "B", "", 4}});
    CHECK(receive("\r\n \0\x0b"
                  "A\x1c\r"_b) == All{{"message", "A", "", 4}});
}

TEST_CASE("a body can hold whatever is neither VT nor FS") {
    CHECK(receive("\x0b\0\r\n\xff\x06x\x1c\r"_b) == All{{"message", "\0\r\n\xff\x06x"_b, "", 0}});
}

TEST_CASE("FS without CR: strict closes, tolerant delivers with a warning") {
    const Seen closed{"close", "", "mllp.fs_without_cr", 2};
    CHECK(receive("\x0b"
                  "A\x1c\n"_b) == All{closed});
    CHECK(receive("\x0b"
                  "A\x1c\x0b"
                  "B\x1c\r"_b) == All{closed});
    CHECK(receive("\x0b"
                  "A\x1c"_b) == All{closed});

    const Seen taken{"message", "A", "mllp.fs_without_cr", 0};
    CHECK(receive("\x0b"
                  "A\x1c\n"_b,
                  Profile::tolerant) == All{taken});
    CHECK(receive("\x0b"
                  "A\x1c\x0b"
                  "B\x1c\r"_b,
                  Profile::tolerant) == All{taken, {"message", "B", "", 3}});
    CHECK(receive("\x0b"
                  "A\x1c"_b,
                  Profile::tolerant) == All{taken});
}

TEST_CASE("FS in the text and VT in the body close, in either profile") {
    for (const auto profile : {Profile::strict, Profile::tolerant}) {
        CHECK(receive("\x0b"
                      "A\x1c"
                      "B\x1c\r"_b,
                      profile) == All{{"close", "", "mllp.fs_in_body", 2}});
        CHECK(receive("\x0b"
                      "A\x0b"
                      "B\x1c\r"_b,
                      profile) == All{{"close", "", "mllp.vt_in_body", 2}});
        CHECK(receive("\x0b\x0b"
                      "A\x1c\r"_b,
                      profile) == All{{"close", "", "mllp.vt_in_body", 1}});
        CHECK(receive("\x0b"
                      "A\x1c\x1c\r"_b,
                      profile) == All{{"close", "", "mllp.fs_in_body", 2}});
    }
}

TEST_CASE("what is not MLLP is closed at its first byte, by class") {
    CHECK(receive("GET / HTTP/1.1\r\n"_b) == All{{"close", "", "mllp.http_request", 0}});
    CHECK(receive("\x16\x03\x01"_b) == All{{"close", "", "mllp.tls_hello", 0}});
    CHECK(receive("MSH|^~\\&|"_b) == All{{"close", "", "mllp.no_vt", 0}});
    CHECK(receive("\x0b"
                  "A\x1c\r\x0c"_b) == All{{"message", "A", "", 0}, {"close", "", "mllp.foreign_byte", 4}});
}

TEST_CASE("after a close nothing is delivered any more") {
    CHECK(receive("x\x0b"
                  "A\x1c\r"_b) == All{{"close", "", "mllp.foreign_byte", 0}});
}

TEST_CASE("an unfinished body is cut off when the peer ends or the time is up") {
    CHECK(receive("\x0b"
                  "A"_b) == All{{"close", "", "mllp.truncated", 0}});
    CHECK(receive("\x0b"_b) == All{{"close", "", "mllp.truncated", 0}});
    CHECK(receive(""_b).empty());
}

TEST_CASE("an empty frame and the bytes of MLLP release 2 are counted and skipped") {
    Receiver receiver;
    const std::string bytes =
        "\x0b\x1c\r\x0b\x06\x1c\r\x0b\x15\x1c\r\x0b"
        "A\x1c\r";
    std::string_view rest = bytes;
    const auto event = receiver.next(rest);
    REQUIRE(event);
    CHECK(event->payload == "A");
    CHECK(receiver.count(Code::empty_frame) == 1);
    CHECK(receiver.count(Code::commit_byte) == 2);
    CHECK(receiver.state() == Receiver::State::between);
}

TEST_CASE("limits: the message, to the byte, and blank bytes in a row") {
    const Limits limits{8, 2};
    CHECK(receive("\x0b"
                  "12345678\x1c\r"_b,
                  {}, limits) == All{{"message", "12345678", "", 0}});
    CHECK(receive("\x0b"
                  "123456789\x1c\r"_b,
                  {}, limits) == All{{"close", "", "mllp.too_long", 9}});
    CHECK(receive("\x0b"
                  "MSH\r56789"_b,
                  {}, limits) == All{{"close", "MSH", "mllp.too_long", 9}});
    CHECK(receive("  \x0b"
                  "A\x1c\r  \x0b"
                  "B\x1c\r"_b,
                  {}, limits)
              .size() == 2);
    CHECK(receive("   \x0b"
                  "A\x1c\r"_b,
                  {}, limits) == All{{"close", "", "mllp.too_idle", 2}});
}

TEST_CASE("the same events for every way to cut the bytes") {
    std::mt19937 random(1);
    const std::string alphabet = "\x0b\x0b\x1c\x1c\r\r\nA \x06G";
    for (int round = 0; round < 3000; ++round) {
        std::string bytes(1 + random() % 24, ' ');
        for (auto& byte : bytes) byte = alphabet[random() % alphabet.size()];
        const auto profile = random() % 2 ? Profile::strict : Profile::tolerant;
        const Limits limits{1 + random() % 6, 1 + random() % 3};
        std::vector<std::size_t> one_by_one, some;
        for (std::size_t i = 1; i < bytes.size(); ++i) {
            one_by_one.push_back(i);
            if (random() % 3 == 0) some.push_back(i);
        }
        const auto whole = receive(bytes, profile, limits);
        CHECK(receive(bytes, profile, limits, one_by_one) == whole);
        CHECK(receive(bytes, profile, limits, some) == whole);
    }
}

TEST_CASE("the encoder refuses what MLLP cannot carry; what it writes is read back") {
    CHECK(frame("MSH|\r") == "\x0bMSH|\r\x1c\r");
    CHECK_FALSE(frame("a\x0b"));
    CHECK_FALSE(frame("\x1c"));
    CHECK(receive(*frame("MSH|x\r")) == All{{"message", "MSH|x\r", "", 0}});
}

TEST_CASE("a frame has 15 seconds and one more for every 64 KiB") {
    CHECK(deadline(0) == std::chrono::seconds(15));
    CHECK(deadline(65536) == std::chrono::seconds(16));
    CHECK(deadline(std::size_t{16} << 20) == std::chrono::seconds(271));
}
