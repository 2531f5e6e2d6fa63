// From a dropped run to calculated results, on a thread of its own: watches the folder, copies what is finished into
// the spool, and has each run read and calculated by a child process.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

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

    /// A file that somebody uploaded becomes a job; `file` is moved away. \returns its row
    store::StoredJob upload(const std::filesystem::path& file, const std::string& name, const std::string& by);

private:
    void serve(std::stop_token stop);
    void look_into_inbox();
    void tell(const std::string& sentence);
    void forget();
    bool run_next(std::stop_token stop);
    void finish(const store::StoredJob& job, std::stop_token stop);

    store::Store& store_;
    const Settings& settings_;
    const Workflow& workflow_;
    std::filesystem::path program_, spool_;
    std::function<void(const std::string&, const std::string&)> told_;
    std::shared_ptr<void> watched_;  // jobs::Memory
    std::chrono::steady_clock::time_point forget_at_{};
    std::jthread thread_;
};

}  // namespace microchim::service
