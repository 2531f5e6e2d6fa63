// Who sent a message, what it is, which answers it asks for, and whether it can be taken at all. Source: HL7 2.5.1
// chapter 2, 2.9 (acknowledgement modes), 2.14.9 (MSH), table 0155.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/lims/charset.hpp"
#include "service/lims/hl7.hpp"

namespace microchim::lims {

/// MSH-15 and MSH-16. What is no word of table 0155 counts as absent.
enum class Ask { absent, always, never, on_error, on_success };
Ask ask_of(std::string_view word);
const char* to_string(Ask ask);  ///< "", "AL", "NE", "ER", "SU"

/// MSH as it was sent, nothing unescaped: an answer gives the bytes back.
struct Envelope {
    Delimiters delimiters;
    std::string sending_application, sending_facility;      ///< MSH-3, MSH-4
    std::string receiving_application, receiving_facility;  ///< MSH-5, MSH-6
    std::string type, event, structure;                     ///< MSH-9: "OML", "O21", "OML_O21"
    std::string control_id;                                 ///< MSH-10; empty: the message cannot be named
    std::string processing_id, version;                     ///< MSH-11.1, MSH-12.1
    Ask accept = Ask::absent, application = Ask::absent;    ///< MSH-15, MSH-16
    bool unknown_ask = false;                               ///< a word in them is not of table 0155: to be counted
    std::string charset, profile;                           ///< MSH-18, MSH-21

    /// One of MSH-15 and MSH-16 is valued.
    bool enhanced() const { return accept != Ask::absent || application != Ask::absent; }
};

/// Of a message that begins with MSH; else with empty fields.
Envelope envelope_of(const Message& message);

/// The versions of HL7 that are read.
bool known_version(std::string_view version);

struct Rules {
    std::optional<Charset> eight_bit;  ///< what a peer writes who says nothing and writes no UTF-8
    ParseLimits limits;
};

struct Received {
    Message message;  ///< the bytes as they came; for the store
    Envelope envelope;
    Charset charset = Charset::ascii;                    ///< of the text in it
    std::optional<Fault> fault;                          ///< why it cannot be taken
    bool answer = false;                                 ///< an acknowledgement or a response: it is never answered
    bool lf_line_ends = false, byte_order_mark = false;  ///< warnings
};

/// Everything that can be told from one message alone. Orders are looked into by read_order().
Received receive(std::string payload, const Rules& rules = {});

/// Of a message that a frame's limit cut off: what its first segment tells, and the fault to refuse it with. The same
/// bytes would never fit.
/// \param head of the close event; empty where not even that came: then there is nobody to answer
Received too_long(std::string head);

/// MSH-18 and the bytes themselves: what the text is written in, or the first place where it is not.
std::optional<Fault> find_charset(const Message& message, std::optional<Charset> eight_bit, Charset& found);

}  // namespace microchim::lims
