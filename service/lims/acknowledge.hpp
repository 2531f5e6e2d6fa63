// Our answers to what others send. Source: HL7 2.5.1 chapter 2, 2.9 (which answer when), 2.13.1 (ACK), 2.15.8 (MSA),
// 2.15.5 (ERR), table 0008.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/lims/envelope.hpp"

namespace microchim::lims {

/// Table 0008.
enum class Acknowledgement { aa, ae, ar, ca, ce, cr };
const char* to_string(Acknowledgement code);  ///< "AA"
std::optional<Acknowledgement> acknowledgement_of(std::string_view code);
inline bool positive(Acknowledgement code) {
    return code == Acknowledgement::aa || code == Acknowledgement::ca;
}

/// What became of a message.
enum class Outcome {
    stored,          ///< committed to disk
    storage_failed,  ///< disk full, locked: to be sent again
    unreadable,      ///< Fault::reject: the same bytes can never be taken
    refused,         ///< stored, but what it asks for cannot be done
};

struct Answers {
    std::optional<Acknowledgement> now, later;  ///< `later`: when the laboratory has taken the order up
    bool operator==(const Answers&) const = default;
};

/// Which answers the sender gets. `later` is sent on the same connection, or dropped and logged where that is closed.
Answers answers_to(const Envelope& envelope, Outcome outcome);

/// What our answer says of itself.
struct Signature {
    std::string control_id;             ///< MSH-10 of the answer
    std::string time;                   ///< MSH-7: "20260723101500+0200"
    std::string application, facility;  ///< ours; used where the message named no receiver
};

/// ACK in the sender's delimiters, character set and version, addressed back to it. MSA-2 is its MSH-10 byte for byte;
/// where that is empty the answer is never positive but AR.
std::string acknowledge(const Envelope& to, Acknowledgement code, const Signature& signature,
                        const std::vector<Fault>& faults = {});

/// MSH and MSA [ERR] of an answer of another type, for example "ORL^O22^ORL_O22" (with ^ for the component delimiter).
std::string answer_head(const Envelope& to, std::string_view type, Acknowledgement code, const Signature& signature,
                        const std::vector<Fault>& faults = {});

}  // namespace microchim::lims
