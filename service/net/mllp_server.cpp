#include "service/net/mllp_server.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <set>
#include <utility>

#include "service/net/mllp_session.hpp"

namespace microchim::net {
