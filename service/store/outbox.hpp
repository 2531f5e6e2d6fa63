// What is on its way to the LIMS. A row is written in the transaction that signs the result, so no result can be final
// and unsent; it is sent again with the same bytes until somebody has taken it. Per destination first in, first out; a
// row that is dead holds later rows of the same specimen, so that a correction never overtakes its original.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/store/database.hpp"

namespace microchim::store {

struct OutboxRow {
    std::int64_t id = 0;
    std::string destination, result_id;
    std::int64_t version = 0;
    std::string specimen, control_id;
    std::string state;  ///< queued, claimed, sent, committed, accepted, dead, held
    std::int64_t attempts = 0, next_at = 0;
    std::string last_code, last_error;
    std::int64_t created_at = 0, accepted_at = 0;
};

struct Outgoing {
    std::string_view destination, result_id;
    std::int64_t version = 0;
    std::string_view specimen;  ///< the key of the order in which corrections must stay: OBR-3
    std::string_view control_id, body;
};
std::int64_t enqueue(Database& db, const Outgoing& message);

struct Claim {
    std::int64_t id = 0;
    std::string control_id, body, result_id;
    std::int64_t version = 0, attempts = 0;
    std::string last_error;    ///< what the attempts were: see Verdict
    std::int64_t wait_ms = 0;  ///< not yet: nothing is claimed before this time has passed
    bool intact = true;        ///< the bytes are those that were signed
};
/// The next row of a destination, marked claimed; or how long the first one in the line still waits; or nothing.
std::optional<Claim> claim_next(Database& db, std::string_view destination, std::int64_t now);

/// The first byte is about to leave: from here on it is not known whether the peer has it.
void mark_sent(Database& db, std::int64_t id);

struct Verdict {
    std::string_view state;     ///< queued, sent, committed, accepted, dead, held
    std::int64_t attempts = 0;  ///< in a row that ended with this error
    std::int64_t next_at = 0;
    std::string_view code, error;  ///< MSA-1; a short word: "E_NO_ANSWER"
};
void settle(Database& db, std::int64_t id, const Verdict& verdict);

/// After a start: what was claimed is queued again; what was sent is queued too where the destination knows a message
/// that it has already (`dedupe`), else it is held for a person.
void recover_outbox(Database& db, std::string_view destination, bool dedupe);

/// Of a message that was taken and is not yet approved: the answer may come hours later, and on any connection.
struct Committed {
    std::int64_t id = 0;
    std::string destination;
};
std::optional<Committed> find_committed(Database& db, std::string_view control_id);
/// One whose time for that is up.
std::optional<std::int64_t> overdue(Database& db, std::string_view destination, std::int64_t now);

/// A person lets a dead or held row be sent again, or gives it up: then it holds nothing any longer.
/// \returns false where it is in no such state
bool retry(Database& db, std::int64_t id);
bool abandon(Database& db, std::int64_t id);

std::optional<OutboxRow> outbox_row(Database& db, std::int64_t id);
std::vector<OutboxRow> outbox_rows(Database& db, std::string_view state, std::int64_t after, std::int64_t limit);

}  // namespace microchim::store
