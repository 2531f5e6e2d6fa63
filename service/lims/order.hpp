// Orders in: OML^O21, OML^O33 (IHE LAW) and ORM^O01 become plain structs. Source: HL7 2.5.1 chapter 4, 4.4.6 (OML^O21),
// 4.4.8 (OML^O33), 4.4.1 (ORM), 4.5.1 (ORC), 4.5.3 (OBR), chapter 7, 7.4.3 (SPM), table 0119.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/lims/acknowledge.hpp"
#include "service/lims/envelope.hpp"

namespace microchim::lims {

/// What a statement in a message says: nothing, "delete what you have", or a text (UTF-8, without escapes).
struct Statement {
    bool deleted = false;
    std::string text;  ///< empty where nothing is stated, or deleted
    bool operator==(const Statement&) const = default;
};

struct Coded {
    std::string code, text, system;  ///< CWE.1 to .3
    bool operator==(const Coded&) const = default;
};

/// How much of PID is taken over. The names of patients are not needed to measure them.
enum class PatientDetail { none, identifier, full };

struct Patient {
    std::string identifier, authority;              ///< PID-3.1, .4
    Statement family_name, given_name, birth, sex;  ///< PID-5.1, .2, 7, 8; only with PatientDetail::full
};

struct Specimen {
    std::string identifier;   ///< the accession: SPM-2.1 (placer), else SPM-2.2 (filler), else SAC-3
    Coded type;               ///< SPM-4
    std::string role;         ///< SPM-11.1: "P" patient
    std::string collected;    ///< SPM-17, as sent: "20260722083000+0200"
    std::string container;    ///< SAC-3
    std::size_t segment = 0;  ///< which SPM of the message, from 1; 0: none
};

enum class Control { new_order, cancel, discontinue, change, status };

struct Order {
    Control control = Control::new_order;  ///< ORC-1: NW, CA, DC, XO, SC
    std::string placer, placer_authority;  ///< ORC-2, else OBR-2
    std::string filler;                    ///< ORC-3, else OBR-3
    std::string group;                     ///< ORC-4
    Coded test;                            ///< OBR-4; may be empty but for a new order
    std::string ordered, collected;        ///< ORC-9, OBR-7, as sent
    std::string priority;                  ///< TQ1-9.1: "R", "S"
    Statement clinical;                    ///< OBR-13
    std::string orderer;                   ///< ORC-12.1, else OBR-16.1: the identifier, no name
    std::optional<Specimen> specimen;
    std::size_t segment = 0;  ///< which ORC of the message, from 1
};

struct Orders {
    Patient patient;
    std::vector<Order> orders;
    std::vector<Fault> faults;  ///< not empty: nothing of the message is to be applied
};

/// \param received without a fault, of a type that is an order
Orders read_orders(const Received& received, PatientDetail detail = PatientDetail::identifier);

/// What we say to one order.
enum class Decision { accepted, unable };

/// ORL^O22 for OML^O21 and ORL^O34^ORL_O42 for OML^O33, order by order: ORC-1 OK, UA (unable) and so on for cancelling.
/// Segments of the request come back as they were sent, of PID only the identifier.
/// \param decisions one for each ORC of the request; missing ones are `unable`
/// \param code AA, or AE with the faults
std::string respond_to_orders(const Received& request, const std::vector<Decision>& decisions, Acknowledgement code,
                              const Signature& signature, const std::vector<Fault>& faults = {});

}  // namespace microchim::lims
