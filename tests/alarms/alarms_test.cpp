// When a person is called: each limit from both sides.
#include "service/serve/alarms.hpp"

#include <doctest/doctest.h>

using namespace microchim::service;

namespace {

Facts good() {
    Facts facts;
    facts.disk_size = std::uint64_t{100} << 30;
    facts.disk_free = std::uint64_t{50} << 30;
    facts.disk_reserve = std::uint64_t{1} << 30;
    facts.certificates = {{"server.crt", 30}};
    return facts;
}

std::string codes(const Facts& facts) {
    std::string all;
    for (const auto& alarm : alarms(facts)) all += (all.empty() ? "" : " ") + alarm.code;
    return all;
}

}  // namespace

TEST_CASE("nothing is wrong: nobody is called") {
    CHECK(codes(good()) == "");
    CHECK_FALSE(disk_full(good()));
}

TEST_CASE("each limit calls on its side and not on the other") {
    auto facts = good();
    facts.oldest_unsent_seconds = 15 * 60 - 1;
    facts.clock_step_seconds = -2;
    CHECK(codes(facts) == "");
    facts.oldest_unsent_seconds = 15 * 60;
    facts.clock_step_seconds = -2.1;
    CHECK(codes(facts) == "outbox.late clock.step");
    facts = good();
    facts.dead = facts.held = 1;
    facts.certificates = {{"a.crt", 29}, {"b.crt", -1}};
    CHECK(codes(facts) == "outbox.dead outbox.held certificate.ends certificate.ends");
    CHECK(alarms(facts)[3].sentence.find("has ended") != std::string::npos);
}

TEST_CASE("a disk gets low before it is full") {
    auto facts = good();
    facts.disk_free = std::uint64_t{10} << 30;
    CHECK(codes(facts) == "");
    --facts.disk_free;
    CHECK(codes(facts) == "disk.low");
    CHECK_FALSE(disk_full(facts));
    facts.disk_free = facts.disk_reserve;
    CHECK_FALSE(disk_full(facts));
    --facts.disk_free;
    CHECK(disk_full(facts));
    CHECK(codes(facts) == "disk.full");
}
