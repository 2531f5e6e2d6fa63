#include "core/read/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include "core/read/archive.hpp"
#include "core/read/parallel.hpp"
#include "core/run/errors.hpp"
#include "microchim/reader.hpp"

namespace microchim::read {
namespace fs = std::filesystem;
namespace {

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

[[noreturn]] void cannot_read(const fs::path& path, int reason) {
    const std::string name = path.string();
    if (reason == ENOENT || reason == ENOTDIR)
        throw ReadError("There is no file or folder '" + name + "'.", name, {}, "Check the spelling of the path.");
    if (reason == EACCES || reason == EPERM)
        throw ReadError("'" + name + "' must not be read by this user.", name, {},
                        "Ask its owner for permission to read it.");
    throw ReadError("Unable to read '" + name + "': " + std::strerror(reason) + ".", name);
}

/// A link that leads out of the run's folder is not part of the run.
bool stays_inside(const fs::path& link, const fs::path& root) {
    std::error_code fault;
    const auto target = fs::canonical(link, fault);
    if (fault) return false;
    return std::mismatch(root.begin(), root.end(), target.begin(), target.end()).first == root.end();
}

struct Found {
    fs::path path;
    std::string name;
};

struct Walk {
    Bundle& bundle;
    const fs::path root;
    const Limits& limits;
    std::vector<Found> found = {};
    std::size_t files = 0;

    void folder(const fs::path& path, const std::string& prefix, int depth) {
        if (depth > limits.depth)
            throw ReadError("'" + path.string() + "' lies deeper than " + std::to_string(limits.depth) + " folders.",
                            path.string(), {}, "Give the folder of one run.");
        std::error_code fault;
        std::vector<fs::directory_entry> items;
        for (fs::directory_iterator i(path, fault), end; !fault && i != end; i.increment(fault)) {
            items.push_back(*i);
            if (items.size() > limits.entries) too_many();
        }
        if (fault) cannot_read(path, fault.value());
        for (const auto& item : items) entry(item, prefix + reader::utf8(item.path().filename().string()), depth);
    }

    void entry(const fs::directory_entry& item, const std::string& name, int depth) {
        if (is_litter(name)) return;
        std::error_code fault;
        const bool link = item.is_symlink(fault);
        if (link && (item.is_directory(fault) || !stays_inside(item.path(), root))) {
            bundle.notes.push_back({Severity::info, name, "this link was not followed"});
        } else if (item.is_directory(fault)) {
            folder(item.path(), name + "/", depth + 1);
        } else if (item.is_regular_file(fault)) {
            if (++files > limits.entries) too_many();
            found.push_back({item.path(), name});
        }
    }

    std::uint64_t total_size() const {
        std::uint64_t total = 0;
        for (const auto& file : found) {
            std::error_code fault;
            const auto size = fs::file_size(file.path, fault);
            if (!fault) total += size;
            if (total > limits.total_bytes)
                throw ReadError("The files in '" + root.string() + "' are larger than " +
                                    std::to_string(limits.total_bytes >> 20) + " MB together.",
                                root.string(), {}, "Give the folder of one run.");
        }
        return total;
    }

    [[noreturn]] void too_many() const {
        throw ReadError("'" + root.string() + "' holds more than " + std::to_string(limits.entries) + " files.",
                        root.string(), {}, "Give the folder of one run.");
    }
};

}  // namespace

// Read rather than mapped: a mapped file that its writer shortens kills the process, and on a share
// of an instrument computer that happens. The copy costs about 10 ms for a plate of 42 MB.
Entry read_file(const fs::path& path, std::string name, const Limits& limits) {
    // Without O_NONBLOCK opening a pipe would wait for a writer for ever.
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat about {};
    if (file.number < 0 || ::fstat(file.number, &about) != 0) cannot_read(path, errno);
    if (!S_ISREG(about.st_mode))
        throw ReadError("'" + path.string() + "' is neither a file nor a folder.", path.string());
    const auto size = static_cast<std::size_t>(about.st_size);
    if (size > limits.entry_bytes)
        throw ReadError("'" + path.string() + "' is larger than " + std::to_string(limits.entry_bytes >> 20) + " MB.",
                        path.string(), {}, "Give the files of one run.");
    auto memory = std::make_unique_for_overwrite<char[]>(size);
    std::size_t done = 0;
    while (done < size) {
        const auto got = ::read(file.number, memory.get() + done, size - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) cannot_read(path, errno);
        if (got == 0)
            throw ReadError("'" + path.string() + "' became shorter while it was being read.", path.string(), {},
                            "Wait until the instrument software has written it, then try again.");
        done += static_cast<std::size_t>(got);
    }
    std::shared_ptr<const char[]> owner = std::move(memory);
    return {std::move(name), {owner.get(), size}, owner};
}

void read_folder(Bundle& bundle, const fs::path& folder, const Limits& limits) {
    std::error_code fault;
    const auto root = fs::canonical(folder, fault);
    if (fault) cannot_read(folder, fault.value());
    Walk walk{bundle, root, limits};
    walk.folder(root, "", 0);
    const auto total = walk.total_size();
    std::vector<Entry> entries(walk.found.size());
    std::vector<std::exception_ptr> failures(walk.found.size());
    parallel(entries.size(), total, [&](std::size_t i) {
        try {
            entries[i] = read_file(walk.found[i].path, walk.found[i].name, limits);
        } catch (...) {
            failures[i] = std::current_exception();
        }
    });
    for (const auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
    for (auto& entry : entries) add_entry(bundle, std::move(entry), limits);
}

}  // namespace microchim::read
