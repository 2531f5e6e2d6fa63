// The table of routes: what the service answers, who may ask, what a request must bring. The page's and the clients'
// description (OpenAPI) is made of the same table.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "service/http/message.hpp"

namespace microchim::http {

/// Runs on a thread of the pool and may wait for the disk. Throws Problem, or anything else for a 500.
using Handler = std::function<Response(const Request&)>;

struct Needs {
    std::uint64_t body = 0;        ///< the largest body in bytes; 0: none is read
    bool to_file = false;          ///< application/octet-stream into a file, instead of JSON in memory
    bool idempotency_key = false;  ///< 400 without; a repeated key gets the first answer, for 24 h. See Request::keep
    bool if_match = false;         ///< 428 without
};
inline constexpr std::uint64_t json_body = std::uint64_t{64} << 10;
inline constexpr std::uint64_t upload_body = std::uint64_t{1} << 30;

/// A query parameter.
struct Parameter {
    std::string name;
    nlohmann::json schema;  ///< JSON Schema: {{"type", "integer"}, {"minimum", 1}}
};

/// For the description. Schemas are named there, and written by hand in a document of schemas.
struct Description {
    std::string summary;
    std::string takes = {};                 ///< the schema of the body: "NewUser"
    std::string gives = {};                 ///< of the answer: "User"; empty: none, or not JSON
    int status = 200;                       ///< when all went well
    std::vector<Parameter> query = {};      ///< others than these are refused
    std::string type = "application/json";  ///< of the answer
    int also = 0;                           ///< another good status with the same answer: it was there already
};

struct Route {
    std::string method;   ///< GET, POST, PATCH, PUT, DELETE
    std::string pattern;  ///< "/api/v1/results/{id}": a parameter is a whole segment, 1 to 64 of A-Z a-z 0-9 . _ -
    accounts::Operation operation;
    Needs needs;
    Description description;
    Handler handler;
};

class Router {
public:
    /// \throws std::logic_error where two routes could answer the same request, or a route is not well formed
    explicit Router(std::vector<Route> routes);

    struct Match {
        const Route* route = nullptr;  ///< nullptr: 404, or 405 where `allow` is not empty
        std::map<std::string, std::string> parameters;
        std::string allow;  ///< "GET, HEAD, POST"
    };
    Match match(std::string_view method, std::string_view decoded_path) const;
    std::span<const Route> routes() const { return routes_; }

private:
    std::vector<Route> routes_;
    std::vector<std::vector<std::string>> segments_;  // of the patterns
};

}  // namespace microchim::http
