// Results: one sample of one job. Its document is kept version by version and never changed; what people did with it is
// a list of events; only the head (state, revision) moves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/store/database.hpp"

namespace microchim::store {

struct StoredResult {
    std::string id;  ///< "R000017"
    std::int64_t version = 1;
    std::string state = "calculated";  ///< calculated, reviewed, signed, released, rejected
    std::int64_t revision = 1;         ///< counts every change: the ETag
    std::string sample, accession;
    std::int64_t lab_order = 0, job = 0;  ///< 0: none
    std::string imported_by;
    std::int64_t created_at = 0;
    // of the current version
    std::string document, sha256, author, reason;
};

/// Version 1. \returns its id
std::string add_result(Database& db, const StoredResult& result);
std::optional<StoredResult> find_result(Database& db, std::string_view id);
struct ResultFilter {
    std::string_view state, accession, after;  ///< empty: any; `after`: an id
    std::int64_t limit = 50;
};
std::vector<StoredResult> results(Database& db, const ResultFilter& filter);

/// Moves the head. \returns false where it is no longer at `revision`: somebody else was first
bool move_result(Database& db, std::string_view id, std::int64_t revision, std::string_view state);
/// A new version: the head goes to it, calculated.
bool amend_result(Database& db, std::string_view id, std::int64_t revision, const StoredResult& next);

struct ResultEvent {
    std::int64_t version = 0;
    std::string action, actor, role;
    std::int64_t at = 0;
    std::string reason;
};
void add_event(Database& db, std::string_view result, const ResultEvent& event);
std::vector<ResultEvent> events_of(Database& db, std::string_view result);

struct StoredSignature {
    std::int64_t version = 0;
    std::string actor, name, meaning;
    std::int64_t at = 0;
    std::string document_sha256, signature;
};
void add_signature(Database& db, std::string_view result, const StoredSignature& signature);
std::vector<StoredSignature> signatures_of(Database& db, std::string_view result);

}  // namespace microchim::store
