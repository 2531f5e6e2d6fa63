#include "service/jobs/spool.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <set>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "core/run/errors.hpp"
#include "core/run/sha256.hpp"
#include "service/jobs/descriptor.hpp"

namespace microchim::jobs {
namespace fs = std::filesystem;
namespace {

using instruments::Drop;
using instruments::InboxFile;
constexpr const char* unfinished = ".part-";

[[noreturn]] void fail(const fs::path& path) {
    throw std::system_error(errno, std::generic_category(), "'" + path.string() + "' cannot be written");
}

/// Opens component by component, so that no link is followed anywhere below the folder. A pipe does not block.
Descriptor open_below(const fs::path& folder, const std::string& path) {
    Descriptor at(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    std::string_view rest = path;
    while (at) {
        const auto slash = rest.find('/');
        const std::string name(rest.substr(0, slash));
        if (name.empty() || name == "." || name == "..") return {};
        const bool last = slash == rest.npos;
        at = Descriptor(::openat(at.get(), name.c_str(),
                                 O_NOFOLLOW | O_CLOEXEC | (last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY)));
        if (last) return at;
        rest.remove_prefix(slash + 1);
    }
    return {};
}

/// Whether this is the file that was listed, and as it was.
bool is_same(const Descriptor& from, const InboxFile& file) {
    struct stat about {};
    if (::fstat(from.get(), &about) != 0 || !S_ISREG(about.st_mode)) return false;
    const auto modified = std::chrono::seconds(about.st_mtim.tv_sec) + std::chrono::nanoseconds(about.st_mtim.tv_nsec);
    return static_cast<std::uint64_t>(about.st_size) == file.size && file.modified.time_since_epoch() == modified;
}

/// Reads a file whole, piece by piece. \return false where it is not as it was listed, before or after
bool read_file(const fs::path& folder, const InboxFile& file, const std::function<void(std::string_view)>& take) {
    const auto from = open_below(folder, file.path);
    if (!from || !is_same(from, file)) return false;
    std::array<char, 1 << 16> buffer;
    std::uint64_t total = 0;
    for (;;) {
        const auto size = ::read(from.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return false;
        if (size == 0) break;
        if ((total += static_cast<std::uint64_t>(size)) > file.size) return false;
        take({buffer.data(), static_cast<std::size_t>(size)});
    }
    return total == file.size && is_same(from, file);
}

void sync_folder(const fs::path& path) {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) fail(path);
}

void write_all(const Descriptor& to, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const auto size = ::write(to.get(), bytes.data(), bytes.size());
        if (size < 0 && errno != EINTR) fail(path);
        if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

/// The unfinished copy; removed with its owner.
class Copy {
public:
    explicit Copy(const fs::path& spool_folder) {
        std::string name = (spool_folder / (unfinished + std::string("XXXXXX"))).string();
        if (!::mkdtemp(name.data())) fail(spool_folder);
        path_ = name;
    }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;
    ~Copy() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }

    bool add(const fs::path& folder, const InboxFile& file) {
        const auto path = path_ / file.path;
        fs::create_directories(path.parent_path());
        for (auto above = path.parent_path(); above != path_; above = above.parent_path()) folders_.insert(above);
        const Descriptor to(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!to) fail(path);
        Sha256 sum;
        const bool whole = read_file(folder, file, [&](std::string_view bytes) {
            sum.add(bytes);
            write_all(to, bytes, path);
        });
        if (!whole) return false;
        if (::fsync(to.get()) != 0) fail(path);
        identity_.add(sum.hex() + "  " + file.path + '\0');
        return true;
    }

    /// Moved to its place, unless the same is there already.
    std::pair<std::string, fs::path> finish(const fs::path& spool_folder) {
        for (const auto& folder : folders_) sync_folder(folder);
        sync_folder(path_);
        const auto identity = identity_.hex();
        const auto place = spool_folder / identity;
        if (::rename(path_.c_str(), place.c_str()) != 0 && errno != ENOTEMPTY && errno != EEXIST) fail(place);
        sync_folder(spool_folder);
        return {identity, place};
    }

private:
    fs::path path_;
    std::set<fs::path> folders_;
    Sha256 identity_;
};

void check(const Drop& drop, const SpoolLimits& limits) {
    const auto refuse = [&](const std::string& why) {
        throw ReadError("'" + drop.name + "' is not taken: " + why + ".", drop.name);
    };
    std::uint64_t bytes = 0;
    for (const auto& file : drop.files) {
        if (std::ranges::count(file.path, '/') > limits.depth)
            refuse("its folders are deeper than " + std::to_string(limits.depth));
        bytes += std::min(file.size, limits.bytes + 1 - std::min(bytes, limits.bytes));
    }
    if (drop.files.size() > limits.entries) refuse("it has more than " + std::to_string(limits.entries) + " files");
    if (bytes > limits.bytes) refuse("it is larger than " + std::to_string(limits.bytes) + " bytes");
}

}  // namespace

std::optional<Spooled> spool(const fs::path& folder, const Drop& drop, const fs::path& spool_folder,
                             const SpoolLimits& limits) {
    check(drop, limits);
    fs::create_directories(spool_folder);
    Copy copy(spool_folder);
    Spooled done;
    for (const auto& file : drop.files) {
        if (!copy.add(folder, file)) return {};
        done.bytes += file.size;
    }
    std::tie(done.identity, done.path) = copy.finish(spool_folder);
    return done;
}

void tidy(const fs::path& spool_folder) {
    if (!fs::exists(spool_folder)) return;
    std::vector<fs::path> left;
    for (const auto& entry : fs::directory_iterator(spool_folder))
        if (entry.path().filename().native().starts_with(unfinished)) left.push_back(entry.path());
    for (const auto& path : left) fs::remove_all(path);
}

std::optional<std::string> hash_file(const fs::path& folder, const InboxFile& file) {
    Sha256 sum;
    if (!read_file(folder, file, [&](std::string_view bytes) { sum.add(bytes); })) return {};
    return sum.hex();
}

std::optional<std::string> read_whole(const fs::path& folder, const InboxFile& file, std::uint64_t largest) {
    std::string text;
    if (file.size > largest || !read_file(folder, file, [&](std::string_view bytes) { text += bytes; })) return {};
    return text;
}

}  // namespace microchim::jobs
