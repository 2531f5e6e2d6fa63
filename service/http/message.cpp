#include "service/http/message.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>

#include "service/http/parse.hpp"

namespace microchim::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool NoCase::operator()(std::string_view a, std::string_view b) const {
    return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

Upload::~Upload() {
    std::error_code gone;
    std::filesystem::remove(file_, gone);
}

std::string_view Request::header(std::string_view name) const {
    const auto at = headers.find(name);
    return at == headers.end() ? std::string_view{} : at->second;
}

const std::string& Request::parameter(const std::string& name) const {
    const auto at = parameters.find(name);
    if (at == parameters.end()) throw std::logic_error("http: this route has no parameter '" + name + "'");
    return at->second;
}

Response content(int status, std::string_view type, std::string body) {
    return {status, {{"Content-Type", std::string(type)}}, std::move(body)};
}

Response json(int status, const nlohmann::json& document) {
    return content(status, "application/json", document.dump());
}

Response no_content() {
    return {204, {}, std::string{}};
}

Problem::Problem(int problem_status, std::string problem_code, std::string sentence)
    : std::runtime_error(problem_code),
      status(problem_status),
      code(std::move(problem_code)),
      detail(std::move(sentence)) {}

Response problem(const Problem& problem, const std::string& request_id) {
    nlohmann::json document{{"type", "urn:microchim:problem:" + problem.code},
                            {"title", reason_phrase(problem.status)},
                            {"status", problem.status},
                            {"code", problem.code}};
    if (!problem.detail.empty()) document["detail"] = problem.detail;
    if (!request_id.empty()) document["instance"] = "urn:microchim:request:" + request_id;
    // A detail may quote what the client sent.
    auto body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    auto response = content(problem.status, "application/problem+json", std::move(body));
    for (const auto& [name, value] : problem.headers) response.headers[name] = value;
    return response;
}

const char* reason_phrase(int status) {
    static constexpr std::array<std::pair<int, const char*>, 31> phrases{{
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {423, "Locked"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
    }};
    for (const auto& [code, phrase] : phrases)
        if (code == status) return phrase;
    return "Other";
}

std::string etag(std::string_view text) {
    for (const char c : text)
        if (c <= ' ' || c >= 0x7f || c == '"') throw std::logic_error("http: not the text of an ETag");
    return '"' + std::string(text) + '"';
}

void check_if_match(const Request& request, std::string_view tag) {
    const auto header = request.headers.find("If-Match");
    if (header == request.headers.end()) return;
    const auto tags = entity_tags(header->second);
    if (std::ranges::none_of(tags, [&](const auto& t) { return t == tag || t == "*"; }))
        throw Problem(412, "changed", "Somebody changed it meanwhile: read it again.");
}

bool not_modified(const Request& request, std::string_view tag) {
    const auto tags = entity_tags(request.header("If-None-Match"));
    return std::ranges::any_of(tags, [&](const auto& t) { return t == tag || t == "*"; });
}

}  // namespace microchim::http
