#include "service/http/answer.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <typeinfo>

namespace microchim::http {
namespace {

Problem of(const accounts::AccountError& error) {
    const std::string_view code = error.code;
    const int status = code.ends_with(".unknown")                    ? 404
                       : code == "field.value" || code == "password" ? 422
                       : code == "setup.code"                        ? 403
                                                                     : 409;
    return {status, error.code, error.what()};
}

/// What goes wrong inside is told to nobody outside, and the log holds no text that may be a patient's.
Response inner(const Request& request, const Route& route, const char* what) {
    spdlog::error("http: {} {} failed ({}), request {}", route.method, route.pattern, what, request.id);
    return problem(Problem(500, "internal"), request.id);
}

bool disk(const std::error_code& error) {
    using std::errc;
    return error == errc::no_space_on_device || error == errc::file_too_large || error == errc::io_error ||
           error == errc::read_only_file_system || error == std::error_code(EDQUOT, std::generic_category());
}

Response handled(const Route& route, const Request& request, Idempotency& idempotency) {
    try {
        if (!route.needs.idempotency_key) return route.handler(request);
        return idempotency.once(request, route.handler);
    } catch (const Problem& known) {
        return problem(known, request.id);
    } catch (const accounts::AccountError& error) {
        return problem(of(error), request.id);
    } catch (const store::StoreError& error) {
        spdlog::error("http: {} {}: {}, request {}", route.method, route.pattern, error.what(), request.id);
        const int status = error.constraint() ? 409 : error.disk() ? 507 : 503;
        return problem(Problem(status, "store"), request.id);
    } catch (const std::system_error& error) {
        if (!disk(error.code())) return inner(request, route, typeid(error).name());
        spdlog::error("http: {} {}: {}, request {}", route.method, route.pattern, error.code().message(), request.id);
        return problem(Problem(507, "store"), request.id);
    } catch (const std::exception& error) {
        return inner(request, route, typeid(error).name());
    } catch (...) {
        return inner(request, route, "unknown");
    }
}

}  // namespace

Response answer(const Route& route, const Request& request, Idempotency& idempotency) noexcept {
    return handled(route, request, idempotency);
}

void protect(Response& response) {
    auto& headers = response.headers;
    headers["Strict-Transport-Security"] = "max-age=31536000";
    headers["Content-Security-Policy"] =
        "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    headers["X-Content-Type-Options"] = "nosniff";
    headers["Referrer-Policy"] = "no-referrer";
    headers["Cache-Control"] = "no-store";
}

}  // namespace microchim::http
