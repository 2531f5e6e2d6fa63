// Orders in, and the response to each of them.
#include "service/lims/order.hpp"

#include <doctest/doctest.h>

using namespace microchim::lims;

namespace {

const std::string o21 =
    "MSH|^~\\&|LIS|HOSP|MICROCHIM|MOLLAB|20260723||OML^O21^OML_O21|LIS-2|P|2.5.1|||NE|AL||UNICODE UTF-8\r"
    "PID|1||MRN-1^^^MOLLAB^MR||\xc3\x96zt\xc3\xbcrk&x^Deniz||19700101|F\r"
    "ORC|NW|ORD-1^LIS||GRP-1^LIS|||||20260722080000+0200|||1234^Kaya^Mert\r"
    "TQ1|1||||||||R^Routine^HL70485\r"
    "OBR|1|ORD-1^LIS||PANEL^Donor \\T\\ more^99MCHIM|||20260722083000+0200||||||day \\S\\100|||1234^Kaya^Mert\r"
    "SPM|1|SP-1&LIS||BLD^Whole blood^HL70487|||||||P^Patient^HL70369||||||2026072208\r"
    "ORC|NW|ORD-2\rOBR|2|||OTHER\rSPM|2|^F-9&X||PLAS\r";

const std::string o33 =
    "MSH|^~\\&|LIS|HOSP|MICROCHIM|MOLLAB|20260723||OML^O33^OML_O33|LIS-3|P|2.5.1|||NE|AL||UNICODE UTF-8|||LAB-28^IHE\r"
    "PID|||MRN-1^^^MOLLAB^MR||Test^Alpha||19700101|F\rPV1||U\r"
    "SPM|1|ACC-1&MICROCHIM||BLD^Whole blood^HL70487\rSAC|||ACC-1\r"
    "ORC|NW||||||||20260722101000+0200\rTQ1|||||||||R^^HL70485\rOBR||AWOS-1||PANEL\rTCD|PANEL\r"
    "ORC|CA\rOBR||AWOS-2||PANEL\r"
    "SPM|2|||SAL\rSAC|||TUBE-2\rORC|NW\rOBR||AWOS-3||PANEL\r";

Orders orders(const std::string& text, PatientDetail detail = PatientDetail::identifier) {
    const auto received = receive(text);
    REQUIRE_FALSE(received.fault);
    return read_orders(received, detail);
}

/// The first fault of o21 after one replacement, as "101 PID^1^3".
std::string fault(const std::string& from, const std::string& to) {
    auto text = o21;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    const auto found = orders(text.replace(at, from.size(), to));
    if (found.faults.empty()) return "";
    const auto& first = found.faults.front();
    return std::to_string(static_cast<int>(first.code)) + " " + first.at.segment + "^" +
           std::to_string(first.at.sequence) + "^" + std::to_string(first.at.field);
}

const Signature signature{"MCH-1", "20260723101500+0200", "MICROCHIM", "MOLLAB"};

}  // namespace

TEST_CASE("OML^O21: each order with its test, specimen and priority") {
    const auto found = orders(o21);
    CHECK(found.faults.empty());
    CHECK(found.patient.identifier == "MRN-1");
    CHECK(found.patient.authority == "MOLLAB");
    REQUIRE(found.orders.size() == 2);
    const auto& first = found.orders[0];
    CHECK(first.control == Control::new_order);
    CHECK(first.placer == "ORD-1");
    CHECK(first.placer_authority == "LIS");
    CHECK(first.group == "GRP-1");
    CHECK(first.test == Coded{"PANEL", "Donor & more", "99MCHIM"});
    CHECK(first.ordered == "20260722080000+0200");
    CHECK(first.collected == "20260722083000+0200");
    CHECK(first.priority == "R");
    CHECK(first.clinical == Statement{false, "day ^100"});
    CHECK(first.orderer == "1234");
    REQUIRE(first.specimen);
    CHECK(first.specimen->identifier == "SP-1");
    CHECK(first.specimen->type == Coded{"BLD", "Whole blood", "HL70487"});
    CHECK(first.specimen->role == "P");
    CHECK(first.specimen->collected == "2026072208");
    CHECK(found.orders[1].placer == "ORD-2");
    CHECK(found.orders[1].specimen->identifier == "F-9");
    CHECK(found.orders[1].segment == 2);
}

TEST_CASE("OML^O33: the specimen stands before its orders") {
    const auto found = orders(o33);
    CHECK(found.faults.empty());
    REQUIRE(found.orders.size() == 3);
    CHECK(found.orders[0].placer == "AWOS-1");
    CHECK(found.orders[0].specimen->identifier == "ACC-1");
    CHECK(found.orders[0].specimen->container == "ACC-1");
    CHECK(found.orders[1].control == Control::cancel);
    CHECK(found.orders[1].specimen->identifier == "ACC-1");
    CHECK(found.orders[2].specimen->identifier == "TUBE-2");
    CHECK(found.orders[2].specimen->type.code == "SAL");
}

TEST_CASE("names are taken only where they are asked for; delete is not empty") {
    CHECK(orders(o21).patient.family_name == Statement{});
    const auto full = orders(o21, PatientDetail::full).patient;
    CHECK(full.family_name.text == "\xc3\x96zt\xc3\xbcrk");
    CHECK(full.given_name.text == "Deniz");
    CHECK(full.birth.text == "19700101");
    CHECK(orders(o21, PatientDetail::none).patient.identifier == "");
    auto text = o21;
    text.replace(text.find("19700101"), 8, "\"\"");
    CHECK(orders(text, PatientDetail::full).patient.birth == Statement{true, ""});
}

TEST_CASE("text comes out of the sender's character set") {
    const auto found = orders(
        "MSH|^~\\&|LIS|H|M|L|2026||OML^O21|X|P|2.5.1||||||8859/1\rPID|||M-1\rORC|NW|O-1\rOBR|||"
        "|T^\xd6\\XFC\\\r");
    CHECK(found.orders.at(0).test.text == "\xc3\x96\xc3\xbc");
}

TEST_CASE("what an order lacks is told by place") {
    CHECK(fault("|MRN-1", "|") == "101 PID^1^3");
    CHECK(fault("ORC|NW|ORD-1", "ORC||ORD-1") == "101 ORC^1^1");
    CHECK(fault("ORC|NW|ORD-2", "ORC|QQ|ORD-2") == "103 ORC^2^1");
    CHECK(fault("ORC|NW|ORD-2", "ORC|NW|") == "101 ORC^2^2");
    CHECK(fault("|PANEL^", "|^") == "101 OBR^1^4");
    CHECK(fault("OBR|1|ORD-1", "OBR|1|ORD-9") == "102 OBR^1^2");
    CHECK(fault("ORC|NW|ORD-2\r", "") == "100 OBR^2^0");
    CHECK(fault("PID|1", "PIX|1") == "100 PID^1^0");
    CHECK(fault("TQ1|1", "PID|2||M-2\rTQ1|1") == "100 PID^2^0");
    const auto none = orders("MSH|^~\\&|LIS|H|M|L|2026||OML^O21|X|P|2.5.1\rPID|||M-1\r");
    CHECK(none.faults.at(0).at == Location{"ORC"});
    const auto no_work = orders("MSH|^~\\&|LIS|H|M|L|2026||OML^O33|X|P|2.5.1\rPID|||M-1\rSPM|1|A\rORC|DC\r");
    CHECK(no_work.faults.empty());
    CHECK(no_work.orders.at(0).control == Control::discontinue);
}

TEST_CASE("ORL^O34 answers order by order and gives nothing of the patient but the identifier") {
    const auto answer = respond_to_orders(receive(o33), {Decision::accepted, Decision::accepted, Decision::unable},
                                          Acknowledgement::aa, signature);
    CHECK(answer ==
          "MSH|^~\\&|MICROCHIM|MOLLAB|LIS|HOSP|20260723101500+0200||ORL^O34^ORL_O42|MCH-1|P|2.5.1||||||UNICODE "
          "UTF-8|||LAB-28^IHE\rMSA|AA|LIS-3\rPID|||MRN-1^^^MOLLAB^MR\r"
          "SPM|1|ACC-1&MICROCHIM||BLD^Whole blood^HL70487\rSAC|||ACC-1\r"
          "ORC|OK||||SC\rTQ1|||||||||R^^HL70485\rOBR||AWOS-1||PANEL\r"
          "ORC|CR||||CA\rOBR||AWOS-2||PANEL\r"
          "SPM|2|||SAL\rSAC|||TUBE-2\rORC|UA||||CA\rOBR||AWOS-3||PANEL\r");
}

TEST_CASE("ORL^O22, and an order without a decision is one that we are unable to do") {
    const auto answer = respond_to_orders(receive(o21), {Decision::accepted}, Acknowledgement::aa, signature);
    CHECK(answer.find("||ORL^O22^ORL_O22|MCH-1|") != std::string::npos);
    CHECK(answer.find("\rORC|OK|ORD-1^LIS|||SC\r") != std::string::npos);
    CHECK(answer.find("\rORC|UA|ORD-2|||CA\r") != std::string::npos);
    CHECK(answer.find("Deniz") == std::string::npos);
}
