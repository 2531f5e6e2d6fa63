// Which messages are taken, and the answers: the table of acknowledgements cell by cell.
#include "service/lims/acknowledge.hpp"

#include <doctest/doctest.h>

#include "service/lims/mllp.hpp"

using namespace microchim::lims;

namespace {

using Ack = Acknowledgement;
const Signature signature{"MCH-1", "20260723101500+0200", "MICROCHIM", "MOLLAB"};

std::string order(const std::string& accept = "", const std::string& application = "",
                  const std::string& charset = "") {
    return "MSH|^~\\&|LIS|HOSP|MICROCHIM|MOLLAB|20260723||OML^O21^OML_O21|LIS-1|P|2.5.1|||" + accept + "|" +
           application + "||" + charset + "\rPID|1||M-1\rORC|NW|O-1\rOBR|1|O-1||T\r";
}

Answers answers(const std::string& accept, const std::string& application, Outcome outcome) {
    return answers_to(receive(order(accept, application)).envelope, outcome);
}

Fault fault(const std::string& text, const Rules& rules = {}) {
    const auto received = receive(text, rules);
    REQUIRE(received.fault);
    return *received.fault;
}

std::string msh(const std::string& type, const std::string& id = "X-1", const std::string& mode = "P",
                const std::string& version = "2.5.1") {
    return "MSH|^~\\&|A|B|C|D|20260723||" + type + "|" + id + "|" + mode + "|" + version + "\r";
}

}  // namespace

TEST_CASE("original mode: AA, AE or AR") {
    CHECK(answers("", "", Outcome::stored) == Answers{Ack::aa, {}});
    CHECK(answers("", "", Outcome::storage_failed) == Answers{Ack::ae, {}});
    CHECK(answers("", "", Outcome::unreadable) == Answers{Ack::ar, {}});
    CHECK(answers("", "", Outcome::refused) == Answers{Ack::ae, {}});
    CHECK(answers("YES", "", Outcome::stored) == Answers{Ack::aa, {}});  // not of table 0155: absent
    CHECK(receive(order("YES")).envelope.unknown_ask);
}

TEST_CASE("enhanced mode, MSH-15 AL, ER, SU, NE") {
    CHECK(answers("AL", "NE", Outcome::stored) == Answers{Ack::ca, {}});
    CHECK(answers("AL", "NE", Outcome::storage_failed) == Answers{Ack::ce, {}});
    CHECK(answers("AL", "NE", Outcome::unreadable) == Answers{Ack::cr, {}});
    CHECK(answers("AL", "NE", Outcome::refused) == Answers{Ack::ca, Ack::ae});

    CHECK(answers("ER", "NE", Outcome::stored) == Answers{{}, {}});
    CHECK(answers("ER", "NE", Outcome::storage_failed) == Answers{Ack::ce, {}});
    CHECK(answers("ER", "NE", Outcome::unreadable) == Answers{Ack::cr, {}});
    CHECK(answers("ER", "NE", Outcome::refused) == Answers{Ack::ae, {}});

    CHECK(answers("SU", "NE", Outcome::stored) == Answers{Ack::ca, {}});
    CHECK(answers("SU", "NE", Outcome::storage_failed) == Answers{{}, {}});
    CHECK(answers("SU", "NE", Outcome::unreadable) == Answers{{}, {}});
    CHECK(answers("SU", "NE", Outcome::refused) == Answers{Ack::ca, Ack::ae});

    CHECK(answers("NE", "NE", Outcome::stored) == Answers{{}, {}});
    CHECK(answers("NE", "NE", Outcome::storage_failed) == Answers{Ack::ae, {}});
    CHECK(answers("NE", "NE", Outcome::unreadable) == Answers{Ack::ar, {}});
    CHECK(answers("NE", "NE", Outcome::refused) == Answers{Ack::ae, {}});
}

TEST_CASE("the later AA comes where MSH-16 asks for it, and MSH-16 alone is enhanced mode") {
    CHECK(answers("NE", "AL", Outcome::stored) == Answers{{}, Ack::aa});
    CHECK(answers("AL", "AL", Outcome::stored) == Answers{Ack::ca, Ack::aa});
    CHECK(answers("AL", "SU", Outcome::stored) == Answers{Ack::ca, Ack::aa});
    CHECK(answers("AL", "ER", Outcome::stored) == Answers{Ack::ca, {}});
    CHECK(answers("", "AL", Outcome::stored) == Answers{{}, Ack::aa});
}

TEST_CASE("an answer goes back to the sender with its name, version, character set and delimiters") {
    const auto envelope = receive(order("", "", "UNICODE UTF-8")).envelope;
    CHECK(acknowledge(envelope, Ack::aa, signature) ==
          "MSH|^~\\&|MICROCHIM|MOLLAB|LIS|HOSP|20260723101500+0200||ACK^O21^ACK|MCH-1|P|2.5.1||||||UNICODE UTF-8\r"
          "MSA|AA|LIS-1\r");
    Fault missing;
    missing.code = ErrorCode::required_field_missing;
    missing.at = {"PID", 1, 3, 1, 1};
    missing.text = "PID-3 has no identifier.";
    CHECK(acknowledge(envelope, Ack::ae, signature, {missing})
              .ends_with(
                  "MSA|AE|LIS-1\rERR||PID^1^3^1^1|101^Required field missing^HL70357|E|||PID-3 has no identifier.\r"));

    const auto custom = receive("MSH$%~\\&$A$B%b$C$D$20260723$$OML%O21%OML_O21$CD-1$T$2.3.1\r").envelope;
    CHECK(acknowledge(custom, Ack::ae, signature, {missing}) ==
          "MSH$%~\\&$C$D$A$B%b$20260723101500+0200$$ACK%O21%ACK$MCH-1$T$2.3.1\r"
          "MSA$AE$CD-1\rERR$$PID%1%3%1%1$101%Required field missing%HL70357$E$$$PID-3 has no identifier.\r");
}

TEST_CASE("a message without a name is never accepted") {
    auto envelope = receive(msh("OML^O21", "")).envelope;
    CHECK(acknowledge(envelope, Ack::aa, signature).find("MSA|AR\r") != std::string::npos);
    CHECK(acknowledge(envelope, Ack::ca, signature).find("MSA|CR\r") != std::string::npos);
    const auto nothing = receive("rubbish").envelope;
    CHECK(acknowledge(nothing, Ack::aa, signature) ==
          "MSH|^~\\&|MICROCHIM|MOLLAB|||20260723101500+0200||ACK|MCH-1|P|2.5.1\rMSA|AR\r");
}

TEST_CASE("what cannot be taken is rejected, with code and place") {
    const auto is = [](const Fault& f, ErrorCode code, const Location& at) {
        CHECK(f.code == code);
        CHECK(f.at == at);
        CHECK(f.reject);
    };
    is(fault("rubbish"), ErrorCode::segment_sequence, {"MSH"});
    is(fault(msh("OML^O21", "")), ErrorCode::required_field_missing, {"MSH", 1, 10});
    is(fault(msh("OML^O21", "\"\"")), ErrorCode::required_field_missing, {"MSH", 1, 10});
    is(fault(msh("ADT^A01")), ErrorCode::unsupported_message_type, {"MSH", 1, 9, 1, 1});
    is(fault(msh("")), ErrorCode::unsupported_message_type, {"MSH", 1, 9, 1, 1});
    is(fault(msh("OML^O99")), ErrorCode::unsupported_event, {"MSH", 1, 9, 1, 2});
    is(fault(msh("OML^O21", "X", "P", "9.9")), ErrorCode::unsupported_version, {"MSH", 1, 12});
    is(fault(msh("OML^O21", "X", "Q")), ErrorCode::unsupported_processing_id, {"MSH", 1, 11});
    is(fault(msh("OML^O21") + msh("OML^O21")), ErrorCode::segment_sequence, {"MSH", 2});
    is(fault("BHS|^~\\&|\r" + msh("OML^O21") + "BTS|1\r"), ErrorCode::unsupported_message_type, {"BHS"});
    is(fault(msh("OML^O21") + "DSC|more\r"), ErrorCode::segment_sequence, {"DSC", 1, 1});
    CHECK_FALSE(receive(msh("OML^O21", "X", "")).fault);
}

TEST_CASE("answers are known as answers and never answered") {
    CHECK(receive(msh("ACK^R01^ACK") + "MSA|AA|X\r").answer);
    CHECK(receive(msh("ACK") + "MSA|AA|X\r").answer);
    CHECK(receive(msh("RSP^K11^RSP_K11") + "MSA|AA|X\r").answer);
    CHECK(receive(msh("") + "MSA|AA|X\r").answer);
    CHECK_FALSE(receive(order()).answer);
    CHECK_FALSE(receive(msh("ACK^R01^ACK") + "MSA|AA|X\r").fault);
}

TEST_CASE("the character set: what MSH-18 says, else UTF-8 where it is, else the peer's") {
    const std::string latin = "NTE|1||\xd6\r", utf8 = "NTE|1||\xc3\x96\r";
    Rules peer;
    peer.eight_bit = Charset::latin1;
    CHECK(receive(order("", "", "ASCII")).charset == Charset::ascii);
    CHECK(receive(order() + utf8).charset == Charset::utf8);
    CHECK(receive(order("", "", "UTF-8~UNICODE") + utf8).charset == Charset::utf8);
    CHECK(receive(order("", "", "8859/9") + latin).charset == Charset::latin5);
    CHECK(receive(order("", "", "ASCII~8859/1") + latin).charset == Charset::latin1);
    CHECK(receive(order() + latin, peer).charset == Charset::latin1);
    CHECK(receive("\xef\xbb\xbf" + order() + utf8).charset == Charset::utf8);

    const auto lie = fault(order("", "", "UNICODE UTF-8") + latin);
    CHECK(lie.code == ErrorCode::data_type);
    CHECK(lie.at == Location{"NTE", 1, 3});
    CHECK_FALSE(lie.reject);
    CHECK(fault(order() + latin).at == Location{"NTE", 1, 3});
    CHECK(fault(order("", "", "ISO IR87") + latin).code == ErrorCode::table_value_not_found);
    CHECK_FALSE(receive(order("", "", "ISO IR87")).fault);  // all of it is ASCII
}

TEST_CASE("a document of 8 MB is taken within 16 MiB; within 4 MiB it is refused by name and the frame ends") {
    const auto text =
        order("AL") + "OBX|1|ED|||A^application^pdf^Base64^" + std::string(std::size_t{8} << 20, 'A') + "\r";
    const auto framed = mllp::frame(text).value();
    mllp::Receiver wide, narrow(mllp::Profile::strict, {std::size_t{4} << 20, 64});
    std::string_view rest = framed;
    const auto taken = wide.next(rest);
    REQUIRE(taken);
    CHECK_FALSE(receive(taken->payload).fault);

    rest = framed;
    const auto cut = narrow.next(rest);
    REQUIRE(cut);
    CHECK(cut->kind == mllp::Event::Kind::close);
    const auto refused = too_long(cut->payload);
    CHECK(refused.envelope.control_id == "LIS-1");
    CHECK(answers_to(refused.envelope, Outcome::unreadable).now == Ack::cr);
    CHECK(
        acknowledge(refused.envelope, Ack::cr, signature, {*refused.fault})
            .ends_with("MSA|CR|LIS-1\rERR||MSH^1|207^Application internal error^HL70357|E|||The message is longer than "
                       "this service takes.\r"));
    CHECK(too_long("").envelope.control_id.empty());
}

TEST_CASE("a hostile message of the greatest size is refused at once") {
    const std::size_t size = std::size_t{16} << 20;
    for (const std::string line : {"AB1\n", "AB1|\r", "AB1|||||||||||\r", "\r", "AB1|~~~~~~~\r", "AB1|\\\\\\\r"}) {
        std::string text = msh("OML^O21");
        while (text.size() < size) text += line;
        const auto received = receive(std::move(text));
        CHECK(received.fault.has_value() == (line != "\r"));
    }
}
