#include "service/lims/result_message.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/run/errors.hpp"
#include "service/lims/segment_writer.hpp"

namespace microchim::lims {
namespace {

std::string xcn(const Person& p, char delimiter = '^') {
    return components({p.id, p.family, p.given, "", "", "", "", "", p.authority}, delimiter);
}

std::string status_word(Status status, bool no_result) {
    if (no_result) return "X";
    return status == Status::preliminary ? "P" : status == Status::corrected ? "C" : "F";
}

std::string comment(std::size_t number, const std::string& text) {
    return SegmentWriter("NTE").raw(1, std::to_string(number)).raw(2, "L").raw(3, escape_formatted(text, {})).line();
}

class Writer {
public:
    Writer(const Report& report, const Destination& destination) : report_(report), to_(destination) {}

    std::string write(const Json& result, std::size_t index) {
        const auto sample = observe(result.at("samples").at(index), to_.content, report_.minimum_partitions);
        header();
        software(result.at("software"));
        patient();
        request(sample);
        for (const auto& observation : sample.observations) observe_one(observation);
        if (report_.document) document(sample.no_result);
        specimen();
        return std::move(out_);
    }

private:
    void header() {
        out_ = SegmentWriter("MSH")
                   .raw(1, "^~\\&")  // MSH-2: the separator itself is MSH-1
                   .text(2, to_.our_application)
                   .text(3, to_.our_facility)
                   .text(4, to_.application)
                   .text(5, to_.facility)
                   .text(6, report_.time)
                   .raw(8, "ORU^R01^ORU_R01")
                   .text(9, report_.control_id)
                   .raw(10, report_.validation ? "T" : "P")
                   .raw(11, "2.5.1")
                   .raw(14, to_string(to_.accept))
                   .raw(15, to_string(to_.answer))
                   .raw(17, to_string(to_.charset))
                   .line();
    }

    void software(const Json& software) {
        const auto name = software.at("name").get<std::string>(), version = software.at("version").get<std::string>();
        // SFT-4 is required: which build it is
        out_ += SegmentWriter("SFT").raw(1, "Microchim").text(2, version).text(3, name).text(4, version).line();
    }

    void patient() {
        if (to_.patient == PatientDetail::none) return;
        const auto& p = report_.patient;
        // Without an order nobody is known: no PID, rather than one that identifies nobody (PID-3 is required).
        if (p.identifier.empty()) return;
        SegmentWriter pid("PID");
        pid.raw(1, "1").raw(3, components({p.identifier, "", "", p.authority, "MR"}));
        if (to_.patient == PatientDetail::full) {
            pid.raw(5, components({p.family_name.text, p.given_name.text, "", "", "", "", "L"}));
            pid.text(7, p.birth.text).text(8, p.sex.text);
        }
        out_ += pid.line();
    }

    void request(const Sample& sample) {
        const auto placer = components({report_.placer, report_.placer_authority});
        const auto filler = components({report_.accession, report_.accession_authority});
        out_ += SegmentWriter("ORC")
                    .raw(1, "RE")
                    .raw(2, placer)
                    .raw(3, filler)
                    .raw(5, "CM")
                    .text(9, report_.reported)
                    .line();
        SegmentWriter obr("OBR");
        obr.raw(1, "1").raw(2, placer).raw(3, filler).raw(4, cwe(report_.panel)).text(7, report_.collected);
        obr.raw(16, xcn(report_.orderer)).text(22, report_.reported).raw(24, "MB");
        obr.raw(25, status_word(report_.status, sample.no_result)).raw(32, xcn(report_.reviewer, '&'));
        out_ += obr.line();
        std::size_t number = 0;
        if (report_.status == Status::corrected)
            out_ += comment(++number, "Corrected result, replaces " + report_.replaces +
                                          (report_.reason.empty() ? "" : ": " + report_.reason));
        for (const auto& note : sample.notes) out_ += comment(++number, note);
    }

    std::string code_of(const Observation& o) const {
        if (o.code.code != "MCH-DONOR-FRAC" || !to_.loinc) return cwe(o.code);
        return to_.loinc_first ? cwe(*to_.loinc, o.code) : cwe(o.code, *to_.loinc);
    }

    SegmentWriter obx(const std::string& type, const std::string& code, const std::string& group,
                      const std::string& value, bool missing) {
        SegmentWriter segment("OBX");
        segment.raw(1, std::to_string(++observations_)).raw(2, type).raw(3, code).raw(4, group).raw(5, value);
        segment.raw(11, status_word(report_.status, missing));
        return segment;
    }

    void observe_one(const Observation& o) {
        auto segment = obx(o.type, code_of(o), o.group, o.value, o.missing);
        segment.raw(6, cwe(o.unit)).text(7, o.reference).text(8, o.flag);
        segment.text(14, report_.observed).raw(15, cwe(report_.laboratory)).raw(16, xcn(report_.technician));
        std::string instruments;
        for (const auto& i : report_.instruments)
            instruments += (instruments.empty() ? "" : "~") + components({i.code, i.system});
        segment.raw(17, cwe(report_.method)).raw(18, instruments).text(19, report_.analysed);
        segment.text(23, report_.laboratory.text);
        out_ += segment.line();
        for (std::size_t i = 0; i < o.notes.size(); ++i) out_ += comment(i + 1, o.notes[i]);
    }

    void document(bool missing) {
        const auto& text = *report_.document;
        const auto base64 = [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
                   c == '=';
        };
        for (const char c : text)
            if (!base64(c)) throw std::invalid_argument("the document is not base64 without line breaks");
        out_ +=
            obx("ED", "11502-2^Laboratory report^LN", "1", "MICROCHIM^application^pdf^Base64^" + text, missing).line();
    }

    void specimen() {
        const auto placer = components({report_.accession, report_.accession_authority}, '&');
        out_ += SegmentWriter("SPM")
                    .raw(1, "1")
                    .raw(2, placer)
                    .raw(4, cwe(report_.specimen))
                    .raw(11, "P^Patient^HL70369")
                    .text(17, report_.collected)
                    .text(18, report_.received)
                    .line();
    }

    const Report& report_;
    const Destination& to_;
    std::string out_;
    std::size_t observations_ = 0;
};

}  // namespace

std::string control_id(const std::string& instance, std::uint64_t number) {
    for (const char c : instance) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && c != '.' && c != '_' && c != '-')
            throw ConfigError("instance: letters, digits, '.', '_' and '-' are allowed in the name of this instance");
    }
    auto digits = std::to_string(number);
    if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
    const auto id = instance + "-" + digits;
    if (id.size() > 20)
        throw ConfigError("instance: the name of this instance is too long, message ids have 20 characters at most");
    return id;
}

std::optional<std::string> result_message(const Json& result, std::size_t sample, const Report& report,
                                          const Destination& destination) {
    try {
        if (result.at("schema") != "microchim/result/1")
            throw std::invalid_argument("not a document microchim/result/1");
        return from_utf8(Writer(report, destination).write(result, sample), destination.charset);
    } catch (const nlohmann::json::exception&) {  // its text may quote the document
        throw std::invalid_argument("the document is not as microchim/result/1 has it");
    }
}

}  // namespace microchim::lims
