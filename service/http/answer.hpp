// From an admitted request to its answer: the handler, and what is made of what it throws.
#pragma once

#include "service/http/gate.hpp"
#include "service/http/idempotency.hpp"

namespace microchim::http {

/// On a thread of the pool; throws nothing.
Response answer(const Route& route, const Request& request, Idempotency& idempotency) noexcept;

/// The headers that every answer has: nothing is kept by browsers, framed, sniffed or loaded from elsewhere.
void protect(Response& response);

}  // namespace microchim::http
