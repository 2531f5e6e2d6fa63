// Every request passes here before its body is read: its Host, its route, who asks, whether they may, whether a browser
// was lured into asking, and whether the body that follows is one that this route takes. Who shows no credentials
// learns nothing, not even which paths there are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/accounts/accounts.hpp"
#include "service/http/rate.hpp"
#include "service/http/router.hpp"

namespace microchim::http {

inline constexpr const char* session_cookie = "__Host-mcsid";

struct GateOptions {
    std::vector<std::string> hosts = {"localhost", "127.0.0.1", "[::1]"};  ///< names in Host that are ours, lower case
    Rate known;                                                            ///< of one user or machine
    Rate unknown{20, 100};                                                 ///< of one address without credentials
};

/// A request without its body, as it came.
struct Head {
    std::string method, target;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string address;                         ///< of the peer
    std::vector<std::string> certificate_names;  ///< of the client's certificate, which was verified
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

class Gate {
public:
    Gate(const Router& router, accounts::Accounts& accounts, GateOptions options)
        : router_(router),
          accounts_(accounts),
          known_(options.known),
          unknown_(options.unknown),
          hosts_(std::move(options.hosts)) {}

    struct Admitted {
        const Route* route;
        Request request;  ///< still without a body
    };
    /// On the network's thread; waits for nothing. \throws Problem: then the body is not read
    Admitted admit(const Head& head, const std::string& request_id);

private:
    struct Who {
        std::optional<accounts::Principal> principal;
        std::string secret, csrf;  // of a session
        bool offered = false;      // credentials, good or not
    };
    void check_host(const Request& request) const;
    Who identify(const Head& head, const Request& request, bool use_session);
    void check_rate(const Who& who, const std::string& address);
    void check_origin(const Head& head, const Request& request, const Who& who, bool for_anyone) const;

    const Router& router_;
    accounts::Accounts& accounts_;
    RequestRate known_, unknown_;
    std::vector<std::string> hosts_;
};

}  // namespace microchim::http
