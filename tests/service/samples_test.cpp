// Every frame of the framing manifest, our own sample messages and the corpus of other people's.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "service/lims/delivery.hpp"
#include "service/lims/mllp.hpp"
#include "service/lims/order.hpp"
#include "tests/service/rejoin.hpp"
#include "tests/service/samples.hpp"

using namespace microchim::lims;

namespace {

const Signature signature{"A-1", "20260723101500+0200", "MICROCHIM", "MOLLAB"};

/// What a listener would say to these bytes: the answers in their order, "AA FRAME-0001", and "closed: <code>".
std::vector<std::string> listen(const std::string& bytes, mllp::Profile profile) {
    mllp::Receiver receiver(profile);
    std::vector<std::string> said;
    const auto meet = [&](const mllp::Event& event) {
        if (event.kind == mllp::Event::Kind::close)
            return said.push_back(std::string("closed: ") + to_string(*event.code));
        const auto received = receive(event.payload);
        const auto outcome =
            received.fault ? received.fault->reject ? Outcome::unreadable : Outcome::refused : Outcome::stored;
        const auto answer = answers_to(received.envelope, outcome).now;
        if (!answer) return said.push_back("silent");
        std::vector<Fault> faults;
        if (received.fault) faults.push_back(*received.fault);
        const auto sent = parse(acknowledge(received.envelope, *answer, signature, faults)).message;
        REQUIRE(sent.first("MSA"));
        said.push_back(sent.first("MSA")->value(1) + " " + sent.first("MSA")->value(2));
    };
    std::string_view rest = bytes;
    while (const auto event = receiver.next(rest)) meet(*event);
    if (const auto event = receiver.finish()) meet(*event);
    return said;
}

using Said = std::vector<std::string>;
const Said strict_only{"closed: mllp.fs_without_cr"};

/// name -> what strict and tolerant say. The samples ask AL/NE: accept-level answers.
const std::map<std::string, std::pair<Said, Said>> expected_frames = {
    {"f01_one.bin", {{"CA FRAME-0001"}, {"CA FRAME-0001"}}},
    {"f02_two_in_one_segment.bin", {{"CA FRAME-0001", "CA FRAME-0002"}, {"CA FRAME-0001", "CA FRAME-0002"}}},
    {"f03_leading_crlf.bin", {{"CA FRAME-0001"}, {"CA FRAME-0001"}}},
    {"f04_nul_between.bin", {{"CA FRAME-0001", "CA FRAME-0002"}, {"CA FRAME-0001", "CA FRAME-0002"}}},
    {"f05_fs_without_cr.bin", {strict_only, {"CA FRAME-0001"}}},
    {"f06_fs_lf.bin", {strict_only, {"CA FRAME-0001"}}},
    {"f07_no_vt.bin", {{"closed: mllp.no_vt"}, {"closed: mllp.no_vt"}}},
    {"f08_vt_inside.bin", {{"closed: mllp.vt_in_body"}, {"closed: mllp.vt_in_body"}}},
    {"f09_fs_inside_text.bin", {{"closed: mllp.fs_in_body"}, {"closed: mllp.fs_in_body"}}},
    {"f10_empty.bin", {{}, {}}},
    {"f11_truncated.bin", {{"closed: mllp.truncated"}, {"closed: mllp.truncated"}}},
    {"f12_http_probe.bin", {{"closed: mllp.http_request"}, {"closed: mllp.http_request"}}},
    {"f13_tls_hello_on_plain.bin", {{"closed: mllp.tls_hello"}, {"closed: mllp.tls_hello"}}},
    {"f14_not_hl7.bin", {{"AR "}, {"AR "}}},
    {"f15_batch.bin", {{"AR "}, {"AR "}}},
    {"f16_two_msh_one_frame.bin", {{"CR FRAME-0001"}, {"CR FRAME-0001"}}},
    {"f17_mllp_r2_ack.bin", {{}, {}}},
    {"f18_big_header_only.bin", {{"AR "}, {"AR "}}},
    {"f19_ff_separator.bin", {{"closed: mllp.vt_in_body"}, {"closed: mllp.vt_in_body"}}},
    {"f20_utf8_bom.bin", {{"CA FRAME-0001"}, {"CA FRAME-0001"}}},
};

/// "" or "AE 102 NTE^3".
std::string trouble(const Received& received) {
    if (!received.fault) return "";
    const auto& fault = *received.fault;
    auto text = (fault.reject ? "AR " : "AE ") + std::to_string(static_cast<int>(fault.code)) + " " + fault.at.segment;
    if (fault.at.field) text += "^" + std::to_string(fault.at.field);
    return text;
}

}  // namespace

TEST_CASE("every frame of the framing manifest is met as listed") {
    if (!samples::there()) return;
    const auto manifest = samples::manifest("own/mllp_frames/manifest.json");
    CHECK(manifest.size() == expected_frames.size());
    for (const auto& entry : manifest) {
        const auto name = entry["file"].get<std::string>();
        CAPTURE(name);
        const auto bytes = samples::slurp(samples::folder() / "own/mllp_frames" / name);
        CHECK(bytes.size() == entry["bytes"].get<std::size_t>());
        const auto& [strict, tolerant] = expected_frames.at(name);
        CHECK(listen(bytes, mllp::Profile::strict) == strict);
        CHECK(listen(bytes, mllp::Profile::tolerant) == tolerant);
    }
}

TEST_CASE("our own sample messages: what is taken, what is not and why, and the bytes stay") {
    if (!samples::there()) return;
    const std::map<std::string, std::string> bad = {{"11_bad_declares_utf8_sends_latin1.hl7", "AE 102 PID^5"},
                                                    {"20_law_lab29_oul_r22.hl7", "AR 200 MSH^9"},
                                                    {"22_law_lab27_qbp_q11.hl7", "AR 200 MSH^9"},
                                                    {"42_bad_no_msh10.hl7", "AR 101 MSH^10"},
                                                    {"43_bad_unknown_type.hl7", "AR 200 MSH^9"},
                                                    {"44_bad_version.hl7", "AR 203 MSH^12"}};
    const std::set<std::string> answers = {"21", "23", "25", "30", "31", "32", "33", "34", "35"};
    std::size_t seen = 0;
    for (const auto& file : std::filesystem::directory_iterator(samples::folder() / "own/hl7v2")) {
        const auto name = file.path().filename().string();
        if (!name.ends_with(".hl7")) continue;
        CAPTURE(name);
        const auto bytes = samples::slurp(file.path());
        const auto received = receive(bytes);
        CHECK(trouble(received) == (bad.contains(name) ? bad.at(name) : ""));
        CHECK(received.answer == answers.contains(name.substr(0, 2)));
        CHECK(rejoin(received.message) == bytes);
        const bool lf = name.starts_with("46") || name.starts_with("47");
        CHECK(received.lf_line_ends == lf);
        ++seen;
    }
    CHECK(seen == 33);
}

TEST_CASE("our own sample orders become orders, and our answers are those of the samples") {
    if (!samples::there()) return;
    const auto law = receive(samples::own("24_law_lab28_oml_o33.hl7"));
    CHECK(read_orders(law).faults.empty());
    CHECK(respond_to_orders(law, {Decision::accepted}, Acknowledgement::aa,
                            {"MCH20260722-ORL-0001", "20260723101500+0200", "", ""}) ==
          samples::own("25_law_lab28_orl_o34.hl7"));
    for (const char* name : {"26_order_oml_o21.hl7", "27_order_orm_o01_legacy.hl7", "28_order_cancel_oml_o21.hl7"}) {
        const auto found = read_orders(receive(samples::own(name)));
        CHECK(found.faults.empty());
        REQUIRE(found.orders.size() == 1);
        CHECK(found.orders[0].placer.starts_with("ORD-778"));
    }
    CHECK(read_orders(receive(samples::own("28_order_cancel_oml_o21.hl7"))).orders[0].control == Control::cancel);
    const auto custom = read_orders(receive(samples::own("45_custom_delimiters.hl7")));
    CHECK(custom.orders.at(0).test == Coded{"MCHIM", "x", "L"});
    // 30 answers 26, but that its header says original mode's AA
    CHECK(acknowledge(receive(samples::own("26_order_oml_o21.hl7")).envelope, Acknowledgement::aa,
                      {"MCH-ACK-AA", "20260723101500+0200", "", ""}) == samples::own("30_ack_aa.hl7"));
    const std::map<std::string, std::pair<Answer, std::string>> answers = {
        {"30_ack_aa.hl7", {Answer::accepted, ""}},    {"31_ack_ae.hl7", {Answer::error, "101"}},
        {"32_ack_ar.hl7", {Answer::rejected, "200"}}, {"33_ack_ca.hl7", {Answer::accepted, ""}},
        {"34_ack_ce.hl7", {Answer::error, "207"}},    {"35_ack_cr.hl7", {Answer::rejected, "203"}}};
    for (const auto& [name, meant] : answers) {
        const auto reading = read_answer(samples::own(name), {"LIS-ORD-0002"});
        CHECK(reading.answer == meant.first);
        CHECK(reading.condition == meant.second);
    }
}

TEST_CASE("the corpus: segments, header facts and bytes as an independent reading lists them") {
    if (!samples::there()) return;
    std::size_t read = 0;
    for (const auto& entry : samples::manifest("third_party/corpus_manifest.json")) {
        const auto name = entry["file"].get<std::string>();
        CAPTURE(name);
        auto bytes = samples::slurp(samples::folder() / "third_party" / name);
        if (bytes.starts_with('\x0b')) {  // these are frames
            mllp::Receiver receiver;
            std::string_view rest = bytes;
            bytes = receiver.next(rest).value().payload;
        }
        const auto parsed = parse(bytes);
        const auto& message = parsed.message;
        if (entry["starts"] == "/*\n") {  // a Java comment around many messages
            CHECK(parsed.fault);
            continue;
        }
        CHECK_FALSE(parsed.fault);
        CHECK(rejoin(message) == bytes);
        CHECK(message.size() == entry["segments"].get<std::size_t>());
        CHECK(message.count("MSH") == entry["messages"].get<std::size_t>());
        ++read;
        if (!entry.contains("msh2")) continue;
        const auto header = message[0];
        for (const auto& [key, field] : std::map<std::string, std::size_t>{{"msh2", 2},
                                                                           {"msh9", 9},
                                                                           {"msh10", 10},
                                                                           {"msh11", 11},
                                                                           {"msh12", 12},
                                                                           {"msh15", 15},
                                                                           {"msh16", 16},
                                                                           {"msh18", 18}})
            CHECK(header.field(field) == entry[key].get<std::string>());
        CHECK(message.count("OBX") == entry["obx"].get<std::size_t>());
        std::set<std::string> types;
        for (std::size_t i = 0; i < message.size(); ++i)
            if (message[i].name() == "OBX" && message[i].fields() >= 2) types.insert(message[i].value(2));
        CHECK(types == entry["obx2"].get<std::set<std::string>>());
        Charset found;
        CHECK((!find_charset(message, {}, found) || !entry["utf8"].get<bool>()));
    }
    CHECK(read == 403);
}
