// Results out: the numbers as they are written, and whole messages for each kind of result.
#include "service/lims/result_message.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/report/json.hpp"
#include "core/run/errors.hpp"
#include "service/lims/delivery.hpp"
#include "service/lims/percent.hpp"
#include "tests/service/rejoin.hpp"
#include "tests/service/samples.hpp"

using namespace microchim::lims;
namespace chimerism = microchim::chimerism;
using chimerism::DetectionCall;

namespace {

chimerism::DonorResult donor(DetectionCall call, double fraction, double low, double high, double upper) {
    chimerism::DonorResult d;
    d.donor = "D1";
    d.estimate = {fraction, low, high, upper, 1e-6, call, 0.0002, 0.0005, 0.001};
    return d;
}

chimerism::MarkerResult marker(const std::string& name, double fraction, double low, double high, std::int64_t accepted,
                               const std::string& reason = "") {
    return {name, "D1", fraction, low, high, 12, accepted, reason.empty(), reason};
}

chimerism::Result result(const chimerism::DonorResult& d) {
    chimerism::SampleResult s;
    s.case_id = "P-0412";
    s.sample = "P0412-d28";
    s.wells = {"A01", "A02"};
    s.donors = {d};
    s.markers = {marker("SRY", 0.0043, 0.0029, 0.0061, 18342), marker("DIP-17", 0.019, 0.016, 0.022, 9120, "too few")};
    chimerism::Result r;
    r.samples = {s};
    return r;
}

Report report() {
    Report r;
    r.control_id = control_id("MCH20260723", 1);
    r.time = r.reported = "20260723101500+0200";
    r.patient.identifier = "MRN-1";
    r.patient.authority = "MOLLAB";
    r.patient.family_name.text = "\xc3\x96zt\xc3\xbcrk";
    r.placer = "ORD-7781";
    r.placer_authority = "LIS";
    r.accession = "ACC-1";
    r.accession_authority = "MICROCHIM";
    r.panel = {"MCHIM-PANEL", "Panel", "99MCHIM"};
    r.reviewer = {"9876", "Demir", "Selin", "MOLLAB"};
    r.technician = {"TECH07", "Tekin", "", ""};
    r.specimen = {"BLD", "Whole blood", "HL70487"};
    r.collected = "20260722083000+0200";
    r.received = "20260722101000+0200";
    r.laboratory = {"MOLLAB", "Molecular | Lab", "99MCHIM"};
    r.instruments = {{"QX200", "", "BIO-RAD"}, {"SN-1", "", "BIO-RAD"}};
    r.minimum_partitions = 10000;
    return r;
}

Destination lis() {
    Destination d;
    d.our_facility = "MOLLAB";
    d.application = "LIS";
    d.facility = "HOSP";
    return d;
}

Message message(const chimerism::Result& r, const Report& about = report(), const Destination& to = lis()) {
    const auto bytes = result_message(microchim::report::result_json(r), 0, about, to);
    REQUIRE(bytes);
    const auto received = receive(*bytes);
    CHECK_FALSE(received.fault);
    CHECK(rejoin(received.message) == *bytes);
    return received.message;
}

/// The OBX of a code, as "NM 0.42 % <0.050 A F 1", with its notes behind it.
std::string obx(const Message& m, const std::string& code, const std::string& group = "1") {
    for (std::size_t i = 0; i < m.size(); ++i) {
        const auto s = m[i];
        if (s.name() != "OBX" || s.value(3) != code || s.field(4) != group) continue;
        std::string text(s.field(2));
        for (const auto& part : {std::string(s.field(5)), s.value(6), s.value(7), s.value(8), s.value(11)})
            if (!part.empty()) text += " " + part;
        for (++i; i < m.size() && m[i].name() == "NTE"; ++i) text += " NTE " + m[i].value(3);
        return text;
    }
    return "";
}

const auto detected = donor(DetectionCall::detected, 0.0042, 0.0031, 0.0055, 0.0053);

}  // namespace

TEST_CASE("percent: decimals after the interval, two more than the LoD at most, and never 0 for something") {
    CHECK(percent(0.0042, decimals_of(0.0042, 0.0031, 0.0055, 0.0005)) == "0.42");
    CHECK(percent(1.23e-4, decimals_of(1.23e-4, 5.1e-5, 2.4e-4, 6e-5)) == "0.0123");
    CHECK(percent(0.9997, decimals_of(0.9997, 0.9990, 0.9999, 0.0005)) == "99.970");
    CHECK(percent(0.5, decimals_of(0.5, 0.2, 0.8, 0.0005)) == "50");
    CHECK(percent(1e-9, decimals_of(1e-9, 0, 0.01, {})) == "0.0000001");
    CHECK(decimals_of(0.5, 0.5, 0.5, 0.05) == 3);
    CHECK(percent_limit(0.0005) == "0.050");
    CHECK(percent_limit(0) == "0.000000000000");
    CHECK(percent_at_most(0.0005) == "0.050");
    CHECK(percent_at_most(0.000501) == "0.051");
    CHECK(percent_at_most(0.999999) == "100");
}

TEST_CASE("a detected fraction: value, interval, detection, limits, markers, sentence") {
    const auto m = message(result(detected));
    CHECK(m[0].text() ==
          "MSH|^~\\&|MICROCHIM|MOLLAB|LIS|HOSP|20260723101500+0200||ORU^R01^ORU_R01|MCH20260723-000001|P|"
          "2.5.1||||||UNICODE UTF-8");
    CHECK(m.first("PID")->text() == "PID|1||MRN-1^^^MOLLAB^MR");
    CHECK(m.first("ORC")->text() == "ORC|RE|ORD-7781^LIS|ACC-1^MICROCHIM||CM||||20260723101500+0200");
    CHECK(m.first("OBR")->text() ==
          "OBR|1|ORD-7781^LIS|ACC-1^MICROCHIM|MCHIM-PANEL^Panel^99MCHIM|||20260722083000+0200|||"
          "||||||||||||20260723101500+0200||MB|F|||||||9876&Demir&Selin&&&&&&MOLLAB");
    CHECK(m.first("OBX")->text() ==
          "OBX|1|NM|MCH-DONOR-FRAC^Donor DNA fraction^99MCHIM|1|0.42|%^percent^UCUM|<0.050|A|||F|"
          "|||MOLLAB^Molecular \\F\\ Lab^99MCHIM|TECH07^Tekin||QX200^BIO-RAD~SN-1^BIO-RAD|||||"
          "Molecular \\F\\ Lab");
    CHECK(obx(m, "MCH-CI95") == "SN ^0.31^-^0.55 % F");
    CHECK(obx(m, "MCH-QUAL") == "CWE 260373001^Detected^SCT^D^Detected^99MCHIM A F");
    CHECK(obx(m, "MCH-LOB") == "NM 0.020 % F");
    CHECK(obx(m, "MCH-LOD") == "NM 0.050 % F");
    CHECK(obx(m, "MCH-LOQ") == "NM 0.10 % F");
    CHECK(obx(m, "MCH-MARKER", "2.1") == "ST SRY F");
    CHECK(obx(m, "MCH-MK-FRAC", "2.1") == "NM 0.43 % F");
    CHECK(obx(m, "MCH-MK-CI95", "2.1") == "SN ^0.29^-^0.61 % F");
    CHECK(obx(m, "MCH-MK-PART", "2.1") == "NM 18342 {partitions} >10000 F");
    CHECK(obx(m, "MCH-MK-USED", "2.1") == "CWE Y^Yes^HL70136 F");
    CHECK(obx(m, "MCH-MK-PART", "2.2") == "NM 9120 {partitions} >10000 L F");
    CHECK(obx(m, "MCH-MK-USED", "2.2") == "CWE N^No^HL70136 A F NTE Excluded: too few");
    CHECK(obx(m, "MCH-INTERP") == "FT Donor DNA detected at 0.42 % (95 % interval 0.31 to 0.55 %). F");
    CHECK(m[m.size() - 1].text() ==
          "SPM|1|ACC-1&MICROCHIM||BLD^Whole blood^HL70487|||||||P^Patient^HL70369||||||"
          "20260722083000+0200|20260722101000+0200");
}

TEST_CASE("below the limit of detection nothing is sent as 0") {
    const auto m = message(result(donor(DetectionCall::not_detected, 0, 0, 0.0009, 0.00071)));
    CHECK(obx(m, "MCH-DONOR-FRAC") == "SN <^0.050 % < F");
    CHECK(obx(m, "MCH-QUAL") == "CWE 260415000^Not detected^SCT^ND^Not detected^99MCHIM N F");
    CHECK(obx(m, "MCH-UPPER95") == "SN <^0.071 % F");
    CHECK(obx(m, "MCH-CI95") == "");
    CHECK(obx(m, "MCH-INTERP") ==
          "FT Donor DNA not detected (limit of detection 0.050 %, 95 % upper limit 0.071 %). F");
    auto little = donor(DetectionCall::not_detected, 0, 0, 0.5, 0.4);
    little.estimate.lod.reset();
    CHECK(obx(message(result(little)), "MCH-DONOR-FRAC") == "SN <^40 % < F");
}

TEST_CASE("between LoD and LoQ the value comes with its flag and a note") {
    const auto m = message(result(donor(DetectionCall::detected_below_loq, 0.0007, 0.0004, 0.0012, 0.0011)));
    CHECK(obx(m, "MCH-DONOR-FRAC") == "NM 0.070 % <0.050 A F NTE detected, below limit of quantification");
}

TEST_CASE("no result: X, no value, the reason, no markers") {
    auto blocked = result(detected);
    blocked.samples[0].blocked = true;
    blocked.samples[0].notes = {{microchim::Severity::error, "NTC", "the control is positive"}};
    auto m = message(blocked);
    CHECK(obx(m, "MCH-DONOR-FRAC") == "NM % X NTE No result: NTC: the control is positive");
    CHECK(obx(m, "MCH-RUN-QC") == "CWE FAIL^Fail^99MCHIM A X");
    CHECK(obx(m, "MCH-LOD") == "NM 0.050 % X");
    CHECK(obx(m, "MCH-MARKER", "2.1") == "");
    CHECK(obx(m, "MCH-INTERP") == "FT No result. X");
    CHECK(m.first("OBR")->field(25) == "X");
    CHECK(m.first("NTE")->field(3) == "NTC: the control is positive");
    m = message(result(donor(DetectionCall::not_calculated, 0, 0, 1, 1)));
    CHECK(obx(m, "MCH-DONOR-FRAC") == "NM % X NTE No result: the fraction could not be calculated.");
}

TEST_CASE("a correction is the whole result again and names what it replaces") {
    auto about = report();
    about.status = Status::corrected;
    about.replaces = "MCH20260723-000000";
    about.reason = "volume entered wrongly";
    const auto m = message(result(detected), about);
    CHECK(m.first("OBR")->field(25) == "C");
    CHECK(m.first("NTE")->value(3) == "Corrected result, replaces MCH20260723-000000: volume entered wrongly");
    CHECK(obx(m, "MCH-LOD") == "NM 0.050 % C");
}

TEST_CASE("lean content: fraction, detection, interpretation") {
    auto to = lis();
    to.content = Content::lean;
    const auto m = message(result(detected), report(), to);
    CHECK(m.count("OBX") == 3);
    CHECK(obx(m, "MCH-DONOR-FRAC").starts_with("NM 0.42"));
    CHECK(obx(m, "MCH-QUAL") != "");
    CHECK(obx(m, "MCH-INTERP") != "");
}

TEST_CASE("several donors: groups 1.1 and 1.2, each named") {
    auto two = result(detected);
    two.samples[0].donors.push_back(donor(DetectionCall::not_detected, 0, 0, 0.0009, 0.0007));
    two.samples[0].donors[1].donor = "D2";
    const auto m = message(two);
    CHECK(obx(m, "MCH-DONOR", "1.1") == "ST D1 F");
    CHECK(obx(m, "MCH-DONOR-FRAC", "1.1").starts_with("NM 0.42"));
    CHECK(obx(m, "MCH-DONOR-FRAC", "1.2") == "SN <^0.050 % < F");
    CHECK(obx(m, "MCH-DONOR", "2.1") == "ST D1 F");
    CHECK(obx(m, "MCH-INTERP").find("\\.br\\Donor D2: Donor DNA not detected") != std::string::npos);
}

TEST_CASE("wells of real-time PCR are not called partitions") {
    auto wells = result(detected);
    wells.samples[0].markers[0].accepted = 2;
    wells.samples[0].markers[0].real_time = true;
    wells.samples[0].markers[0].cq = {37.2, std::nullopt};
    const auto m = message(wells);
    CHECK(obx(m, "MCH-MK-WELLS", "2.1") == "NM 2 {wells} F");
    CHECK(obx(m, "MCH-MK-PART", "2.1") == "");
}

TEST_CASE("what the receiver wants: names, LOINC, modes, a document, validation") {
    auto to = lis();
    to.patient = PatientDetail::full;
    to.loinc = Coded{"99786-6", "Donor cfDNA", "LN"};
    to.accept = Ask::never;
    to.answer = Ask::always;
    auto about = report();
    about.validation = true;
    about.document = "JVBERi0=";
    auto m = message(result(detected), about, to);
    CHECK(m[0].field(11) == "T");
    CHECK(m[0].field(15) == "NE");
    CHECK(m[0].field(16) == "AL");
    CHECK(m.first("PID")->field(5) == "\xc3\x96zt\xc3\xbcrk^^^^^^L");
    CHECK(m.first("OBX")->field(3) == "MCH-DONOR-FRAC^Donor DNA fraction^99MCHIM^99786-6^Donor cfDNA^LN");
    CHECK(m[m.size() - 2].field(5) == "MICROCHIM^application^pdf^Base64^JVBERi0=");
    to.loinc_first = true;
    to.patient = PatientDetail::none;
    m = message(result(detected), about, to);
    CHECK(m.first("OBX")->raw(3) == "99786-6");
    CHECK_FALSE(m.first("PID"));
    to.patient = PatientDetail::identifier;
    about.patient = {};  // without an order
    CHECK_FALSE(message(result(detected), about, to).first("PID"));
}

TEST_CASE("a character set that lacks a character stops the message") {
    auto to = lis();
    to.patient = PatientDetail::full;
    const auto document = microchim::report::result_json(result(detected));
    to.charset = Charset::latin1;
    CHECK(result_message(document, 0, report(), to)->find("\xd6zt\xfcrk") != std::string::npos);
    to.charset = Charset::ascii;
    CHECK_FALSE(result_message(document, 0, report(), to));
}

TEST_CASE("what is no result document is refused without quoting it") {
    const auto refused = [](const char* text) {
        try {
            result_message(Json::parse(text), 0, report(), lis());
            return std::string();
        } catch (const std::invalid_argument& e) {
            return std::string(e.what());
        }
    };
    CHECK(refused("{}") == "the document is not as microchim/result/1 has it");
    CHECK(refused(R"({"schema": "x"})") == "not a document microchim/result/1");
    CHECK(refused(R"({"schema": "microchim/result/1", "samples": ["Smith"], "software": 3})") ==
          "a sample is not as microchim/result/1 has it");
    auto about = report();
    about.document = "JV\rBE";
    CHECK_THROWS_AS(result_message(microchim::report::result_json(result(detected)), 0, about, lis()),
                    std::invalid_argument);
}

TEST_CASE("message ids have 20 characters at most") {
    CHECK(control_id("MCH", 17) == "MCH-000017");
    CHECK(control_id("MCH", 12345678) == "MCH-12345678");
    CHECK_THROWS_AS(control_id("A-LONG-INSTANCE", 1), microchim::ConfigError);
    CHECK_THROWS_AS(control_id("A|B", 1), microchim::ConfigError);
}

TEST_CASE("docs/reference/hl7.md shows what is really sent and understood") {
    const auto page = samples::slurp(std::filesystem::path(MICROCHIM_SOURCE_DIR) / "docs/reference/hl7.md");
    std::vector<std::string> shown;
    for (auto at = page.find("```hl7\n"); at != std::string::npos; at = page.find("```hl7\n", at + 1)) {
        shown.push_back(page.substr(at + 7, page.find("```", at + 7) - at - 7));
        for (auto& c : shown.back())
            if (c == '\n') c = '\r';
    }
    REQUIRE(shown.size() == 4);
    const auto order = receive(shown[0]);
    CHECK_FALSE(order.fault);
    const auto found = read_orders(order);
    CHECK(found.faults.empty());
    CHECK(found.orders.at(0).specimen->identifier == "ACC-1");
    CHECK(acknowledge(order.envelope, *answers_to(order.envelope, Outcome::stored).now,
                      {"MCH-000001", "20260722090001+0200", "", ""}) == shown[1]);
    CHECK(message(result(detected)).bytes() == shown[2]);
    CHECK(read_answer(shown[3], {"MCH20260723-000001"}).answer == Answer::accepted);
}

TEST_CASE("a result, its frame and the answer: once through") {
    const auto sent = message(result(detected)).bytes();
    const auto received = receive(sent);
    const auto answer =
        acknowledge(received.envelope, *answers_to(received.envelope, Outcome::stored).now, {"L-1", "2026", "", ""});
    CHECK(read_answer(answer, {"MCH20260723-000001"}).answer == Answer::accepted);
}
