// From a dropped run to calculated results, on a thread of its own: watches the folder, copies what is finished into
// the spool, and has each run read and calculated by a child process.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "service/flow/workflow.hpp"
#include "service/store/job_list.hpp"

namespace microchim::service {

class JobRunner {
public:
    /// \param program our own command
    /// \param told    what happened, for those who follow: the event's name and an object as JSON
    JobRunner(store::Store& store, const Settings& settings, const Workflow& workflow, std::filesystem::path program,
              std::function<void(const std::string&, const std::string&)> told);
    ~JobRunner();  ///< stops a running child; its job waits for the next start

    /// A file that somebody uploaded becomes a job; `file` is moved away.
    /// \param also done in the same transaction, with the job's row
    void upload(const std::filesystem::path& file, const std::string& name, const std::string& by,
                const std::function<void(store::Database&, const store::StoredJob&)>& also);

    /// What the child does that reads this job now: "reading", "calculating", "storing"; empty where none does.
    /// From any thread.
    std::string stage(std::int64_t job) const;

private:
    void serve(std::stop_token stop);
    void look_into_inbox();
    void tell(const std::string& sentence);
    void forget();
    bool run_next(std::stop_token stop);
    void finish(const store::StoredJob& job, std::stop_token stop);
    void keep_planes(const store::StoredJob& job, const std::string& planes) const;
    void enter(std::int64_t job, const std::string& stage);

    store::Store& store_;
    const Settings& settings_;
    const Workflow& workflow_;
    std::filesystem::path program_, spool_;
    std::function<void(const std::string&, const std::string&)> told_;
    std::shared_ptr<void> watched_;  // jobs::Memory
    std::chrono::steady_clock::time_point forget_at_{};
    mutable std::mutex doing_mutex_;
    std::pair<std::int64_t, std::string> doing_;  // job and stage
    std::jthread thread_;
};

}  // namespace microchim::service
