#include "service/lims/acknowledge.hpp"

#include <algorithm>

namespace microchim::lims {
namespace {

/// A longer name in MSH is no name, and does not come back in the answer.
constexpr std::size_t longest_name = 256;

/// PID^1^3^1^1 in the sender's delimiters, without what is not said at the end.
std::string erl(const Location& at, const Delimiters& d) {
    std::string text = at.segment;
    if (text.empty()) return text;
    text += d.component + std::to_string(at.sequence);
    for (const auto part : {at.field, at.repetition, at.component}) {
        if (part == 0) break;
        text += d.component + std::to_string(part);
    }
    return text;
}

/// |...|E| with the table number behind the code, as ERR-3 (CWE) wants it.
std::string err(const Fault& fault, const Delimiters& d) {
    const std::string f(1, d.field), c(1, d.component);
    return "ERR" + f + f + erl(fault.at, d) + f + std::to_string(static_cast<int>(fault.code)) + c +
           to_string(fault.code) + c + "HL70357" + f + "E" + f + f + f + escape(fault.text, d) + "\r";
}

Acknowledgement never_unnamed(const Envelope& to, Acknowledgement code) {
    if (!to.control_id.empty()) return code;
    if (code == Acknowledgement::aa || code == Acknowledgement::ae) return Acknowledgement::ar;
    return code == Acknowledgement::ca || code == Acknowledgement::ce ? Acknowledgement::cr : code;
}

/// The sender's own word comes back where it is one; we do not claim a version that we cannot write.
std::string version_of(const Envelope& to) {
    return known_version(to.version) ? to.version : "2.5.1";
}

/// What asks for an application's answer: AA on success, AE and AR on error.
bool wants(Ask ask, bool success) {
    return ask == Ask::always || ask == (success ? Ask::on_success : Ask::on_error);
}

std::optional<Acknowledgement> accept_level(Ask ask, Outcome outcome) {
    using enum Acknowledgement;
    if (outcome == Outcome::stored || (outcome == Outcome::refused && ask != Ask::on_error))
        return wants(ask, true) ? std::optional(ca) : std::nullopt;
    if (!wants(ask, false)) return std::nullopt;
    return outcome == Outcome::refused ? ae : outcome == Outcome::unreadable ? cr : ce;
}

}  // namespace

const char* to_string(Acknowledgement code) {
    static constexpr const char* names[] = {"AA", "AE", "AR", "CA", "CE", "CR"};
    return names[static_cast<std::size_t>(code)];
}

std::optional<Acknowledgement> acknowledgement_of(std::string_view text) {
    for (int i = 0; i < 6; ++i)
        if (text == to_string(static_cast<Acknowledgement>(i))) return static_cast<Acknowledgement>(i);
    return std::nullopt;
}

Answers answers_to(const Envelope& envelope, Outcome outcome) {
    using enum Acknowledgement;
    if (!envelope.enhanced()) {
        if (outcome == Outcome::stored) return {aa, {}};
        return {outcome == Outcome::unreadable ? ar : ae, {}};
    }
    const auto never = envelope.accept == Ask::never || envelope.accept == Ask::absent;
    if (never && outcome != Outcome::stored) return {outcome == Outcome::unreadable ? ar : ae, {}};
    Answers answers{accept_level(envelope.accept, outcome), {}};
    if (outcome == Outcome::stored && wants(envelope.application, true)) answers.later = aa;
    if (outcome == Outcome::refused && answers.now != ae) answers.later = ae;
    return answers;
}

std::string answer_head(const Envelope& to, std::string_view type, Acknowledgement wanted, const Signature& signature,
                        const std::vector<Fault>& faults) {
    const auto& d = to.delimiters;
    const auto code = never_unnamed(to, wanted);
    const std::string f(1, d.field);
    std::string kind(type);
    std::replace(kind.begin(), kind.end(), '^', d.component);
    const auto theirs = [](const std::string& named) { return named.size() <= longest_name ? named : ""; };
    const auto ours = [&](const std::string& named, const std::string& own) {
        return theirs(named).empty() ? escape(own, d) : named;
    };
    const auto mode = to.processing_id.size() == 1 ? to.processing_id : "P";
    std::string head = "MSH" + to_string(d) + f + ours(to.receiving_application, signature.application) + f +
                       ours(to.receiving_facility, signature.facility) + f + theirs(to.sending_application) + f +
                       theirs(to.sending_facility) + f + escape(signature.time, d) + f + f + kind + f +
                       escape(signature.control_id, d) + f + mode + f + version_of(to);
    const auto charset = theirs(to.charset), profile = theirs(to.profile);
    if (!charset.empty() || !profile.empty()) head += std::string(6, d.field) + charset;
    if (!profile.empty()) head += std::string(3, d.field) + profile;
    head += "\rMSA" + f + to_string(code) + (to.control_id.empty() ? "" : f + to.control_id) + "\r";
    for (const auto& fault : faults) head += err(fault, d);
    return head;
}

std::string acknowledge(const Envelope& to, Acknowledgement code, const Signature& signature,
                        const std::vector<Fault>& faults) {
    return answer_head(to, to.event.empty() ? "ACK" : "ACK^" + to.event + "^ACK", code, signature, faults);
}

}  // namespace microchim::lims
