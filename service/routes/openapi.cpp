#include "core/run/version.hpp"
#include "service/http/gate.hpp"
#include "service/routes/routes.hpp"

namespace microchim::routes {
namespace {

using accounts::Operation;
using nlohmann::json;

json reference(const std::string& schema) {
    return {{"$ref", "#/components/schemas/" + schema}};
}

json header(const char* name, json schema) {
    return {{"name", name}, {"in", "header"}, {"required", true}, {"schema", std::move(schema)}};
}

json parameters(const http::Route& route) {
    auto list = json::array();
    for (std::size_t at = 0; (at = route.pattern.find('{', at)) != std::string::npos; ++at) {
        const auto name = route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1);
        list.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", reference("Id")}});
    }
    for (const auto& parameter : route.description.query)
        list.push_back({{"name", parameter.name}, {"in", "query"}, {"schema", parameter.schema}});
    if (route.needs.idempotency_key)
        list.push_back(header("Idempotency-Key", {{"type", "string"}, {"pattern", "^[!-~]{8,128}$"}}));
    if (route.needs.if_match)
        list.push_back(header("If-Match", {{"type", "string"}, {"pattern", "^\"[!#-~]{1,128}\"$"}}));
    return list;
}

json roles(const accounts::Permission& line) {
    if (line.anyone) return {"anyone"};
    auto list = json::array();
    if (line.technician) list.push_back("technician");
    if (line.reviewer) list.push_back("reviewer");
    if (line.admin) list.push_back("admin");
    if (line.auditor) list.push_back("auditor");
    if (line.lims) list.push_back("lims");
    return list;
}

json responses(const http::Route& route) {
    const auto& described = route.description;
    json success{{"description", http::reason_phrase(described.status)}};
    const bool is_json = described.type == "application/json";
    if (!described.gives.empty()) success["content"][described.type]["schema"] = reference(described.gives);
    else if (!is_json) success["content"][described.type]["schema"] = {{"type", "string"}};
    json all{{std::to_string(described.status), success},
             {"default",
              {{"description", "what went wrong"},
               {"content", {{"application/problem+json", {{"schema", reference("Problem")}}}}}}}};
    if (described.also != 0) {
        success["description"] = http::reason_phrase(described.also);
        all[std::to_string(described.also)] = success;
    }
    // Health tells nothing but its status.
    if (route.operation == Operation::alive || route.operation == Operation::ready)
        all["503"] = {{"description", "it cannot"}, {"content", {{"text/plain", {{"schema", {{"type", "string"}}}}}}}};
    return all;
}

json operation(const http::Route& route) {
    const auto& line = accounts::permission(route.operation);
    json described{{"summary", route.description.summary},
                   {"x-operation", line.name},
                   {"x-roles", roles(line)},
                   {"responses", responses(route)}};
    if (auto list = parameters(route); !list.empty()) described["parameters"] = std::move(list);
    if (line.anyone) described["security"] = json::array();
    if (route.needs.to_file)
        described["requestBody"] = {{"required", true}, {"content", {{"application/octet-stream", json::object()}}}};
    else if (route.needs.body > 0)
        described["requestBody"] = {
            {"required", true}, {"content", {{"application/json", {{"schema", reference(route.description.takes)}}}}}};
    return described;
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(c | 0x20);
    return text;
}

}  // namespace

json describe(const std::vector<http::Route>& routes, const json& schemas) {
    auto all_schemas = own_schemas();
    all_schemas.update(schemas);
    json document{{"openapi", "3.1.0"},
                  {"info",
                   {{"title", "Microchim"},
                    {"version", version},
                    {"description", "Research use only. Errors are application/problem+json (RFC 9457)."}}},
                  {"security", json::parse(R"([{"session": []}, {"bearer": []}, {"certificate": []}])")},
                  {"components",
                   {{"schemas", all_schemas},
                    {"securitySchemes",
                     {{"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", http::session_cookie}}},
                      {"bearer", {{"type", "http"}, {"scheme", "bearer"}}},
                      {"certificate", {{"type", "mutualTLS"}}}}}}}};
    for (const auto& route : routes) {
        for (const auto& name : {route.description.takes, route.description.gives})
            if (!name.empty() && !all_schemas.contains(name))
                throw std::logic_error("routes: " + route.pattern + ": there is no schema '" + name + "'");
        document["paths"][route.pattern][lower(route.method)] = operation(route);
    }
    return document;
}

void add_description(std::vector<http::Route>& routes, const json& schemas) {
    const auto text = std::make_shared<std::string>();
    routes.push_back({"GET",
                      "/api/v1/openapi.json",
                      Operation::read_api,
                      {},
                      {.summary = "This description", .gives = "Description"},
                      [text](const http::Request&) { return http::content(200, "application/json", *text); }});
    auto with_own = schemas;
    with_own["Description"] = {{"type", "object"}};
    *text = describe(routes, with_own).dump();
}

}  // namespace microchim::routes
