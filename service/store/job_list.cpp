#include "service/store/job_list.hpp"

#include "service/store/store.hpp"

namespace microchim::store {
namespace {

StoredJob job_in(const Rows& rows) {
    return {rows.integer(0),  rows.text(1),    rows.text(2), rows.text(3),    rows.text(4),
            rows.text(5),     rows.integer(6), rows.text(7), rows.integer(8), rows.integer(9),
            rows.integer(10), rows.text(11),   rows.text(12)};
}

#define JOB_COLUMNS                                                                                           \
    "SELECT id, name, source, sha256, path, state, attempts, created_by, created_at, coalesce(ended_at, 0), " \
    "coalesce(code, 0), coalesce(failure, ''), coalesce(hint, '') FROM job "

std::optional<StoredJob> first_job(Rows rows) {
    if (!rows.next()) return std::nullopt;
    return job_in(rows);
}

}  // namespace

AddedJob add_job(Database& db, const StoredJob& job) {
    if (const auto known = first_job(db.query(JOB_COLUMNS "WHERE sha256=?", job.sha256))) {
        const bool again = known->state == "failed" && job.source == "upload";
        if (again)
            db.run(
                "UPDATE job SET state='waiting', path=?, attempts=0, ended_at=NULL, code=NULL, failure=NULL, "
                "hint=NULL WHERE id=?",
                job.path, known->id);
        return {known->id, again};
    }
    db.run("INSERT INTO job(name, source, sha256, path, state, created_by, created_at) VALUES(?,?,?,?,'waiting',?,?)",
           job.name, job.source, job.sha256, job.path, job.created_by, now_ms());
    return {db.last_id(), true};
}

std::optional<StoredJob> start_next_job(Database& db) {
    auto job = first_job(db.query(JOB_COLUMNS "WHERE state='waiting' ORDER BY id LIMIT 1"));
    if (!job) return std::nullopt;
    db.run("UPDATE job SET state='running', attempts=attempts+1 WHERE id=?", job->id);
    ++job->attempts;
    return job;
}

void end_job(Database& db, std::int64_t id, std::int64_t code, std::string_view failure, std::string_view hint) {
    db.run("UPDATE job SET state=?2, ended_at=?3, code=?4, failure=?5, hint=?6 WHERE id=?1", id,
           failure.empty() ? "done" : "failed", now_ms(), code, failure, hint);
}

void return_job(Database& db, std::int64_t id) {
    db.run("UPDATE job SET state='waiting', attempts=attempts-1 WHERE id=?", id);
}

void recover_jobs(Database& db) {
    db.run(
        "UPDATE job SET state='failed', failure='The service ended three times while this run was read.', "
        "hint='Look into the log; upload the run to try it again.' WHERE state='running' AND attempts>=3");
    db.run("UPDATE job SET state='waiting' WHERE state='running'");
}

std::vector<StoredJob> ended_jobs(Database& db, std::int64_t before) {
    std::vector<StoredJob> list;
    auto rows = db.query(JOB_COLUMNS "WHERE ended_at<? AND path<>''", before);
    while (rows.next()) list.push_back(job_in(rows));
    return list;
}

void forget_copy(Database& db, std::int64_t id) {
    db.run("UPDATE job SET path='' WHERE id=?", id);
}

std::int64_t jobs_before(Database& db, std::int64_t id) {
    auto rows = db.query("SELECT count(*) FROM job WHERE state IN('waiting','running') AND id<?", id);
    return rows.next() ? rows.integer(0) : 0;
}

std::optional<StoredJob> find_job(Database& db, std::int64_t id) {
    return first_job(db.query(JOB_COLUMNS "WHERE id=?", id));
}

std::vector<StoredJob> jobs(Database& db, std::int64_t after, std::int64_t limit) {
    std::vector<StoredJob> list;
    auto rows = db.query(JOB_COLUMNS "WHERE id>? ORDER BY id LIMIT ?", after, limit);
    while (rows.next()) list.push_back(job_in(rows));
    return list;
}

}  // namespace microchim::store
