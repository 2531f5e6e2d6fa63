#include "service/lims/delivery.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace microchim::lims {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

bool more_to_come(const Sent& sent) {
    return sent.application == Ask::always || sent.application == Ask::on_success;
}

Answer meaning(Acknowledgement code, const Sent& sent) {
    using enum Acknowledgement;
    switch (code) {
        case aa:
            return Answer::accepted;
        case ca:
            return more_to_come(sent) ? Answer::committed : Answer::accepted;
        case ae:
        case ce:
            return Answer::error;
        default:
            return Answer::rejected;
    }
}

std::string digits(std::string_view text) {
    const bool number = !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == text.npos;
    return number ? std::string(text) : "";
}

/// A place, never a text: anything else could be a patient's name.
std::string place(std::string_view erl, const Delimiters& d) {
    std::string text;
    for (const char c : erl.substr(0, 40)) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && c != d.component) return "";
        text += c == d.component ? '^' : c;
    }
    return text.find('^') == 3 || text.size() == 3 ? text : "";
}

milliseconds without_answer(unsigned failures, double jitter) {
    const auto seconds_to_wait = std::min(300.0, std::ldexp(1.0, static_cast<int>(std::min(failures, 10U))));
    return milliseconds(std::lround(1000 * seconds_to_wait * (1 + 0.2 * std::clamp(jitter, -1.0, 1.0))));
}

Next after_error(unsigned failures) {
    static constexpr std::array<milliseconds, 3> waits{seconds(30), minutes(2), minutes(10)};
    if (failures >= waits.size()) return {.state = OutboxState::dead, .wait = {}, .alert = true};
    return {.state = OutboxState::queued, .wait = waits[failures]};
}

}  // namespace

Reading read_answer(std::string_view payload, const Sent& sent) {
    const auto parsed = parse(std::string(payload));
    const auto& message = parsed.message;
    const auto msa = message.first("MSA");
    if (parsed.fault || !msa || message[0].name() != "MSH" || message.count("MSH") > 1 || message.count("MSA") > 1)
        return {};
    const auto code = acknowledgement_of(msa->field(1));
    if (!code) return {};
    Reading reading{Answer::not_ours, to_string(*code), {}, {}};
    if (sent.control_id.empty() || msa->field(2) != sent.control_id) return reading;
    reading.answer = meaning(*code, sent);
    if (const auto err = message.first("ERR")) {
        reading.condition = digits(err->raw(3));
        if (reading.condition.empty()) reading.condition = digits(err->raw(1, 4, 1, 1));  // before version 2.5
        reading.location = place(err->field(2), message.delimiters());
    }
    return reading;
}

Happened happened(Answer answer) {
    switch (answer) {
        case Answer::accepted:
            return Happened::accepted;
        case Answer::committed:
            return Happened::committed;
        case Answer::error:
            return Happened::error;
        case Answer::rejected:
            return Happened::rejected;
        default:
            throw std::logic_error("not an answer to our message: the wait goes on");
    }
}

const char* to_string(OutboxState state) {
    static constexpr const char* names[] = {"queued", "sent", "committed", "accepted", "dead", "held"};
    return names[static_cast<std::size_t>(state)];
}

Next next_step(Happened what, unsigned failures, double jitter) {
    switch (what) {
        case Happened::not_connected:
            return {.state = OutboxState::queued, .wait = without_answer(failures, jitter), .counts = false};
        case Happened::no_answer:
            return {.state = OutboxState::sent,
                    .wait = without_answer(failures, jitter),
                    .close = true,
                    .alert = failures + 1 >= 3};
        case Happened::accepted:
            return {.state = OutboxState::accepted, .wait = {}};
        case Happened::committed:
            return {.state = OutboxState::committed, .wait = hours(24)};
        case Happened::error:
            return after_error(failures);
        case Happened::bad_certificate:
        case Happened::not_mllp:
            return {.state = OutboxState::held, .wait = {}, .close = true, .alert = true};
        case Happened::not_confirmed:
        case Happened::name_taken:
            return {.state = OutboxState::held, .wait = {}, .alert = true};
        default:
            return {.state = OutboxState::dead, .wait = {}, .alert = true};
    }
}

}  // namespace microchim::lims
