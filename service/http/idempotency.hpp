// A client that lost the answer asks again with the same Idempotency-Key: then it gets the first answer, and nothing is
// done twice, also where the service was killed in between. Kept for 24 hours.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "service/http/router.hpp"
#include "service/store/store.hpp"

namespace microchim::http {

class Idempotency {
public:
    explicit Idempotency(store::Store& store) : store_(store) {}

    /// Does it, or gives the answer that was given. Only answers below 400 are kept: what failed may be tried again.
    /// From any thread; waits for the disk.
    /// \throws Problem 409 where the key was used for something else, or is just being worked on; what `handler`
    /// throws; std::logic_error where it gave such an answer and did not call request.keep
    Response once(Request request, const Handler& handler);

    /// Of what is asked: method, path, query and body. JSON counts by what it says, not by its spelling, and without
    /// its field "password": a plain hash of one must not be on the disk.
    static std::string fingerprint(const Request& request);

private:
    std::optional<Response> kept(const Request& request, const std::string& sha256);
    static void keep(store::Database& db, const Request& request, const std::string& sha256, const Response& response);

    store::Store& store_;
    std::mutex mutex_;
    std::set<std::pair<std::string, std::string>> running_;  // principal, key
};

}  // namespace microchim::http
