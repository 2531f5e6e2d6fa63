// A request and an answer as a handler sees them: no sockets, no parser, no TLS.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "service/accounts/authorise.hpp"

namespace microchim::store {
class Database;
}

namespace microchim::http {

struct Response;

/// Header names without regard to case. What comes twice keeps its first value; the parser refuses it where it matters.
struct NoCase {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
};
using Headers = std::map<std::string, std::string, NoCase>;

/// A body that was too large for the memory: in a file of the folder for uploads, removed when the last copy of this is
/// gone. A handler that wants to keep it renames the file.
class Upload {
public:
    Upload(std::filesystem::path file, std::uint64_t bytes) : file_(std::move(file)), bytes_(bytes) {}
    ~Upload();
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;
    const std::filesystem::path& file() const { return file_; }
    std::uint64_t bytes() const { return bytes_; }

private:
    std::filesystem::path file_;
    std::uint64_t bytes_;
};

struct Request {
    std::string method;                             ///< "GET"; HEAD comes as GET
    std::string path;                               ///< decoded: "/api/v1/results/R000017"
    std::map<std::string, std::string> query;       ///< decoded
    std::map<std::string, std::string> parameters;  ///< of the route: {id}
    Headers headers;
    std::string body;
    std::shared_ptr<Upload> upload;                ///< the body of a route with `to_file`
    std::string body_sha256;                       ///< hex, of a body that is an upload
    std::string address;                           ///< of the peer: "127.0.0.1"
    std::string id;                                ///< for the log and the answer's "instance"
    std::optional<accounts::Principal> principal;  ///< who asks; authorised for the route's operation
    std::string session_secret;                    ///< out of the cookie, for logging out; empty without
    /// On routes that need an Idempotency-Key: keeps the answer for it. To call in the very transaction that does what
    /// was asked, so that neither is ever on the disk without the other.
    std::function<void(store::Database&, const Response&)> keep;

    const accounts::Principal& who() const { return *principal; }  ///< only on routes that are not for anyone
    std::string_view header(std::string_view name) const;          ///< empty where it did not come
    /// \throws std::logic_error where the route has no such parameter
    const std::string& parameter(const std::string& name) const;
};

/// Sent as it is on the disk. An open file: it may be renamed or deleted meanwhile.
struct FileBody {
    std::filesystem::path file;
    std::string content_type;
};
/// The connection becomes a stream of events for this principal, fed by the server's Events.
struct EventStream {};

struct Response {
    int status = 200;
    Headers headers;
    std::variant<std::string, FileBody, EventStream> body;
    bool shown_once = false;  ///< holds a new secret: not kept for a repeated Idempotency-Key, which then gets a 409
};

/// application/json
Response json(int status, const nlohmann::json& document);
/// With a type of its own: "application/pdf", "application/x-ndjson".
Response content(int status, std::string_view type, std::string body);
Response no_content();  ///< 204

/// What goes wrong, to throw from a handler: becomes an answer application/problem+json (RFC 9457).
/// \param detail a sentence for the one who asked, without patient data; not part of the log
class Problem : public std::runtime_error {
public:
    Problem(int status, std::string code, std::string detail = {});
    int status;
    std::string code;  ///< "result.state"
    std::string detail;
    Headers headers;  ///< more, such as Retry-After
};
Response problem(const Problem& problem, const std::string& request_id);
/// "Not Found"
const char* reason_phrase(int status);

/// A strong tag: "\"R000017-3\"". The text must be printable ASCII without quotes.
std::string etag(std::string_view text);
/// Throws Problem 412 where the request's If-Match does not name this tag (RFC 9110, 13.1.1; "*" names any).
/// Whether there is one at all is the route's `if_match`.
void check_if_match(const Request& request, std::string_view tag);
/// Whether If-None-Match names it: then answer 304.
bool not_modified(const Request& request, std::string_view tag);

}  // namespace microchim::http
