// What peers sent us: every message that could be named is kept with its answer, so that the same message again gets
// the same answer; and the orders that came of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/store/database.hpp"

namespace microchim::store {

/// What makes a message the same message: who says it, and its MSH-10.
struct MessageKey {
    std::string peer, application, facility, control_id;
};

struct KnownMessage {
    std::int64_t id = 0;
    std::string sha256, state, answer;  ///< state: stored, applied, refused
};

std::optional<KnownMessage> find_message(Database& db, const MessageKey& key);

struct NewMessage {
    MessageKey key;
    std::string_view type, sha256, body, state, answer;
};
/// \returns its number; nothing, and nothing is written, where a message of this key is there
std::optional<std::int64_t> add_message(Database& db, const NewMessage& message);
/// Of messages that came before a time only the fingerprint is kept: they are known again, and no longer read. Some at
/// a time, in the order in which they came: others wait for the writer meanwhile.
/// \returns there may be more
bool forget_messages(Database& db, std::int64_t before);
struct MessageCount {
    std::int64_t applied = 0, stored = 0, refused = 0;
};
MessageCount count_messages(Database& db);
/// Of a message that was refused and is judged again.
void settle_message(Database& db, std::int64_t id, std::string_view state, std::string_view answer);

/// An order as a peer gave it.
struct StoredOrder {
    std::int64_t id = 0;
    std::string peer = {}, placer = {}, placer_authority = {}, accession = {};
    std::string state = "ordered";  ///< ordered, cancelled, reported
    std::string document = {};      ///< JSON: test, specimen, patient, times
    std::int64_t inbound = 0, created_at = 0;
};

std::optional<StoredOrder> find_order(Database& db, std::string_view peer, std::string_view placer,
                                      std::string_view authority);
/// The newest order of an accession that is not cancelled.
std::optional<StoredOrder> order_of_accession(Database& db, std::string_view accession);
std::optional<StoredOrder> order(Database& db, std::int64_t id);
std::vector<StoredOrder> orders(Database& db, std::int64_t after, std::int64_t limit);
std::int64_t add_order(Database& db, const StoredOrder& order);
void change_order(Database& db, std::int64_t id, std::string_view state, std::string_view document);

/// A connection that had to be closed, or an answer that was none: never with its content.
struct Trouble {
    std::int64_t id = 0, at = 0;
    std::string peer = {}, code = {};
    std::int64_t bytes = 0;
    std::string detail = {};
};
void add_trouble(Database& db, const Trouble& trouble);
std::vector<Trouble> newest_trouble(Database& db, std::int64_t limit);

}  // namespace microchim::store
