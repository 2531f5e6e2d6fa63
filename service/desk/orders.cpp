#include "service/desk/desk.hpp"
#include "service/desk/page.hpp"
#include "service/flow/order_book.hpp"
#include "service/http/fields.hpp"
#include "service/store/audit.hpp"

namespace microchim::desk {
namespace {

using accounts::Operation;
using http::Problem;
using http::Request;

/// Without the patient: the work list needs the tube.
nlohmann::json show(const store::StoredOrder& order) {
    const auto asked = service::order_of(order.document);
    return {{"id", order.id},
            {"peer", order.peer},
            {"placer", order.placer},
            {"accession", order.accession},
            {"state", order.state},
            {"test", asked.test.code},
            {"specimen_type", asked.specimen ? asked.specimen->type.code : ""},
            {"created_at", store::utc(order.created_at)}};
}

std::string peer_of(const accounts::Principal& who) {
    return who.destination.empty() ? "laboratory" : who.destination;
}

http::Response list(const Office& office, const Request& request) {
    const auto own = accounts::only_destination(request.who());
    Page page(request);
    office.store.read([&](store::Database& db) {
        for (const auto& order : store::orders(db, page.after, page.limit)) {
            page.saw(order.id);
            if (!own || order.peer == *own) page.show(show(order));
        }
    });
    return page.answer();
}

http::Response create(const Office& office, const Request& request) {
    http::Fields body(request);
    lims::Order order;
    order.placer = body.text("placer", 64);
    order.specimen.emplace();
    order.specimen->identifier = body.text("accession", 64);
    order.test.code = body.text("test", 64);
    order.specimen->type.code = body.optional_text("specimen_type", 32).value_or("");
    body.done();
    const auto peer = peer_of(request.who());
    http::Response response;
    office.store.write([&](store::Database& db) {
        const auto answer = [&](int status, const store::StoredOrder& stored) {
            response = http::json(status, show(stored));
            request.keep(db, response);
        };
        if (auto known = store::find_order(db, peer, order.placer, "")) {
            if (known->accession != order.specimen->identifier)
                throw Problem(409, "order.exists", "Another order has this placer number.");
            return answer(200, *known);
        }
        const auto id = store::add_order(db, {.peer = peer,
                                              .placer = order.placer,
                                              .accession = order.specimen->identifier,
                                              .document = service::order_document(order, {})});
        store::append(db, {request.who().id, accounts::to_string(request.who().role), "order.create",
                           "order/" + std::to_string(id)});
        answer(201, store::order(db, id).value());
    });
    return response;
}

}  // namespace

std::vector<http::Route> order_routes(Office office) {
    return {
        {"GET",
         "/api/v1/orders",
         Operation::list_orders,
         {},
         {.summary = "Orders, oldest first, without patients", .gives = "Orders", .query = Page::parameters()},
         bound(office, list)},
        {"POST",
         "/api/v1/orders",
         Operation::create_order,
         {.body = http::json_body, .idempotency_key = true},
         {.summary = "An order", .takes = "NewOrder", .gives = "Order", .status = 201, .also = 200},
         bound(office, create)},
    };
}

}  // namespace microchim::desk
