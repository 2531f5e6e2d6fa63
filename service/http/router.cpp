#include "service/http/router.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace microchim::http {
namespace {

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        segments.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool is_parameter(const std::string& segment) {
    return segment.starts_with('{');
}

bool is_id(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

bool may_meet(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
        return one == other || (is_parameter(one) && (is_parameter(other) || is_id(other))) ||
               (is_parameter(other) && is_id(one));
    });
}

void check(const Route& route, const std::vector<std::string>& segments) {
    const auto fail = [&](const std::string& what) {
        throw std::logic_error("http: route " + route.method + ' ' + route.pattern + ": " + what);
    };
    static const std::set<std::string> methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
    if (!methods.contains(route.method)) fail("a method that is not spoken here");
    if (!route.pattern.starts_with('/') || (route.pattern.size() > 1 && route.pattern.ends_with('/')))
        fail("a pattern begins with a slash and does not end with one");
    accounts::permission(route.operation);
    if (!route.handler) fail("no handler");
    const bool safe = route.method == "GET";
    if (safe && (route.needs.body || route.needs.idempotency_key || route.needs.if_match))
        fail("a GET changes nothing and has no body");
    if (route.needs.to_file && route.needs.body == 0) fail("an upload without a limit");
    std::set<std::string> names;
    for (const auto& segment : segments) {
        if (is_parameter(segment) && (!segment.ends_with('}') || segment.size() < 3)) fail("a bracket is missing");
        if (is_parameter(segment) && !names.insert(segment).second) fail("a parameter comes twice");
    }
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
    for (const auto& route : routes_) {
        segments_.push_back(split(route.pattern));
        check(route, segments_.back());
        for (std::size_t i = 0; i + 1 < segments_.size(); ++i)
            if (routes_[i].method == route.method && may_meet(segments_[i], segments_.back()))
                throw std::logic_error("http: " + route.method + ": '" + routes_[i].pattern + "' and '" +
                                       route.pattern + "' could answer the same request");
    }
}

Router::Match Router::match(std::string_view method, std::string_view decoded_path) const {
    const auto asked = split(decoded_path);
    if (method == "HEAD") method = "GET";
    std::set<std::string> allowed;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        Match found{&routes_[i], {}, {}};
        const bool fits = std::ranges::equal(segments_[i], asked, [&](const auto& pattern, const auto& segment) {
            if (!is_parameter(pattern)) return pattern == segment;
            found.parameters[pattern.substr(1, pattern.size() - 2)] = segment;
            return is_id(segment);
        });
        if (!fits) continue;
        if (routes_[i].method == method) return found;
        allowed.insert(routes_[i].method);
        if (routes_[i].method == "GET") allowed.insert("HEAD");
    }
    Match none;
    for (const auto& name : allowed) none.allow += (none.allow.empty() ? "" : ", ") + name;
    return none;
}

}  // namespace microchim::http
