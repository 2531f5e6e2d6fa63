// MLLP, the framing of HL7 v2 on a connection: <VT> message <FS> <CR>, that is 0B ... 1C 0D. No sockets here: bytes in,
// messages out. Source: HL7 2.5.1 Implementation Support Guide, appendix C (Minimal Lower Layer Protocol, release 1).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace microchim::lims::mllp {

/// How a peer's bad habits are met: strict closes the connection, tolerant takes FS without CR with a warning.
enum class Profile { strict, tolerant };

struct Limits {
    std::size_t message_bytes = std::size_t{16} << 20;  ///< of one message without its frame
    std::size_t idle_bytes = 64;                        ///< CR LF SPACE NUL in a row between two messages
};

/// What a receiver counts and logs. From `vt_in_body` on it is a reason to close.
enum class Code {
    idle_bytes,      ///< blank bytes between two frames: skipped
    empty_frame,     ///< a frame without a byte: skipped
    commit_byte,     ///< the acknowledgement of MLLP release 2, which is not spoken here: skipped
    fs_without_cr,   ///< FS not followed by CR. Tolerant: the message is delivered
    vt_in_body,      ///< a new start inside a message: what came before is lost
    fs_in_body,      ///< FS inside a message, which MLLP cannot carry
    too_long,        ///< more than Limits::message_bytes
    too_idle,        ///< more than Limits::idle_bytes
    http_request,    ///< first byte as of an HTTP method
    tls_hello,       ///< first byte of a TLS record
    no_vt,           ///< a message without its start byte
    foreign_byte,    ///< any other byte between two frames
    truncated,       ///< the peer ended, or the time was up, inside a message
    count_of_codes,  ///< no code: how many there are
};
/// "mllp.vt_in_body" and so on; these names are stable.
const char* to_string(Code code);

struct Event {
    enum class Kind { message, close } kind = Kind::message;
    /// message: the payload. close after too_long: the first segment, where it was complete, so that the refusal can
    /// name the message. Else empty.
    std::string payload;
    std::optional<Code> code;  ///< close: the reason; message: a warning, or nothing
    std::size_t offset = 0;    ///< of the connection's bytes, from 0: where the frame or the trouble began
};

/// The receiving end of one connection. Gives the same events however the bytes are cut into pieces. After a close
/// event it takes every further byte in silence.
class Receiver {
public:
    explicit Receiver(Profile profile = Profile::strict, Limits limits = {}) : profile_(profile), limits_(limits) {}

    /// Takes bytes off the front of `bytes` up to the next event; nothing when all are taken and no event came of them.
    std::optional<Event> next(std::string_view& bytes);

    /// The peer ended, or the time that `waits_for` allows is up: what is left becomes an event. Tolerant and only the
    /// CR is missing: the message. Nothing between two messages.
    std::optional<Event> finish();

    enum class State { between, body, end, closed };
    State state() const { return state_; }
    std::size_t body_bytes() const { return body_.size(); }  ///< of the message that is arriving
    /// How often something was met since the connection began; idle bytes are counted one by one.
    std::size_t count(Code code) const { return counts_[static_cast<std::size_t>(code)]; }

private:
    std::optional<Event> between(char byte);
    std::optional<Event> body(std::string_view& bytes);
    std::optional<Event> end(std::string_view& bytes);
    std::optional<Event> deliver(std::optional<Code> warning);
    Event close(Code reason, std::size_t at);
    void note(Code code) { ++counts_[static_cast<std::size_t>(code)]; }

    Profile profile_;
    Limits limits_;
    State state_ = State::between;
    std::string body_;
    std::size_t offset_ = 0, start_ = 0, idle_ = 0;
    std::array<std::size_t, static_cast<std::size_t>(Code::count_of_codes)> counts_{};
};

/// From the first byte of a frame to its end: 15 s and 1 s for every 64 KiB that came.
std::chrono::milliseconds deadline(std::size_t body_bytes);

/// The message in its frame. Nothing where it holds VT or FS, which MLLP cannot carry.
std::optional<std::string> frame(std::string_view message);

}  // namespace microchim::lims::mllp
