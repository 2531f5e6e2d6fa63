#include "service/lims/envelope.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace microchim::lims {
namespace {

struct MessageType {
    std::string_view type, event;
};

/// Results are stored for the record and not applied.
constexpr std::array<MessageType, 4> taken{{{"OML", "O21"}, {"OML", "O33"}, {"ORM", "O01"}, {"ORU", "R01"}}};

Fault reject(ErrorCode code, Location at, std::string text) {
    return {code, std::move(at), std::move(text), true};
}

std::optional<Fault> error(ErrorCode code, const Location& at, const char* text) {
    std::optional<Fault> fault(std::in_place);
    fault->code = code;
    fault->at = at;
    fault->text = text;
    return fault;
}

/// An answer to something of ours: ACK, or a response with its own structure.
bool is_answer(const Envelope& envelope, const Message& message) {
    static constexpr std::array types{"ACK", "ORL", "ORR", "RSP", "ORA", "MCF"};
    const bool named = std::find(types.begin(), types.end(), envelope.type) != types.end();
    return named || (envelope.type.empty() && message.first("MSA"));
}

std::optional<Fault> one_whole_message(const Message& message) {
    for (const char* batch : {"FHS", "BHS", "BTS", "FTS"})
        if (message.first(batch))
            return reject(ErrorCode::unsupported_message_type, {batch}, "Batches are not taken: send single messages.");
    if (message.count("MSH") > 1) return reject(ErrorCode::segment_sequence, {"MSH", 2}, "Two messages in one frame.");
    if (message.first("DSC") && !message.first("DSC")->field(1).empty())
        return reject(ErrorCode::segment_sequence, {"DSC", 1, 1}, "Continued messages are not taken.");
    return std::nullopt;
}

std::optional<Fault> known_kind(const Envelope& envelope) {
    if (envelope.control_id.empty() || deletes(envelope.control_id))
        return reject(ErrorCode::required_field_missing, {"MSH", 1, 10}, "MSH-10 is empty: the message has no name.");
    if (!known_version(envelope.version))
        return reject(ErrorCode::unsupported_version, {"MSH", 1, 12}, "This version of HL7 is not read.");
    bool type = false, both = false;
    for (const auto& known : taken) {
        type |= known.type == envelope.type;
        both |= known.type == envelope.type && known.event == envelope.event;
    }
    if (!type)
        return reject(ErrorCode::unsupported_message_type, {"MSH", 1, 9, 1, 1}, "This type of message is not taken.");
    if (!both) return reject(ErrorCode::unsupported_event, {"MSH", 1, 9, 1, 2}, "This event is not taken.");
    const auto& mode = envelope.processing_id;
    if (!mode.empty() && mode != "P" && mode != "T" && mode != "D")
        return reject(ErrorCode::unsupported_processing_id, {"MSH", 1, 11}, "Expected P, T or D.");
    return std::nullopt;
}

/// The widest of the sets that MSH-18 names: "UTF-8~UNICODE" occurs, and so does "ASCII~8859/1".
std::optional<Charset> declared(const Segment& header, bool& unknown) {
    std::optional<Charset> widest;
    for (std::size_t i = 1; i <= header.repetitions(18); ++i) {
        const auto name = header.value(18, 1, i);
        const auto set = charset_of(name);
        unknown |= !set && !name.empty();
        if (set && (!widest || *widest == Charset::ascii || *set == Charset::utf8)) widest = set;
    }
    return widest;
}

}  // namespace

bool known_version(std::string_view version) {
    static constexpr std::array<std::string_view, 11> known{"2.3", "2.3.1", "2.4", "2.5",   "2.5.1", "2.6",
                                                            "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2"};
    return std::find(known.begin(), known.end(), version) != known.end();
}

Ask ask_of(std::string_view word) {
    if (word == "AL") return Ask::always;
    if (word == "NE") return Ask::never;
    if (word == "ER") return Ask::on_error;
    if (word == "SU") return Ask::on_success;
    return Ask::absent;
}

const char* to_string(Ask ask) {
    switch (ask) {
        case Ask::always:
            return "AL";
        case Ask::never:
            return "NE";
        case Ask::on_error:
            return "ER";
        case Ask::on_success:
            return "SU";
        default:
            return "";
    }
}

Envelope envelope_of(const Message& message) {
    Envelope e;
    e.delimiters = message.delimiters();
    if (message.size() == 0 || message[0].name() != "MSH") return e;
    const auto header = message[0];
    const auto text = [&](std::size_t n) { return std::string(header.field(n)); };
    e.sending_application = text(3);
    e.sending_facility = text(4);
    e.receiving_application = text(5);
    e.receiving_facility = text(6);
    e.type = header.raw(9, 1);
    e.event = header.raw(9, 2);
    e.structure = header.raw(9, 3);
    e.control_id = text(10);
    e.processing_id = header.raw(11, 1);
    e.version = header.raw(12, 1);
    e.accept = ask_of(header.field(15));
    e.application = ask_of(header.field(16));
    const auto unknown = [&](std::size_t n) {
        return !header.field(n).empty() && ask_of(header.field(n)) == Ask::absent;
    };
    e.unknown_ask = unknown(15) || unknown(16);
    e.charset = text(18);
    e.profile = text(21);
    return e;
}

std::optional<Fault> find_charset(const Message& message, std::optional<Charset> eight_bit, Charset& found) {
    found = Charset::ascii;
    const auto& bytes = message.bytes();
    const auto start = message.before().size();  // a byte order mark is no text
    const auto high = std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(start), bytes.end(),
                                   [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (high == bytes.end()) return std::nullopt;  // ASCII is in every set that could be meant
    bool unknown = false;
    auto set = declared(message[0], unknown);
    if (unknown && !set)
        return error(ErrorCode::table_value_not_found, {"MSH", 1, 18}, "This character set is not read.");
    const auto first = static_cast<std::size_t>(high - bytes.begin());
    const auto invalid = first_invalid_utf8(std::string_view(bytes).substr(first));
    if (!set || *set == Charset::ascii) set = invalid ? eight_bit : Charset::utf8;
    if (!set)
        return error(ErrorCode::data_type, message.locate(first),
                     "A byte is neither ASCII nor UTF-8, and MSH-18 names no other character set.");
    if (*set == Charset::utf8 && invalid)
        return error(ErrorCode::data_type, message.locate(first + *invalid), "A byte is not UTF-8.");
    found = *set;
    return std::nullopt;
}

Received receive(std::string payload, const Rules& rules) {
    auto parsed = parse(std::move(payload), rules.limits);
    Received received;
    received.message = std::move(parsed.message);
    received.lf_line_ends = parsed.lf_line_ends;
    received.byte_order_mark = parsed.byte_order_mark;
    received.envelope = envelope_of(received.message);
    received.answer = is_answer(received.envelope, received.message);
    received.fault = std::move(parsed.fault);
    if (!received.fault) received.fault = one_whole_message(received.message);
    if (!received.fault && !received.answer) received.fault = known_kind(received.envelope);
    if (!received.fault) received.fault = find_charset(received.message, rules.eight_bit, received.charset);
    return received;
}

Received too_long(std::string head) {
    Received received;
    received.message = parse(std::move(head)).message;
    received.envelope = envelope_of(received.message);
    received.answer = is_answer(received.envelope, received.message);
    received.fault = reject(ErrorCode::application_error, {"MSH"}, "The message is longer than this service takes.");
    return received;
}

}  // namespace microchim::lims
