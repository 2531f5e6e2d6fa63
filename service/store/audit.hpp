// Who did what when, in a chain: every row's hash covers the row before it, so that a row that is changed, removed or
// moved shows. Rows cut off at the end are shown by the checkpoints, which are kept outside the database. Holds hashes
// of what was changed, never patient data. Source: 21 CFR 11.10(e).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/database.hpp"
#include "service/store/signing_key.hpp"

namespace microchim::store {

struct AuditEntry {
    std::string_view actor;                             ///< a user's id, a peer's name, or "service"
    std::string_view role;                              ///< "reviewer", "lims", "service"
    std::string_view action;                            ///< "result.sign"
    std::string_view object;                            ///< "R000017/1"
    std::string_view old_sha256 = {}, new_sha256 = {};  ///< 32 bytes, or empty
    std::string_view reason = {};
};

/// Part of the transaction that does what it records.
/// \returns its number
std::int64_t append(Database& db, const AuditEntry& entry);

struct Checkpoint {
    std::string at;  ///< "2026-07-23T08:15:00.123Z"
    std::int64_t row = 0;
    std::string hash, signature;  ///< hex
};

/// Adds a signed line of JSON to `file`, flushed to the disk; nothing where no row came since the last one. The rows
/// must be committed: not inside a transaction, which may yet be undone. \returns whether one was written. \throws
/// std::runtime_error where it cannot be written
bool add_checkpoint(Database& db, const SigningKey& key, const std::filesystem::path& file);
/// Lines that are none are passed over.
std::vector<Checkpoint> read_checkpoints(const std::filesystem::path& file);

struct AuditCheck {
    std::int64_t rows = 0;
    std::optional<std::int64_t> first_bad;  ///< the row where the chain breaks
    std::string what;                       ///< a sentence; empty where all is well
    bool verified() const { return what.empty(); }
};

/// Recomputes every hash and holds the chain against the checkpoints.
/// \param key null: it is not there, and checkpoints cannot be believed
AuditCheck verify_audit(Database& db, const std::vector<Checkpoint>& checkpoints, const SigningKey* key);

}  // namespace microchim::store
