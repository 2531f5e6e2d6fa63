// What comes from the network as text, taken apart. Pure, and harsh: what has two readings is refused.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace microchim::http {

struct Target {
    std::string path;                          ///< decoded; begins with '/', no empty, "." or ".." segment
    std::map<std::string, std::string> query;  ///< decoded
};
/// The target of a request line: "/api/v1/results?limit=10". At most 4,096 bytes, 32 parameters. Percent encoding must
/// be whole and give UTF-8 without control characters; an encoded '/' or NUL, a name twice and a fragment are refused.
std::optional<Target> parse_target(std::string_view target);

/// %XX decoded, and '+' as a space where it is a query.
std::optional<std::string> percent_decode(std::string_view text, bool query);

/// The value of one cookie in a Cookie header (RFC 6265); nothing where it is missing or comes twice.
std::optional<std::string> cookie(std::string_view header, std::string_view name);

/// The secret of "Bearer <b64token>"; nothing where it is another scheme or not well formed.
std::optional<std::string> bearer(std::string_view authorization);

/// The name of a Host header, in lower case and without its port: "localhost", "[::1]".
std::optional<std::string> host_name(std::string_view host);

/// "application/json" of "application/json; charset=utf-8", in lower case.
std::string media_type(std::string_view content_type);

/// Whether an Accept header allows this type; an empty one allows all.
bool accepts(std::string_view accept, std::string_view type);

/// An Idempotency-Key: 8 to 128 printable ASCII characters.
bool idempotency_key(std::string_view text);

/// The tags of If-Match or If-None-Match, with their quotes; weak ones are left out. {"*"} for any.
std::vector<std::string> entity_tags(std::string_view header);

/// Printable: for the log.
std::string for_log(std::string_view text, std::size_t longest = 64);

}  // namespace microchim::http
