#include "service/flow/order_book.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "service/store/json_line.hpp"

namespace microchim::service {
namespace {

using Json = nlohmann::ordered_json;
using lims::Control;
using lims::ErrorCode;
using store::JsonLine;

lims::Fault fault(const lims::Order& order, ErrorCode code, std::size_t field, const char* text) {
    lims::Fault found;
    found.code = code;
    found.at = {"ORC", order.segment, field};
    found.text = text;
    return found;
}

/// The accession is what the tube says; where the order names no specimen, its own filler number stands.
std::string accession(const lims::Order& order) {
    return order.specimen && !order.specimen->identifier.empty() ? order.specimen->identifier : order.filler;
}

bool offered(const Orderer& by, const lims::Order& order) {
    return by.tests.empty() || std::find(by.tests.begin(), by.tests.end(), order.test.code) != by.tests.end();
}

std::optional<lims::Fault> judge_one(store::Database& db, const lims::Order& order, const Orderer& by) {
    if (order.control == Control::new_order) {
        if (offered(by, order)) return std::nullopt;
        auto found = fault(order, ErrorCode::table_value_not_found, 0, "This test is not offered to this sender.");
        found.at = {"OBR", order.segment, 4};
        return found;
    }
    const auto known = store::find_order(db, by.peer, order.placer, order.placer_authority);
    if (!known) return fault(order, ErrorCode::unknown_key, 2, "No order with this placer number is known here.");
    if (order.control == Control::status || known->state == "ordered") return std::nullopt;
    if (known->state == "cancelled" && order.control != Control::change) return std::nullopt;  // already done
    return fault(order, ErrorCode::record_locked, 1,
                 known->state == "cancelled" ? "The order was cancelled." : "The order has been reported already.");
}

JsonLine coded(const lims::Coded& code) {
    JsonLine line;
    line.add("code", code.code).add("text", code.text).add("system", code.system);
    return line;
}

JsonLine specimen_of(const lims::Specimen& specimen) {
    JsonLine line;
    line.add("identifier", specimen.identifier).add("type", coded(specimen.type)).add("collected", specimen.collected);
    return line;
}

JsonLine patient_in(const lims::Patient& patient) {
    JsonLine line;
    line.add("identifier", patient.identifier)
        .add("authority", patient.authority)
        .add("family_name", patient.family_name.text)
        .add("given_name", patient.given_name.text)
        .add("birth", patient.birth.text)
        .add("sex", patient.sex.text);
    return line;
}

lims::Coded coded(const Json& json) {
    return {json.value("code", ""), json.value("text", ""), json.value("system", "")};
}

Json part(std::string_view document, const char* key) {
    if (document.empty()) return Json::object();
    return Json::parse(document).value(key, Json::object());
}

}  // namespace

std::vector<lims::Fault> judge(store::Database& db, const lims::Orders& orders, const Orderer& by) {
    std::vector<lims::Fault> faults;
    for (const auto& order : orders.orders)
        if (auto found = judge_one(db, order, by)) faults.push_back(std::move(*found));
    return faults;
}

void apply(store::Database& db, const lims::Orders& orders, const Orderer& by, std::int64_t inbound) {
    for (const auto& order : orders.orders) {
        const auto known = store::find_order(db, by.peer, order.placer, order.placer_authority);
        switch (order.control) {
            case Control::new_order:
                if (!known)
                    store::add_order(db, {.peer = by.peer,
                                          .placer = order.placer,
                                          .placer_authority = order.placer_authority,
                                          .accession = accession(order),
                                          .document = order_document(order, orders.patient),
                                          .inbound = inbound});
                break;
            case Control::cancel:
            case Control::discontinue:
                store::change_order(db, known->id, "cancelled", known->document);
                break;
            case Control::change:
                store::change_order(db, known->id, known->state, order_document(order, orders.patient));
                break;
            case Control::status:
                break;
        }
    }
}

bool two_patients(store::Database& db, std::string_view accession) {
    auto patients = db.query(
        "SELECT DISTINCT json_extract(document, '$.patient.authority') AS authority, "
        "json_extract(document, '$.patient.identifier') AS identifier FROM lab_order "
        "WHERE accession=? AND state='ordered' AND identifier<>'' LIMIT 2",
        accession);
    return patients.next() && patients.next();
}

std::string order_document(const lims::Order& order, const lims::Patient& patient) {
    JsonLine document;
    document.add("placer", order.placer)
        .add("placer_authority", order.placer_authority)
        .add("filler", order.filler)
        .add("group", order.group)
        .add("test", coded(order.test))
        .add("ordered", order.ordered)
        .add("collected", order.collected)
        .add("priority", order.priority)
        .add("orderer", order.orderer)
        .add("specimen", order.specimen ? specimen_of(*order.specimen) : JsonLine())
        .add("patient", patient_in(patient));
    return document.text();
}

lims::Patient patient_of(std::string_view document) {
    const auto json = part(document, "patient");
    return {json.value("identifier", ""),           json.value("authority", ""),
            {false, json.value("family_name", "")}, {false, json.value("given_name", "")},
            {false, json.value("birth", "")},       {false, json.value("sex", "")}};
}

lims::Order order_of(std::string_view document) {
    lims::Order order;
    if (document.empty()) return order;
    const auto json = Json::parse(document);
    order.placer = json.value("placer", "");
    order.placer_authority = json.value("placer_authority", "");
    order.filler = json.value("filler", "");
    order.test = coded(json.value("test", Json::object()));
    order.collected = json.value("collected", "");
    order.orderer = json.value("orderer", "");
    const auto specimen = json.value("specimen", Json::object());
    if (!specimen.empty()) {
        order.specimen.emplace();
        order.specimen->identifier = specimen.value("identifier", "");
        order.specimen->type = coded(specimen.value("type", Json::object()));
        order.specimen->collected = specimen.value("collected", "");
    }
    return order;
}

}  // namespace microchim::service
