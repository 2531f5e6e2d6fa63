#include "service/jobs/planes.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <system_error>

#include "service/jobs/descriptor.hpp"

namespace microchim::jobs {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view form = "microchim/planes/1";

fs::path file_of(const fs::path& folder, const std::string& identity) {
    return folder / (identity + ".planes");
}

[[noreturn]] void fail(const fs::path& file) {
    throw std::system_error(errno, std::generic_category(), "'" + file.string() + "' cannot be written");
}

/// "1/A01/droplets 142968"; nothing for any other line.
std::optional<std::uint64_t> length_in(std::string_view line) {
    const auto space = line.rfind(' ');
    if (space == line.npos) return std::nullopt;
    std::uint64_t length = 0;
    const auto digits = line.substr(space + 1);
    const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (fault != std::errc{} || stop != digits.data() + digits.size()) return std::nullopt;
    return length;
}

}  // namespace

void keep_planes(const fs::path& folder, const std::string& identity, std::string_view planes) {
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    const auto file = file_of(folder, identity), half = fs::path(file.string() + ".part");
    Descriptor out(::open(half.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!out) fail(half);
    while (!planes.empty()) {
        const auto written = ::write(out.get(), planes.data(), planes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(half);
        planes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(out.get()) != 0) fail(half);
    fs::rename(half, file);
}

void forget_planes(const fs::path& folder, const std::string& identity) {
    fs::remove(file_of(folder, identity));
}

std::optional<std::string> planes_part(const fs::path& folder, const std::string& identity, std::string_view name) {
    std::error_code gone;
    const auto size = fs::file_size(file_of(folder, identity), gone);
    std::ifstream in(file_of(folder, identity), std::ios::binary);
    std::string line;
    if (gone || !std::getline(in, line) || line != form) return std::nullopt;
    std::uint64_t before = 0;  // bytes of the parts that come before the one that is asked for
    std::optional<std::uint64_t> wanted;
    while (std::getline(in, line) && !line.empty()) {
        const auto length = length_in(line);
        if (!length || *length > size) return std::nullopt;
        if (!wanted && std::string_view(line).substr(0, line.rfind(' ')) == name) wanted = length;
        else if (!wanted) before += *length;
    }
    const auto first = static_cast<std::uint64_t>(in.tellg());
    if (!in || !wanted || before > size - first || *wanted > size - first - before) return std::nullopt;
    std::string part(*wanted, '\0');
    in.seekg(static_cast<std::streamoff>(first + before));
    in.read(part.data(), static_cast<std::streamsize>(part.size()));
    if (!in) return std::nullopt;
    return part;
}

}  // namespace microchim::jobs
