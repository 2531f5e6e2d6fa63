#include "service/lims/hl7.hpp"

#include <algorithm>
#include <utility>

namespace microchim::lims {

const char* to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::segment_sequence:
            return "Segment sequence error";
        case ErrorCode::required_field_missing:
            return "Required field missing";
        case ErrorCode::data_type:
            return "Data type error";
        case ErrorCode::table_value_not_found:
            return "Table value not found";
        case ErrorCode::unsupported_message_type:
            return "Unsupported message type";
        case ErrorCode::unsupported_event:
            return "Unsupported event code";
        case ErrorCode::unsupported_processing_id:
            return "Unsupported processing id";
        case ErrorCode::unsupported_version:
            return "Unsupported version id";
        case ErrorCode::unknown_key:
            return "Unknown key identifier";
        case ErrorCode::duplicate_key:
            return "Duplicate key identifier";
        case ErrorCode::record_locked:
            return "Application record locked";
        default:
            return "Application internal error";
    }
}

std::string_view Segment::text() const {
    const auto& piece = message_->segments_[index_];
    return std::string_view(message_->bytes_).substr(piece.begin, piece.end - piece.begin);
}

std::string_view Segment::line_end() const {
    const auto& piece = message_->segments_[index_];
    return std::string_view(message_->bytes_).substr(piece.end, piece.next - piece.end);
}

bool Segment::header() const {
    const auto n = name();
    return n == "MSH" || n == "FHS" || n == "BHS";
}

std::size_t Segment::fields() const {
    return message_->segments_[index_].field_starts + (header() ? 1 : 0);
}

std::string_view Segment::field(std::size_t n) const {
    if (n == 0 || n > fields()) return {};
    const auto& piece = message_->segments_[index_];
    const bool head = header();
    if (head && n == 1) return text().substr(3, 1);
    const auto i = piece.first_field + n - (head ? 2 : 1);
    const auto& starts = message_->field_starts_;
    const auto begin = starts[i] + 1;
    const bool last = i + 1 == piece.first_field + piece.field_starts;
    return std::string_view(message_->bytes_).substr(begin, (last ? piece.end : starts[i + 1]) - begin);
}

std::string_view Segment::raw(std::size_t n, std::size_t component, std::size_t repetition,
                              std::size_t subcomponent) const {
    const auto whole = field(n);
    if (header() && n <= 2) return component == 1 && repetition == 1 ? whole : std::string_view{};
    const auto& d = message_->delimiters_;
    const auto cut = part(part(whole, d.repetition, repetition), d.component, component);
    return subcomponent == 0 ? cut : part(cut, d.subcomponent, subcomponent);
}

std::string Segment::value(std::size_t n, std::size_t component, std::size_t repetition,
                           std::size_t subcomponent) const {
    const auto cut = raw(n, component, repetition, subcomponent);
    if (header() && n <= 2) return std::string(cut);
    return unescape(cut, message_->delimiters_);
}

std::size_t Segment::repetitions(std::size_t n) const {
    const auto text = field(n);
    if (header() && n <= 2) return 1;
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), message_->delimiters_.repetition));
}

std::size_t Segment::sequence() const {
    std::size_t same = 1;
    for (std::size_t i = 0; i < index_; ++i) same += (*message_)[i].name() == name();
    return same;
}

std::optional<Segment> Message::first(std::string_view name) const {
    for (std::size_t i = 0; i < size(); ++i)
        if ((*this)[i].name() == name) return (*this)[i];
    return std::nullopt;
}

std::size_t Message::count(std::string_view name) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < size(); ++i) found += (*this)[i].name() == name;
    return found;
}

Location Message::locate(std::size_t offset) const {
    for (std::size_t i = 0; i < size(); ++i) {
        const auto& piece = segments_[i];
        if (offset >= piece.next) continue;
        const auto segment = (*this)[i];
        Location at{std::string(segment.name()), segment.sequence()};
        const auto begin = field_starts_.begin() + static_cast<std::ptrdiff_t>(piece.first_field);
        const auto end = begin + static_cast<std::ptrdiff_t>(piece.field_starts);
        const auto before = static_cast<std::size_t>(std::lower_bound(begin, end, offset) - begin);
        if (before > 0) at.field = before + (segment.header() ? 1 : 0);
        return at;
    }
    return {};
}

/// Cuts a message into segments and fields. One pass over the bytes; no recursion.
class Parser {
public:
    Parser(std::string bytes, const ParseLimits& limits) : limits_(limits) {
        parsed_.message.bytes_ = std::move(bytes);
    }

    Parsed run() {
        if (begin()) {
            while (at_ < bytes().size() && segment()) {
            }
        }
        return std::move(parsed_);
    }

private:
    const std::string& bytes() const { return parsed_.message.bytes_; }
    bool fail(ErrorCode code, Location at, std::string text) {
        parsed_.fault = Fault{code, std::move(at), std::move(text), true};
        return false;
    }

    bool begin() {
        parsed_.byte_order_mark = bytes().starts_with("\xef\xbb\xbf");
        if (parsed_.byte_order_mark) at_ = 3;
        at_ = std::min(bytes().find_first_not_of("\r\n", at_), bytes().size());
        parsed_.message.start_ = at_;
        const auto rest = std::string_view(bytes()).substr(at_);
        if (!rest.starts_with("MSH") && !rest.starts_with("FHS") && !rest.starts_with("BHS"))
            return fail(ErrorCode::segment_sequence, {"MSH"}, "The message does not begin with MSH.");
        const auto found = delimiters_of(rest.substr(0, 64));
        if (!found)
            return fail(ErrorCode::data_type, {std::string(rest.substr(0, 3)), 1, 2},
                        "Unable to read the delimiters: four or five different signs are expected.");
        parsed_.message.delimiters_ = *found;
        return true;
    }

    bool segment() {
        auto& message = parsed_.message;
        auto end = at_;  // find_first_of is ten times slower
        while (end < bytes().size() && bytes()[end] != '\r' && bytes()[end] != '\n') ++end;
        const auto next = std::min(bytes().find_first_not_of("\r\n", end), bytes().size());
        const auto index = message.segments_.size();
        if (index >= limits_.segments) return fail(ErrorCode::application_error, {}, "Too many segments.");
        if (!named(at_, end)) {
            const auto after = index == 0
                                   ? Location{}
                                   : Location{std::string(message[index - 1].name()), message[index - 1].sequence()};
            return fail(ErrorCode::segment_sequence, after, "What follows this segment is not a segment.");
        }
        if (std::string_view(bytes()).substr(end, next - end).find('\n') != std::string_view::npos)
            parsed_.lf_line_ends = true;
        message.segments_.push_back({at_, end, next, message.field_starts_.size(), 0});
        const bool good = fields(at_ + 3, end) && within_limits(message[index]);
        at_ = next;
        return good;
    }

    /// Three letters or digits, the first a letter, and a field delimiter or the end.
    bool named(std::size_t from, std::size_t end) const {
        const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
        const auto sign = [&](char c) { return capital(c) || (c >= '0' && c <= '9'); };
        const auto& b = bytes();
        return end - from >= 3 && capital(b[from]) && sign(b[from + 1]) && sign(b[from + 2]) &&
               (end - from == 3 || b[from + 3] == parsed_.message.delimiters_.field);
    }

    bool fields(std::size_t from, std::size_t end) {
        auto& message = parsed_.message;
        const auto text = std::string_view(bytes()).substr(0, end);
        const char delimiter = message.delimiters_.field;
        for (auto at = from; at < end; at = std::min(text.find(delimiter, at + 1), end)) {
            message.field_starts_.push_back(at);
            if (++message.segments_.back().field_starts > limits_.fields) {
                const auto last = message[message.size() - 1];
                return fail(ErrorCode::application_error, {std::string(last.name()), last.sequence()},
                            "Too many fields.");
            }
        }
        return true;
    }

    bool within_limits(Segment segment) {
        const auto name = segment.name();
        const bool observation = name == "OBX";
        if (observation && ++observations_ > limits_.observations)
            return fail(ErrorCode::application_error, {"OBX"}, "Too many OBX segments.");
        // Most segments are too short to be beyond any limit.
        if (segment.text().size() < std::min(limits_.repetitions, limits_.field_bytes)) return true;
        for (std::size_t n = 1; n <= segment.fields(); ++n) {
            const auto size = segment.field(n).size();
            if (size < limits_.repetitions && size <= limits_.field_bytes) continue;
            const bool document = observation && n == 5 && segment.field(2) == "ED";
            if (size > (document ? limits_.document_bytes : limits_.field_bytes))
                return fail(ErrorCode::application_error, {std::string(name), segment.sequence(), n},
                            "The field is too long.");
            if (segment.repetitions(n) > limits_.repetitions)
                return fail(ErrorCode::application_error, {std::string(name), segment.sequence(), n},
                            "Too many repetitions.");
        }
        return true;
    }

    const ParseLimits& limits_;
    Parsed parsed_;
    std::size_t at_ = 0, observations_ = 0;
};

Parsed parse(std::string bytes, const ParseLimits& limits) {
    return Parser(std::move(bytes), limits).run();
}

}  // namespace microchim::lims
