#include "service/flow/order_book.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace microchim::service {
namespace {

using Json = nlohmann::ordered_json;
using lims::Control;
using lims::ErrorCode;

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

Json coded(const lims::Coded& code) {
    return {{"code", code.code}, {"text", code.text}, {"system", code.system}};
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
        const auto document = order_document(order, orders.patient);
        switch (order.control) {
            case Control::new_order:
                if (!known)
                    store::add_order(db, {.peer = by.peer,
                                          .placer = order.placer,
                                          .placer_authority = order.placer_authority,
                                          .accession = accession(order),
                                          .document = document,
                                          .inbound = inbound});
                break;
            case Control::cancel:
            case Control::discontinue:
                store::change_order(db, known->id, "cancelled", known->document);
                break;
            case Control::change:
                store::change_order(db, known->id, known->state, document);
                break;
            case Control::status:
                break;
        }
    }
}

std::string order_document(const lims::Order& order, const lims::Patient& patient) {
    Json specimen = Json::object();
    if (order.specimen)
        specimen = {{"identifier", order.specimen->identifier},
                    {"type", coded(order.specimen->type)},
                    {"collected", order.specimen->collected}};
    const Json document{{"placer", order.placer},
                        {"placer_authority", order.placer_authority},
                        {"filler", order.filler},
                        {"group", order.group},
                        {"test", coded(order.test)},
                        {"ordered", order.ordered},
                        {"collected", order.collected},
                        {"priority", order.priority},
                        {"orderer", order.orderer},
                        {"specimen", specimen},
                        {"patient",
                         {{"identifier", patient.identifier},
                          {"authority", patient.authority},
                          {"family_name", patient.family_name.text},
                          {"given_name", patient.given_name.text},
                          {"birth", patient.birth.text},
                          {"sex", patient.sex.text}}}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
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
