// What an answer to a message of ours means, and what the outbox does next. Source: HL7 2.5.1 chapter 2, 2.9.2
// and 2.9.3 (acknowledgements), 2.15.8 (MSA). Only an answer that names our message is one: others have lost results by
// taking any answer for theirs.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "service/lims/acknowledge.hpp"

namespace microchim::lims {

/// What we sent, as far as the answer must fit it.
struct Sent {
    std::string control_id;  ///< MSH-10
    Ask accept = Ask::absent, application = Ask::absent;
};

enum class Answer {
    accepted,   ///< AA; CA where nothing more was asked for
    committed,  ///< CA, and an AA is still to come
    error,      ///< AE, CE: to be sent again
    rejected,   ///< AR, CR: never to be sent again
    not_ours,   ///< names another message, or none: log it and keep waiting
    unusable,   ///< no acknowledgement: log it and keep waiting
};

struct Reading {
    Answer answer = Answer::unusable;
    std::string code;       ///< MSA-1: "AA"; empty where unusable
    std::string condition;  ///< ERR-3.1 or ERR-1.4.1, digits only: "207"; empty: not said
    std::string location;   ///< ERR-2 as "PID^1^3"; empty: not said
};

/// \param payload of a complete frame
Reading read_answer(std::string_view payload, const Sent& sent);

/// What happened to a message of the outbox.
enum class Happened {
    not_connected,  ///< refused, reset, timeout, name not found: no byte was written
    no_answer,      ///< bytes were written, and no valid answer came in time or the connection ended
    accepted,
    committed,
    error,
    rejected,
    bad_certificate,  ///< TLS trouble that does not heal by itself
    not_mllp,         ///< something answered that does not speak MLLP
    charset_lacks,    ///< the destination's character set lacks a character: never sent with '?'
    not_confirmed,    ///< 24 h after `committed` no AA came
    name_taken,       ///< a result file of this name is there with other content
};
Happened happened(Answer answer);  ///< \throws std::logic_error for not_ours and unusable: the wait goes on

enum class OutboxState { queued, sent, committed, accepted, dead, held };
const char* to_string(OutboxState state);

struct Next {
    OutboxState state = OutboxState::queued;
    std::optional<std::chrono::milliseconds> wait;  ///< until it is sent again, or until an AA is missed
    bool counts = true;                             ///< as an attempt
    bool close = false;                             ///< the connection, before anything else is sent on it
    bool alert = false;
};

/// \param failures attempts of this kind (by an error, or without an answer) before this one
/// \param jitter   drawn from -1..1: the wait without an answer is changed by up to 20 %
Next next_step(Happened what, unsigned failures, double jitter = 0);

}  // namespace microchim::lims
