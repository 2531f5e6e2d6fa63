// Runs that were dropped or uploaded, and what became of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/store/database.hpp"

namespace microchim::store {

struct StoredJob {
    std::int64_t id = 0;
    std::string name = {};          ///< of the file or folder, as it was dropped
    std::string source = "inbox";   ///< or "upload"
    std::string sha256 = {};        ///< over names and bytes: the same drop again is no new job
    std::string path = {};          ///< in the spool; empty: no longer there
    std::string state = "waiting";  ///< waiting, running, done, failed
    std::int64_t attempts = 0;
    std::string created_by = {};
    std::int64_t created_at = 0, ended_at = 0;
    std::int64_t code = 0;                ///< exit code of the command
    std::string failure = {}, hint = {};  ///< sentences
};

/// Its number, or that of the job that has these bytes already.
struct AddedJob {
    std::int64_t id = 0;
    bool waits = true;  ///< it is new, or is tried again
};
/// A failed job is tried again where somebody uploads its file again; not where it merely still lies in the inbox.
AddedJob add_job(Database& db, const StoredJob& job);
/// The oldest one that waits, marked running.
std::optional<StoredJob> start_next_job(Database& db);
/// `done` or, where there is a failure, `failed`.
void end_job(Database& db, std::int64_t id, std::int64_t code, std::string_view failure, std::string_view hint);
/// It was not read to its end, and not by its own fault: it waits again.
void return_job(Database& db, std::int64_t id);
/// After a start: what was running waits again; what has ended the service three times fails.
void recover_jobs(Database& db);
/// Those that ended before a time and whose copy is still in the spool; and a job without its copy.
std::vector<StoredJob> ended_jobs(Database& db, std::int64_t before);
void forget_copy(Database& db, std::int64_t id);
/// How many were there before this one and have not ended.
std::int64_t jobs_before(Database& db, std::int64_t id);
std::optional<StoredJob> find_job(Database& db, std::int64_t id);
std::vector<StoredJob> jobs(Database& db, std::int64_t after, std::int64_t limit);

}  // namespace microchim::store
