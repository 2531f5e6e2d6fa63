// The routes of accounts and of the service itself. What concerns runs, results and orders is added beside them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "service/accounts/accounts.hpp"
#include "service/http/router.hpp"

namespace microchim::routes {

/// Log in and out, who am I, own sessions and password, and the first admin.
std::vector<http::Route> session_routes(accounts::Accounts& accounts);
/// Users and tokens, for an admin.
std::vector<http::Route> account_routes(accounts::Accounts& accounts);

struct Metric {
    std::string name;  ///< "outbox_queued": letters and _ only
    double value = 0;
    bool only_grows = false;  ///< Prometheus' counter; else a gauge
};

/// What the service tells about itself. Called on threads of the pool.
struct Self {
    std::function<bool()> ready;  ///< the store can be written, and the listeners are up
    std::function<std::vector<Metric>()> metrics;
};
/// /livez, /healthz, /readyz, /metrics, the stream of events.
std::vector<http::Route> self_routes(Self self);

/// Adds /api/v1/openapi.json, which describes all of them and itself. To call last.
/// \param schemas named ones for what routes take and give, added to those of this folder's routes
void add_description(std::vector<http::Route>& routes, const nlohmann::json& schemas);

/// OpenAPI 3.1 of these routes.
nlohmann::json describe(const std::vector<http::Route>& routes, const nlohmann::json& schemas);

/// Of the routes here: JSON Schema by name.
nlohmann::json own_schemas();

}  // namespace microchim::routes
