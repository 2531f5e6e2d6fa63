// The one file that everything of the service is kept in, and the one thread that writes it. What was written together
// is committed together: many messages share one flush to the disk, and nobody is told "stored" before it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "service/store/database.hpp"

namespace microchim::store {

class Store {
public:
    /// Opens or makes `folder`/microchim.db (folder 0700, file 0600) and brings it to this version's schema; before a
    /// migration a copy is put beside it. One service per folder: a second is refused.
    /// \throws StoreError; ConfigError where the store was made by a newer version, or is in use
    explicit Store(const std::filesystem::path& folder);
    /// Writes what is waiting, then ends.
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// A piece of a transaction. What it throws undoes this piece alone.
    using Work = std::function<void(Database&)>;
    /// Called on the writer's thread when the piece is on the disk (nullptr), or is not.
    using Done = std::function<void(std::exception_ptr)>;
    /// From any thread; pieces are done in the order in which they come.
    void write(Work work, Done done);
    /// Waits for it. \throws what the work threw, or StoreError
    void write(const Work& work);

    /// Questions, from any thread; sees what was committed before.
    template <class Question>
    auto read(Question question) {
        const std::scoped_lock lock(reading_);
        return question(reader_);
    }

    /// What comes from outside is to be refused: the disk has too little room. What is here already goes on.
    bool full() const { return full_; }
    void set_full(bool full) { full_ = full; }

    const std::filesystem::path& folder() const { return folder_; }

private:
    struct Piece {
        Work work;
        Done done;
    };
    void serve();
    void commit(std::deque<Piece>& pieces);

    std::filesystem::path folder_;
    int lock_;
    Database writer_, reader_;
    std::mutex reading_, waiting_;
    std::condition_variable came_;
    std::deque<Piece> pieces_;
    bool ending_ = false;
    std::atomic<bool> full_ = false;
    std::thread thread_;
};

/// Seconds and milliseconds since 1970, UTC.
std::int64_t now_ms();
/// "2026-07-23T08:15:00.123Z"
std::string utc(std::int64_t ms);

}  // namespace microchim::store
