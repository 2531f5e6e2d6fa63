// An acknowledgement that comes on its own, hours after a message was committed, and maybe on a connection of the
// receiver's.
#pragma once

#include <string>

#include "service/store/database.hpp"

namespace microchim::service {

/// Part of a transaction.
/// \param from the destination, or the peer, that it came from: nobody confirms what another one was sent
/// \returns whether it was the answer to a message that was committed before
bool take_late_answer(store::Database& db, const std::string& payload, const std::string& from);

}  // namespace microchim::service
