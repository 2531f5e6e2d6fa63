// Results out: ORU^R01 from the document of `microchim quantify`. Source: HL7 2.5.1 chapter 7, 7.3.1 (ORU^R01), 7.4.1
// (OBR), 7.4.2 (OBX), 7.4.3 (SPM), chapter 3, 3.4.2 (PID), chapter 2, 2.15.12 (SFT).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/lims/charset.hpp"
#include "service/lims/observations.hpp"
#include "service/lims/order.hpp"

namespace microchim::lims {

/// What one receiver wants.
struct Destination {
    std::string our_application = "MICROCHIM", our_facility;  ///< MSH-3, MSH-4
    std::string application, facility;                        ///< MSH-5, MSH-6
    Ask accept = Ask::absent, answer = Ask::absent;           ///< MSH-15, MSH-16; both absent: original mode
    Charset charset = Charset::utf8;
    Content content = Content::full;
    PatientDetail patient = PatientDetail::identifier;
    std::optional<Coded>
        loinc;                 ///< of the donor fraction, where specimen and method fit; never of a recipient fraction
    bool loinc_first = false;  ///< before our own code in OBX-3
};

struct Person {
    std::string id, family, given, authority;
};

enum class Status { preliminary, final, corrected };

/// What the service knows beside the numbers. Times are HL7's: "20260723101500+0200". Empty: not said.
struct Report {
    std::string control_id;   ///< MSH-10: see control_id()
    std::string time;         ///< MSH-7
    bool validation = false;  ///< MSH-11 T, of a system that is being validated
    Status status = Status::final;
    std::string replaces, reason;  ///< of a correction: the MSH-10 it replaces, and why
    Patient patient;
    std::string placer, placer_authority;        ///< OBR-2
    std::string accession, accession_authority;  ///< OBR-3, SPM-2
    Coded panel;                                 ///< OBR-4
    Person orderer, reviewer, technician;        ///< OBR-16, OBR-32, OBX-16
    Coded specimen;                              ///< SPM-4
    std::string collected, received;             ///< OBR-7 and SPM-17, SPM-18
    std::string observed, analysed, reported;    ///< OBX-14, OBX-19, OBR-22
    Coded laboratory, method;                    ///< OBX-15 and OBX-23, OBX-17
    std::vector<Coded> instruments;              ///< OBX-18: identifier (code) and maker (system)
    std::optional<std::int64_t> minimum_partitions;
    std::optional<std::string> document;  ///< base64 of a PDF, without line breaks: the last OBX
};

/// "<instance>-<number>" with six digits or more; at most 20 characters, for old receivers.
/// \throws ConfigError where the instance's name is too long, or holds more than letters, digits, '.', '_' and '-'
std::string control_id(const std::string& instance, std::uint64_t number);

/// The message, its segments ended by CR, in the destination's character set. Nothing where that set lacks a character:
/// then it must not be sent.
/// \param result a document "microchim/result/1"
/// \param sample which of its samples, from 0
/// \throws std::invalid_argument where the document is not of this form, or `document` is no base64
std::optional<std::string> result_message(const Json& result, std::size_t sample, const Report& report,
                                          const Destination& destination);

}  // namespace microchim::lims
