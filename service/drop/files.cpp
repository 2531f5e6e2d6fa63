#include "service/drop/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "core/run/sha256.hpp"

namespace microchim::drop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t longest_id = 99;

struct Descriptor {
    int fd;
    explicit Descriptor(int opened) : fd(opened) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
};

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

std::string id_part(std::string_view id) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    for (const char c : id) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_plain(c) && !(c == '.' && text.empty())) text += c;
        else text += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    if (text.size() <= longest_id) return text;
    return text.substr(0, longest_id - 33) + "~" + sha256(id).substr(0, 32);
}

/// The laboratory's folder, held open: a file is made in it and nowhere else.
class Folder {
public:
    explicit Folder(const fs::path& path)
        : path_(path), folder_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (folder_.fd < 0) fail("");
    }

    void put(const std::string& name, const std::string& content) const {
        const auto temporary = "." + name + ".tmp";
        if (const auto there = read(name, content.size())) {
            if (*there != content)
                throw Conflict("'" + (path_ / name).string() + "' is there with other content; it is not replaced.");
            remove(temporary);  // of an earlier attempt, which may have ended before the next line, too
            return sync();
        }
        write(temporary, content);
        // A link and not a rename, which would replace what somebody has put there meanwhile.
        if (::linkat(folder_.fd, temporary.c_str(), folder_.fd, name.c_str(), 0) != 0) {
            if (errno != EEXIST) link_fails(temporary, name);
            else return remove(temporary), put(name, content);
        }
        remove(temporary);
        sync();
    }

private:
    fs::path path_;
    Descriptor folder_;

    [[noreturn]] void fail(const std::string& name) const {
        throw std::system_error(errno, std::generic_category(), "'" + (path_ / name).string() + "'");
    }

    /// File systems without links (FAT, some shares) can rename without replacing, or nothing.
    void link_fails(const std::string& temporary, const std::string& name) const {
        if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL && errno != EMLINK) fail(name);
        if (::renameat2(folder_.fd, temporary.c_str(), folder_.fd, name.c_str(), RENAME_NOREPLACE) == 0) return;
        fail(name);
    }

    /// Up to one byte more than expected; nothing where there is no such file.
    std::optional<std::string> read(const std::string& name, std::size_t expected) const {
        const Descriptor file(::openat(folder_.fd, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (file.fd < 0 && errno == ENOENT) return {};
        if (file.fd < 0 && errno == ELOOP) throw Conflict("'" + (path_ / name).string() + "' is a link.");
        if (file.fd < 0) fail(name);
        struct stat about {};
        if (::fstat(file.fd, &about) != 0) fail(name);
        if (!S_ISREG(about.st_mode)) throw Conflict("'" + (path_ / name).string() + "' is there and no file.");
        std::string content;
        std::array<char, 1 << 16> buffer;
        while (content.size() <= expected) {
            const auto size = ::read(file.fd, buffer.data(), buffer.size());
            if (size < 0 && errno == EINTR) continue;
            if (size < 0) fail(name);
            if (size == 0) break;
            content.append(buffer.data(), static_cast<std::size_t>(size));
        }
        // What is there may not be on the disk yet.
        if (content.size() == expected && ::fsync(file.fd) != 0) fail(name);
        return content;
    }

    void write(const std::string& name, std::string_view content) const {
        remove(name);  // of a crash
        const Descriptor file(
            ::openat(folder_.fd, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640));
        if (file.fd < 0) fail(name);
        while (!content.empty()) {
            const auto size = ::write(file.fd, content.data(), content.size());
            if (size < 0 && errno != EINTR) fail(name);
            if (size > 0) content.remove_prefix(static_cast<std::size_t>(size));
        }
        if (::fsync(file.fd) != 0) fail(name);
    }

    void remove(const std::string& name) const {
        if (::unlinkat(folder_.fd, name.c_str(), 0) != 0 && errno != ENOENT) fail(name);
    }

    void sync() const {
        if (::fsync(folder_.fd) != 0) fail("");
    }
};

}  // namespace

std::string file_name(std::string_view accession, std::string_view result) {
    if (result.empty()) throw std::invalid_argument("a result without an id has no file name");
    return id_part(accession) + "_" + id_part(result);
}

void write_result_files(const fs::path& folder, const std::string& name, const std::vector<File>& files) {
    if (name.empty() || name.find_first_of(std::string_view("/\0", 2)) != name.npos || name.starts_with('.'))
        throw std::invalid_argument("a result file has no such name");
    const Folder out(folder);
    for (const auto& file : files) out.put(name + "." + file.extension, file.content);
    for (const auto& file : files) {
        const auto full = name + "." + file.extension;
        out.put(full + ".sha256", sha256(file.content) + "  " + full + "\n");
    }
}

}  // namespace microchim::drop
