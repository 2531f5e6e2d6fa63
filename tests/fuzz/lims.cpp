// libFuzzer for what a laboratory's network can send us: frames and HL7. Bytes give messages or refusals, the same for
// every way to cut them, and nothing is lost or accepted that has no name.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "service/lims/delivery.hpp"
#include "service/lims/mllp.hpp"
#include "service/lims/order.hpp"
#include "tests/service/rejoin.hpp"

using namespace microchim::lims;

namespace {

void demand(bool truth) {
    if (!truth) std::abort();
}

const Signature signature{"A-1", "20260723101500+0200", "MICROCHIM", "MOLLAB"};

std::vector<std::string> frames(std::string_view bytes, mllp::Profile profile, std::size_t step) {
    mllp::Receiver receiver(profile, {4096, 8});
    std::vector<std::string> seen;
    const auto keep = [&](const mllp::Event& e) {
        seen.push_back(e.payload + (e.code ? to_string(*e.code) : "") + std::to_string(e.offset));
    };
    while (!bytes.empty()) {
        auto piece = bytes.substr(0, step);
        bytes.remove_prefix(piece.size());
        while (const auto event = receiver.next(piece)) keep(*event);
        demand(piece.empty());
    }
    if (const auto event = receiver.finish()) keep(*event);
    return seen;
}

void answer(const Received& received) {
    const auto& envelope = received.envelope;
    for (const auto code : {Acknowledgement::aa, Acknowledgement::ca, Acknowledgement::ae}) {
        std::vector<Fault> faults;
        if (received.fault) faults.push_back(*received.fault);
        const auto text = acknowledge(envelope, code, signature, faults);
        demand(mllp::frame(text).has_value() || envelope.control_id.find_first_of("\x0b\x1c") != std::string::npos ||
               received.message.bytes().find_first_of("\x0b\x1c") != std::string::npos);
        const auto reading = read_answer(text, {envelope.control_id});
        demand(reading.answer != Answer::unusable);
        if (envelope.control_id.empty()) demand(reading.answer == Answer::not_ours && reading.code[1] == 'R');
    }
}

void message(std::string_view bytes) {
    const auto parsed = parse(std::string(bytes));
    if (!parsed.fault) demand(rejoin(parsed.message) == bytes);
    Rules rules;
    rules.limits = {100, 50, 20, 30, 1000, 2000};
    rules.eight_bit = Charset::latin9;
    const auto received = receive(std::string(bytes), rules);
    demand(received.message.bytes() == bytes);
    answer(received);
    read_answer(bytes, {"M-1"});
    if (received.fault || received.answer) return;
    const auto orders = read_orders(received, PatientDetail::full);
    respond_to_orders(received, {Decision::accepted}, Acknowledgement::aa, signature, orders.faults);
}

void text(std::string_view bytes) {
    for (const char* header : {"MSH|^~\\&|", "MSH|^~\\&#|", "MSH$%~\\&$"}) {
        const auto d = delimiters_of(header).value();
        const auto escaped = escape(bytes, d);
        demand(unescape(escaped, d) == bytes);
        demand(escaped.find_first_of(std::string{d.field, d.component, d.repetition, d.subcomponent}) ==
               std::string::npos);
        unescape(bytes, d);
    }
    for (const auto set : {Charset::ascii, Charset::utf8, Charset::latin1, Charset::latin5, Charset::latin9})
        if (const auto utf8 = to_utf8(bytes, set)) demand(!first_invalid_utf8(*utf8) && from_utf8(*utf8, set) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    if (data[0] % 3 == 0) {
        for (const auto profile : {mllp::Profile::strict, mllp::Profile::tolerant}) {
            const auto whole = frames(bytes, profile, bytes.size() + 1);
            demand(frames(bytes, profile, 1) == whole && frames(bytes, profile, 1 + data[0] / 3) == whole);
        }
    } else if (data[0] % 3 == 1) {
        message(bytes);
    } else {
        text(bytes);
    }
    return 0;
}
