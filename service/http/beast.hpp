// Beast, and the only file that includes it.
#pragma once

#include "service/net/net.hpp"  // first: see there

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace microchim::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

}  // namespace microchim::http
