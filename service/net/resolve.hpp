// DNS with a time limit. The system's resolver cannot be interrupted: past the limit its result is thrown away.
#pragma once

#include <string>
#include <vector>

#include "service/net/net.hpp"

namespace microchim::net {

/// Addresses of a host, in the order to try; an address is itself. Empty with `error` where there are none.
asio::awaitable<std::vector<tcp::endpoint>> resolve(asio::any_io_executor executor, std::string host,
                                                    std::uint16_t port, Milliseconds limit, error_code& error);

}  // namespace microchim::net
