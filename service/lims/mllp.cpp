#include "service/lims/mllp.hpp"

#include <utility>

namespace microchim::lims::mllp {
namespace {

constexpr char vt = '\x0b', fs = '\x1c', cr = '\r';

/// The first VT or FS. Two searches by the library, which are much faster than one for either; each byte is looked at
/// twice at most, however many frames the piece holds.
std::size_t find_vt_or_fs(std::string_view bytes) {
    const auto end = bytes.find(fs);
    const auto start = bytes.substr(0, end).find(vt);
    return start == std::string_view::npos ? end : start;
}

bool idle(char byte) {
    return byte == cr || byte == '\n' || byte == ' ' || byte == '\0';
}

/// By the first byte alone, so that the answer does not depend on how much arrived with it.
Code class_of(char byte) {
    if (byte == '\x16') return Code::tls_hello;
    if (std::string_view("GPHDOCT").find(byte) != std::string_view::npos) return Code::http_request;
    if (std::string_view("MFB").find(byte) != std::string_view::npos) return Code::no_vt;  // MSH, FHS, BHS
    return Code::foreign_byte;
}

}  // namespace

const char* to_string(Code code) {
    static constexpr const char* names[] = {
        "mllp.idle_bytes", "mllp.empty_frame",  "mllp.commit_byte", "mllp.fs_without_cr", "mllp.vt_in_body",
        "mllp.fs_in_body", "mllp.too_long",     "mllp.too_idle",    "mllp.http_request",  "mllp.tls_hello",
        "mllp.no_vt",      "mllp.foreign_byte", "mllp.truncated",
    };
    static_assert(std::size(names) == static_cast<std::size_t>(Code::count_of_codes));
    return code < Code::count_of_codes ? names[static_cast<std::size_t>(code)] : "mllp.unknown";
}

std::optional<Event> Receiver::next(std::string_view& bytes) {
    while (!bytes.empty()) {
        std::optional<Event> event;
        switch (state_) {
            case State::between:
                event = between(bytes.front());
                bytes.remove_prefix(1);
                ++offset_;
                break;
            case State::body:
                event = body(bytes);
                break;
            case State::end:
                event = end(bytes);
                break;
            case State::closed:
                offset_ += bytes.size();
                bytes = {};
        }
        if (event) return event;
    }
    return std::nullopt;
}

std::optional<Event> Receiver::between(char byte) {
    if (byte == vt) {
        state_ = State::body;
        start_ = offset_;
        idle_ = 0;
        body_.clear();
        return std::nullopt;
    }
    if (!idle(byte)) return close(class_of(byte), offset_);
    note(Code::idle_bytes);
    if (++idle_ > limits_.idle_bytes) return close(Code::too_idle, offset_);
    return std::nullopt;
}

std::optional<Event> Receiver::body(std::string_view& bytes) {
    const auto stop = find_vt_or_fs(bytes);
    const auto text = bytes.substr(0, stop);
    const auto room = limits_.message_bytes - body_.size();
    if (text.size() > room) {
        body_.append(text.substr(0, room));
        const auto at = offset_ + room;
        offset_ += text.size();
        bytes.remove_prefix(text.size());
        auto head = body_.substr(0, body_.find_first_of("\r\n"));
        const bool whole = head.size() < body_.size();
        auto event = close(Code::too_long, at);
        if (whole) event.payload = std::move(head);
        return event;
    }
    body_.append(text);
    offset_ += text.size();
    bytes.remove_prefix(text.size());
    if (bytes.empty()) return std::nullopt;
    const bool ends = bytes.front() == fs;
    bytes.remove_prefix(1);
    ++offset_;
    if (!ends) return close(Code::vt_in_body, offset_ - 1);
    state_ = State::end;
    return std::nullopt;
}

std::optional<Event> Receiver::end(std::string_view& bytes) {
    const char byte = bytes.front();
    const bool habit = byte == '\n' || byte == vt;
    if (byte != cr && !habit) return close(Code::fs_in_body, offset_ - 1);
    if (habit && profile_ == Profile::strict) return close(Code::fs_without_cr, offset_ - 1);
    if (byte != vt) {  // a VT begins the next message and is looked at again
        bytes.remove_prefix(1);
        ++offset_;
    }
    return deliver(habit ? std::optional(Code::fs_without_cr) : std::nullopt);
}

std::optional<Event> Receiver::deliver(std::optional<Code> warning) {
    state_ = State::between;
    if (warning) note(*warning);
    auto payload = std::exchange(body_, {});
    if (payload.empty()) {
        note(Code::empty_frame);
        return std::nullopt;
    }
    if (payload == "\x06" || payload == "\x15") {
        note(Code::commit_byte);
        return std::nullopt;
    }
    return Event{Event::Kind::message, std::move(payload), warning, start_};
}

std::optional<Event> Receiver::finish() {
    if (state_ == State::body) return close(Code::truncated, start_);
    if (state_ != State::end) return std::nullopt;
    if (profile_ == Profile::strict) return close(Code::fs_without_cr, offset_ - 1);
    return deliver(Code::fs_without_cr);
}

Event Receiver::close(Code reason, std::size_t at) {
    note(reason);
    state_ = State::closed;
    std::string().swap(body_);
    return {Event::Kind::close, {}, reason, at};
}

std::chrono::milliseconds deadline(std::size_t body_bytes) {
    constexpr std::size_t share = std::size_t{64} << 10;
    return std::chrono::seconds(15 + body_bytes / share);
}

std::optional<std::string> frame(std::string_view message) {
    if (find_vt_or_fs(message) != std::string_view::npos) return std::nullopt;
    std::string framed;
    framed.reserve(message.size() + 3);
    framed += vt;
    framed += message;
    framed += fs;
    framed += cr;
    return framed;
}

}  // namespace microchim::lims::mllp
