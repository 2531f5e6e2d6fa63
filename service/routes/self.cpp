#include <array>
#include <charconv>

#include "service/routes/routes.hpp"

namespace microchim::routes {
namespace {

using accounts::Operation;
using http::Request;
using http::Response;

/// Prometheus' text format, version 0.0.4.
Response metrics(const Self& self) {
    std::string text;
    for (const auto& metric : self.metrics()) {
        std::array<char, 32> number{};
        const auto end = std::to_chars(number.data(), number.data() + number.size(), metric.value).ptr;
        const auto name = "microchim_" + metric.name;
        text += "# TYPE " + name + (metric.only_grows ? " counter\n" : " gauge\n");
        text += name + ' ' + std::string(number.data(), end) + '\n';
    }
    return http::content(200, "text/plain; version=0.0.4; charset=utf-8", text);
}

/// Nothing but the status: who asks is unknown.
Response health(const Self& self) {
    return http::content(self.ready() ? 200 : 503, "text/plain", {});
}

}  // namespace

std::vector<http::Route> self_routes(Self self) {
    const auto asked = [self](const Request&) { return health(self); };
    const auto alive = [](const Request&) { return http::content(200, "text/plain", {}); };
    const auto plain = [](const char* summary) { return http::Description{.summary = summary, .type = "text/plain"}; };
    return {
        {"GET", "/livez", Operation::alive, {}, plain("The process runs"), alive},
        {"GET", "/healthz", Operation::alive, {}, plain("It can do its work; else 503"), asked},
        {"GET", "/readyz", Operation::ready, {}, plain("It can do its work; else 503"), asked},
        {"GET",
         "/metrics",
         Operation::read_metrics,
         {},
         plain("Counters"),
         [self](const Request&) { return metrics(self); }},
        {"GET",
         "/api/v1/events",
         Operation::follow_events,
         {},
         {.summary = "What changes, as it changes", .type = "text/event-stream"},
         [](const Request&) {
             return Response{200, {}, http::EventStream{}};
         }},
    };
}

}  // namespace microchim::routes
