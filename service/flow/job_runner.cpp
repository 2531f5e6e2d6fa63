#include "service/flow/job_runner.hpp"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <nlohmann/json.hpp>

#include "core/run/errors.hpp"
#include "core/run/sha256.hpp"
#include "service/jobs/inbox.hpp"
#include "service/jobs/planes.hpp"
#include "service/jobs/quantify.hpp"
#include "service/jobs/spool.hpp"
#include "service/store/audit.hpp"
#include "service/store/messages.hpp"

namespace microchim::service {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::milliseconds between_looks{500};
/// The disk: a run would be copied in vain again and again.
constexpr std::chrono::milliseconds after_trouble{5000};

jobs::Memory& memory(const std::shared_ptr<void>& watched) {
    return *static_cast<jobs::Memory*>(watched.get());
}

using Also = std::function<void(store::Database&, const store::StoredJob&)>;

std::string event_of(std::int64_t job, const char* state) {
    return nlohmann::json{{"id", job}, {"state", state}}.dump();
}

store::AddedJob add(store::Store& store, const store::StoredJob& job, const Also& also = {}) {
    store::AddedJob added;
    store.write([&](store::Database& db) {
        added = store::add_job(db, job);
        const bool person = !job.created_by.empty();
        if (added.waits)
            store::append(db, {person ? job.created_by : "service",
                               person ? "technician" : "service",
                               "job.add",
                               "job/" + std::to_string(added.id),
                               {},
                               {},
                               job.sha256});
        if (also) also(db, store::find_job(db, added.id).value());
    });
    return added;
}

}  // namespace

JobRunner::JobRunner(store::Store& store, const Settings& settings, const Workflow& workflow, fs::path program,
                     std::function<void(const std::string&, const std::string&)> told)
    : store_(store),
      settings_(settings),
      workflow_(workflow),
      program_(std::move(program)),
      spool_(settings.data / "spool"),
      told_(std::move(told)),
      watched_(std::make_shared<jobs::Memory>()) {
    fs::create_directories(spool_);
    fs::permissions(spool_, fs::perms::owner_all);
    jobs::tidy(spool_);
    store_.write([](store::Database& db) { store::recover_jobs(db); });
    thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
}

JobRunner::~JobRunner() {
    thread_.request_stop();
    thread_.join();
}

void JobRunner::serve(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any ended;
    while (!stop.stop_requested()) {
        auto rest = after_trouble;
        try {
            if (!settings_.inbox.empty() && !store_.full()) look_into_inbox();
            while (!stop.stop_requested() && run_next(stop)) {
            }
            forget();
            rest = between_looks;
        } catch (const std::system_error& error) {
            spdlog::error("jobs: {}", error.code().message());  // its text names files
        } catch (const std::exception& error) {
            spdlog::error("jobs: {}", error.what());
        }
        std::unique_lock lock(mutex);
        ended.wait_for(lock, stop, rest, [] { return false; });
    }
}

void JobRunner::look_into_inbox() {
    auto& seen = memory(watched_);
    const jobs::WatchSettings settings{std::chrono::seconds(settings_.settle_seconds)};
    const auto found = jobs::scan(settings_.inbox, seen, std::chrono::steady_clock::now(), settings);
    for (const auto& sentence : found.sentences) tell(sentence);
    for (const auto& drop : found.ready) {
        std::optional<jobs::Spooled> copy;
        try {
            copy = jobs::spool(settings_.inbox, drop, spool_);
        } catch (const ReadError& error) {
            tell(error.what());
            instruments::hand_out(seen.runs, drop);
            continue;
        }
        if (!copy) continue;
        const auto added = add(store_, {.name = drop.name, .sha256 = copy->identity, .path = copy->path.string()});
        instruments::hand_out(seen.runs, drop);
        if (added.waits) told_("job", event_of(added.id, "waiting"));
    }
}

/// The name of a file may be a patient's: the log does not get it.
void JobRunner::tell(const std::string& sentence) {
    spdlog::warn("inbox: something in it is not taken; the list of trouble says what");
    store_.write([&](store::Database& db) {
        store::add_trouble(db, {.peer = "inbox", .code = "inbox.refused", .detail = sentence});
    });
}

void JobRunner::upload(const fs::path& file, const std::string& name, const std::string& by, const Also& also) {
    // The same way as a drop: a folder of one file, named by its content.
    const fs::path parent = file.string() + ".job";
    struct Gone {
        const fs::path& folder;
        ~Gone() {
            std::error_code ignored;
            fs::remove_all(folder, ignored);
        }
    } const gone{parent};  // also where it could not be kept
    fs::create_directories(parent / "run");
    fs::rename(file, parent / "run" / name);
    instruments::Drop drop;
    drop.name = "run";
    drop.folder = true;
    drop.files = instruments::list(parent);
    const auto copy = jobs::spool(parent, drop, spool_);
    if (!copy) throw ReadError("The upload could not be kept.", name);
    const auto added =
        add(store_,
            {.name = name, .source = "upload", .sha256 = copy->identity, .path = copy->path.string(), .created_by = by},
            also);
    if (added.waits) told_("job", event_of(added.id, "waiting"));
}

std::string JobRunner::stage(std::int64_t job) const {
    const std::scoped_lock lock(doing_mutex_);
    return doing_.first == job ? doing_.second : std::string{};
}

void JobRunner::enter(std::int64_t job, const std::string& stage) {
    {
        const std::scoped_lock lock(doing_mutex_);
        doing_ = {job, stage};
    }
    if (!stage.empty()) told_("job", nlohmann::json{{"id", job}, {"state", "running"}, {"stage", stage}}.dump());
}

/// They are for looking at: a result is not lost for want of them.
void JobRunner::keep_planes(const store::StoredJob& job, const std::string& planes) const {
    if (planes.empty()) return;
    try {
        jobs::keep_planes(settings_.data / "planes", job.sha256, planes);
    } catch (const std::system_error& error) {
        spdlog::error("jobs: no planes are kept of {}: {}", job.id, error.code().message());
    }
}

/// Once an hour: the copies of runs that were read long ago.
void JobRunner::forget() {
    const auto now = std::chrono::steady_clock::now();
    if (now < forget_at_) return;
    forget_at_ = now + std::chrono::hours(1);
    store_.write([&](store::Database& db) {
        for (const auto& job : store::ended_jobs(db, store::now_ms() - settings_.retention_ms())) {
            fs::remove_all(job.path);
            jobs::forget_planes(settings_.data / "planes", job.sha256);
            store::forget_copy(db, job.id);
        }
    });
}

bool JobRunner::run_next(std::stop_token stop) {
    std::optional<store::StoredJob> job;
    store_.write([&](store::Database& db) { job = store::start_next_job(db); });
    if (!job) return false;
    told_("job", event_of(job->id, "running"));
    finish(*job, stop);
    enter(0, {});
    return true;
}

void JobRunner::finish(const store::StoredJob& job, std::stop_token stop) {
    jobs::Question question;
    question.panel = settings_.panel;
    if (!settings_.cases.empty()) question.cases = {settings_.cases};
    // The child is a stranger's word: only these two are repeated.
    const auto told = [&](std::string_view line) {
        for (const std::string stage : {"reading", "calculating"})
            if (line == "stage " + stage) enter(job.id, stage);
    };
    const auto ended = jobs::run(jobs::quantify_command(program_, job.path, question), {}, told, stop);
    if (ended.reason == jobs::Reason::stopped)  // not its fault: it waits for the next start
        return store_.write([&](store::Database& db) { store::return_job(db, job.id); });
    const auto outcome = jobs::read_outcome(ended);
    const auto end = [&](std::int64_t code, const std::string& failure, const std::string& hint) {
        store_.write([&](store::Database& db) { store::end_job(db, job.id, code, failure, hint); });
        told_("job", event_of(job.id, failure.empty() ? "done" : "failed"));
    };
    if (const auto* failure = std::get_if<jobs::Failure>(&outcome))
        return end(failure->code, failure->sentence, failure->hint);
    try {
        const auto& document = std::get<jobs::Document>(outcome);
        enter(job.id, "storing");
        keep_planes(job, document.planes);
        store_.write([&](store::Database& db) {
            workflow_.import(db, document.json, job.id, job.created_by);
            store::end_job(db, job.id, document.blocked ? 1 : 0, "", "");
        });
        told_("job", event_of(job.id, "done"));
    } catch (const store::StoreError&) {
        throw;
    } catch (const std::exception& error) {
        end(70, std::string("internal error: ") + error.what(), "");
    }
}

}  // namespace microchim::service
