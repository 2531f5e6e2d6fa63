// What an order does to the orders that the laboratory has: accepted, changed, cancelled, or refused with a reason.
#pragma once

#include <vector>

#include "service/lims/order.hpp"
#include "service/store/messages.hpp"

namespace microchim::service {

/// Who ordered, and what that peer may order.
struct Orderer {
    std::string peer;
    std::vector<std::string> tests;  ///< OBR-4.1; empty: any
};

/// Judged against the store without changing it: one fault for each order that cannot be done; none: all can.
std::vector<lims::Fault> judge(store::Database& db, const lims::Orders& orders, const Orderer& by);

/// Does what judge() found possible. A new order for a placer number that is known already is no second one.
/// \param inbound the message's number in the store
void apply(store::Database& db, const lims::Orders& orders, const Orderer& by, std::int64_t inbound);

/// Open orders of different patients (PID-3) have this accession: a result must not be given to either.
bool two_patients(store::Database& db, std::string_view accession);

/// An order as it is kept: JSON, text in UTF-8.
std::string order_document(const lims::Order& order, const lims::Patient& patient);
/// The parts that a report needs, back from the document. Empty where the document has none.
lims::Patient patient_of(std::string_view document);
lims::Order order_of(std::string_view document);

}  // namespace microchim::service
