#include "service/store/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <future>

#include "core/run/errors.hpp"
#include "service/store/schema.hpp"

namespace microchim::store {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t largest_group = 512;  // pieces that share one flush

int lock_folder(const fs::path& folder) {
    std::error_code no;
    fs::create_directories(folder, no);
    if (!no) fs::permissions(folder, fs::perms::owner_all, no);
    const auto file = folder / "lock";
    const int lock = no ? -1 : ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) throw ConfigError("The data folder '" + folder.string() + "' cannot be written.", folder.string());
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
    ::close(lock);
    throw ConfigError("The data folder '" + folder.string() + "' is in use by another service.", folder.string(), {},
                      "Stop that one first, or give this one its own folder (key 'data').");
}

fs::path database_file(const fs::path& folder) {
    // Made before SQLite opens it, so that nobody else can ever read it.
    const auto file = folder / "microchim.db";
    const int made = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (made >= 0) ::close(made);
    return file;
}

}  // namespace

Store::Store(const fs::path& folder)
    : folder_(folder),
      lock_(lock_folder(folder)),
      writer_(database_file(folder), Database::Mode::write),
      reader_((migrate(writer_, folder / "microchim.db"), folder / "microchim.db"), Database::Mode::read),
      thread_([this] { serve(); }) {}

Store::~Store() {
    {
        const std::scoped_lock lock(waiting_);
        ending_ = true;
    }
    came_.notify_one();
    thread_.join();
    ::close(lock_);
}

void Store::write(Work work, Done done) {
    {
        const std::scoped_lock lock(waiting_);
        pieces_.push_back({std::move(work), std::move(done)});
    }
    came_.notify_one();
}

void Store::write(const Work& work) {
    std::promise<void> promise;
    write(work, [&](std::exception_ptr error) {
        if (error) promise.set_exception(error);
        else promise.set_value();
    });
    promise.get_future().get();
}

void Store::serve() {
    while (true) {
        std::deque<Piece> group;
        {
            std::unique_lock lock(waiting_);
            came_.wait(lock, [&] { return ending_ || !pieces_.empty(); });
            if (pieces_.empty()) return;
            while (!pieces_.empty() && group.size() < largest_group) {
                group.push_back(std::move(pieces_.front()));
                pieces_.pop_front();
            }
        }
        commit(group);
    }
}

void Store::commit(std::deque<Piece>& pieces) {
    std::vector<std::exception_ptr> errors(pieces.size());
    std::exception_ptr failed;
    bool open = false;
    try {
        writer_.run("BEGIN IMMEDIATE");
        open = true;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            writer_.run("SAVEPOINT piece");
            try {
                pieces[i].work(writer_);
            } catch (...) {
                errors[i] = std::current_exception();
                writer_.run("ROLLBACK TO piece");
            }
            writer_.run("RELEASE piece");
        }
        writer_.run("COMMIT");
    } catch (...) {
        // A full disk ends the transaction by itself: then there is nothing to roll back.
        failed = std::current_exception();
        try {
            if (open) writer_.run("ROLLBACK");
        } catch (const StoreError&) {
        }
    }
    for (std::size_t i = 0; i < pieces.size(); ++i)
        if (pieces[i].done) pieces[i].done(errors[i] ? errors[i] : failed);
}

std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string utc(std::int64_t ms) {
    const auto seconds = static_cast<std::time_t>(ms / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text.data() + length, text.size() - length, ".%03dZ", static_cast<int>(ms % 1000));
    return text.data();
}

}  // namespace microchim::store
