// What an answer means, and what happens next: the table of outcomes row by row.
#include "service/lims/delivery.hpp"

#include <doctest/doctest.h>

using namespace microchim::lims;
using namespace std::chrono_literals;

namespace {

std::string ack(const std::string& code, const std::string& id = "M-1", const std::string& rest = "") {
    return "MSH|^~\\&|LIS|HOSP|MICROCHIM|MOLLAB|20260723||ACK^R01^ACK|A-1|P|2.5.1\rMSA|" + code + "|" + id + "\r" +
           rest;
}

Answer read(const std::string& payload, Ask accept = Ask::absent, Ask application = Ask::absent) {
    return read_answer(payload, {"M-1", accept, application}).answer;
}

}  // namespace

TEST_CASE("AA accepts; CA accepts where nothing more was asked for, else it commits") {
    CHECK(read(ack("AA")) == Answer::accepted);
    CHECK(read(ack("AA"), Ask::never, Ask::always) == Answer::accepted);
    CHECK(read(ack("CA"), Ask::always, Ask::never) == Answer::accepted);
    CHECK(read(ack("CA"), Ask::always, Ask::always) == Answer::committed);
    CHECK(read(ack("CA"), Ask::always, Ask::on_success) == Answer::committed);
    CHECK(read(ack("CA"), Ask::always, Ask::on_error) == Answer::accepted);
    CHECK(read(ack("CA")) == Answer::accepted);
}

TEST_CASE("AE and CE are errors, AR and CR rejections") {
    CHECK(read(ack("AE")) == Answer::error);
    CHECK(read(ack("CE")) == Answer::error);
    CHECK(read(ack("AR")) == Answer::rejected);
    CHECK(read(ack("CR")) == Answer::rejected);
}

TEST_CASE("an answer to another message, or to none, is not ours") {
    CHECK(read(ack("AA", "M-2")) == Answer::not_ours);
    CHECK(read(ack("AA", "")) == Answer::not_ours);
    CHECK(read(ack("AA", "M-1 ")) == Answer::not_ours);
    CHECK(read(ack("AR", "m-1")) == Answer::not_ours);
    CHECK(read_answer(ack("AA", ""), {}).answer == Answer::not_ours);
}

TEST_CASE("what is no acknowledgement is unusable") {
    CHECK(read("") == Answer::unusable);
    CHECK(read("rubbish") == Answer::unusable);
    CHECK(read(ack("OK")) == Answer::unusable);
    CHECK(read(ack("")) == Answer::unusable);
    CHECK(read("MSH|^~\\&|A|B\r") == Answer::unusable);
    CHECK(read("MSA|AA|M-1\r") == Answer::unusable);
    CHECK(read(ack("AA") + ack("AA")) == Answer::unusable);
    CHECK(read(ack("AA", "M-1", "MSA|AE|M-1\r")) == Answer::unusable);
    CHECK(read("HTTP/1.1 400 Bad Request\r\n\r\n") == Answer::unusable);
}

TEST_CASE("other delimiters, an error segment, and nothing of its text") {
    const auto custom =
        read_answer("MSH$%~\\&$A$B$C$D$1$$ACK$9$P$2.5\rMSA$AE$M-1\rERR$$PID%1%3$101%x%HL70357$E\r", {"M-1"});
    CHECK(custom.answer == Answer::error);
    CHECK(custom.code == "AE");
    CHECK(custom.condition == "101");
    CHECK(custom.location == "PID^1^3");
    const auto old = read_answer(ack("AE", "M-1", "ERR|PID^1^3^101&Required field missing&HL70357\r"), {"M-1"});
    CHECK(old.condition == "101");
    const auto name = read_answer(ack("AE", "M-1", "ERR||Smith^John|Smith^x|E|||Smith\r"), {"M-1"});
    CHECK(name.condition == "");
    CHECK(name.location == "");
}

TEST_CASE("the table of outcomes") {
    auto next = next_step(Happened::not_connected, 0);
    CHECK(next.state == OutboxState::queued);
    CHECK_FALSE(next.counts);
    CHECK_FALSE(next.alert);
    CHECK(next.wait == 1s);

    next = next_step(Happened::no_answer, 0);
    CHECK(next.state == OutboxState::sent);
    CHECK(next.counts);
    CHECK(next.close);
    CHECK_FALSE(next.alert);
    CHECK_FALSE(next_step(Happened::no_answer, 1).alert);
    CHECK(next_step(Happened::no_answer, 2).alert);

    CHECK(next_step(happened(Answer::accepted), 0).state == OutboxState::accepted);
    CHECK_FALSE(next_step(Happened::accepted, 0).wait);
    CHECK(next_step(happened(Answer::committed), 0).state == OutboxState::committed);
    CHECK(next_step(Happened::committed, 0).wait == 24h);

    const std::chrono::milliseconds waits[] = {30s, 2min, 10min};
    for (unsigned i = 0; i < 3; ++i) {
        next = next_step(happened(Answer::error), i);
        CHECK(next.state == OutboxState::queued);
        CHECK(next.wait == waits[i]);
        CHECK_FALSE(next.close);
    }
    CHECK(next_step(Happened::error, 3).state == OutboxState::dead);
    CHECK(next_step(Happened::error, 3).alert);

    for (const auto final : {Happened::rejected, Happened::charset_lacks}) {
        next = next_step(final, 0);
        CHECK(next.state == OutboxState::dead);
        CHECK(next.alert);
        CHECK_FALSE(next.wait);
    }
    for (const auto permanent : {Happened::bad_certificate, Happened::not_mllp, Happened::not_confirmed}) {
        next = next_step(permanent, 0);
        CHECK(next.state == OutboxState::held);
        CHECK(next.alert);
        CHECK_FALSE(next.wait);
    }
    CHECK_THROWS_AS(happened(Answer::not_ours), std::logic_error);
    CHECK_THROWS_AS(happened(Answer::unusable), std::logic_error);
}

TEST_CASE("without an answer the wait doubles from 1 s to 5 min, give or take 20 %") {
    const int seconds[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300};
    for (unsigned i = 0; i < 11; ++i) CHECK(next_step(Happened::no_answer, i).wait == std::chrono::seconds(seconds[i]));
    CHECK(next_step(Happened::no_answer, 4'000'000'000U).wait == 300s);
    CHECK(next_step(Happened::no_answer, 0, 1).wait == 1200ms);
    CHECK(next_step(Happened::no_answer, 0, -1).wait == 800ms);
    CHECK(next_step(Happened::not_connected, 9, 5).wait == 360s);
}
