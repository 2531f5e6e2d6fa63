// A signed result on its way into the outbox: as an HL7 message, or as files.
#pragma once

#include <optional>
#include <string>

#include "service/settings/settings.hpp"
#include "service/store/messages.hpp"
#include "service/store/results.hpp"

namespace microchim::service {

struct Signer {
    std::string id, name;
};

/// The order that a result answers: it may have come after its run was read.
std::optional<store::StoredOrder> order_answered(store::Database& db, const store::StoredResult& result);

/// Part of the transaction that signs. What the destination's character set cannot carry becomes a dead row, for a
/// person to see: nothing is sent with characters replaced, and nothing is lost in silence.
void enqueue_result(store::Database& db, const Settings& settings, const Destination& to,
                    const store::StoredResult& result, const Signer& signer);

}  // namespace microchim::service
