// The routes of the laboratory's work: runs, results, orders, what is on its way, and the audit.
#pragma once

#include <functional>
#include <vector>

#include "service/accounts/accounts.hpp"
#include "service/flow/job_runner.hpp"
#include "service/flow/workflow.hpp"
#include "service/http/router.hpp"

namespace microchim::desk {

struct Office {
    store::Store& store;
    const service::Settings& settings;
    service::Workflow& workflow;
    service::JobRunner& jobs;
    accounts::Accounts& accounts;
    std::function<void()> outbox_changed;  ///< somebody let a message go again; from any thread
    std::function<nlohmann::json()> status;
    std::function<nlohmann::json()> verify_audit;
};

/// A handler with the office it works in.
inline http::Handler bound(const Office& office, http::Response (*handler)(const Office&, const http::Request&)) {
    return [office, handler](const http::Request& request) { return handler(office, request); };
}

/// What is given must outlive the routes.
std::vector<http::Route> job_routes(Office office);
std::vector<http::Route> plane_routes(Office office);
std::vector<http::Route> result_routes(Office office);
std::vector<http::Route> order_routes(Office office);
std::vector<http::Route> outbox_routes(Office office);

/// Of the routes here: JSON Schema by name.
nlohmann::json schemas();

}  // namespace microchim::desk
