#include "core/read/bundle.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <stdexcept>

#include "core/read/archive.hpp"
#include "core/read/file.hpp"
#include "core/run/errors.hpp"
#include "microchim/reader.hpp"

namespace microchim::read {
namespace fs = std::filesystem;
namespace {

void sort_by_name(Bundle& bundle) {
    auto& entries = bundle.entries;
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    const auto twice = std::adjacent_find(entries.begin(), entries.end(),
                                          [](const Entry& a, const Entry& b) { return a.name == b.name; });
    if (twice != entries.end())
        throw ReadError("'" + bundle.path + "' holds two files named '" + twice->name + "'.", bundle.path);
}

/// A lone zip shows its inside as if it were a folder.
void strip(Bundle& bundle, std::string_view archive) {
    const std::string prefix = std::string(archive) + "/";
    for (auto* list : {&bundle.entries, &bundle.archives})
        for (auto& entry : *list)
            if (entry.name.starts_with(prefix)) entry.name.erase(0, prefix.size());
}

Kind add_file(Bundle& bundle, const fs::path& path, std::string name, const Limits& limits) {
    auto file = read_file(path, std::move(name), limits);
    if (file.bytes.empty())
        throw ReadError("'" + reader::utf8(path.string()) + "' is empty.", path.string(), {},
                        "Export or copy it again.");
    return add_entry(bundle, std::move(file), limits);
}

void finish(Bundle& bundle) {
    if (bundle.entries.empty())
        throw ReadError("'" + bundle.path + "' holds no files.", bundle.path, {},
                        "Give the file or folder that the instrument software exported.");
    sort_by_name(bundle);
    spdlog::debug("{}: {} {}", bundle.path, bundle.entries.size(), bundle.entries.size() == 1 ? "file" : "files");
}

std::string_view file_name(const Bundle& bundle) {
    return std::string_view(bundle.path).substr(bundle.path.rfind('/') + 1);
}

/// Whether the bundle is the inside of one archive.
bool is_archive(const Bundle& bundle) {
    return !bundle.archives.empty() && bundle.archives.front().name == file_name(bundle);
}

/// The folder that all of these lie in.
fs::path common_folder(const std::vector<fs::path>& files) {
    fs::path common = fs::absolute(files.front()).lexically_normal().parent_path();
    for (const auto& file : files) {
        const auto full = fs::absolute(file).lexically_normal().parent_path();
        const auto end = std::mismatch(common.begin(), common.end(), full.begin(), full.end()).first;
        fs::path shorter;
        for (auto part = common.begin(); part != end; ++part) shorter /= *part;
        common = shorter;
    }
    return common;
}

}  // namespace

bool is_litter(std::string_view name) {
    static constexpr std::array exact{"__MACOSX",    "Thumbs.db",   "ehthumbs.db",
                                      "desktop.ini", "Desktop.ini", "$RECYCLE.BIN"};
    while (!name.empty()) {
        const auto slash = name.find('/');
        const auto part = name.substr(0, slash);
        if (part.starts_with('.') || part.starts_with("~$")) return true;
        if (std::find(exact.begin(), exact.end(), part) != exact.end()) return true;
        if (slash == std::string_view::npos) break;
        name.remove_prefix(slash + 1);
    }
    return false;
}

bool is_lone_file(const Bundle& bundle) {
    return bundle.entries.size() == 1 && bundle.archives.empty();
}

std::string path_of(const Bundle& bundle, std::string_view entry) {
    const auto file = file_name(bundle);
    if (is_lone_file(bundle) && entry == file) return bundle.path;
    if (is_archive(bundle) && entry.starts_with(std::string(file) + "/"))  // a sheet
        return bundle.path + std::string(entry.substr(file.size()));
    return bundle.path + (bundle.path.ends_with('/') ? "" : "/") + std::string(entry);
}

bool came_out_of(const Bundle& bundle, const Entry& archive, const Entry& entry) {
    if (is_archive(bundle) && archive.name == file_name(bundle)) return true;  // what a lone zip held has no prefix
    return entry.name.size() > archive.name.size() && entry.name.starts_with(archive.name) &&
           entry.name[archive.name.size()] == '/';
}

Entry make_entry(std::string name, std::string_view bytes) {
    auto memory = std::make_unique_for_overwrite<char[]>(bytes.size());
    if (!bytes.empty()) std::memcpy(memory.get(), bytes.data(), bytes.size());
    std::shared_ptr<const char[]> owner = std::move(memory);
    return {std::move(name), {owner.get(), bytes.size()}, owner};
}

Bundle Bundle::open(const fs::path& path, const Limits& limits) {
    Bundle bundle;
    bundle.path = reader::utf8(path.string());
    std::error_code fault;
    if (fs::is_directory(path, fault)) {
        read_folder(bundle, path, limits);
    } else {
        const auto name = reader::utf8(path.filename().string());
        if (add_file(bundle, path, name, limits) == Kind::archive) strip(bundle, name);
    }
    finish(bundle);
    return bundle;
}

Bundle Bundle::open(const std::vector<fs::path>& files, const Limits& limits) {
    if (files.size() == 1) return open(files.front(), limits);
    Bundle bundle;
    if (files.empty()) throw std::invalid_argument("no files");
    const auto folder = common_folder(files);
    bundle.path = reader::utf8(folder.string());
    std::set<std::string> names;
    for (const auto& file : files) {
        auto name = reader::utf8(fs::absolute(file).lexically_normal().lexically_relative(folder).generic_string());
        if (!names.insert(name).second)
            throw ReadError("'" + reader::utf8(file.string()) + "' was given twice.", file.string(), {},
                            "Give every file once.");
        add_file(bundle, file, std::move(name), limits);
    }
    finish(bundle);
    return bundle;
}

Bundle Bundle::of(std::vector<std::pair<std::string, std::string>> files, std::string path) {
    Bundle bundle;
    bundle.path = std::move(path);
    for (auto& [name, bytes] : files) bundle.entries.push_back(make_entry(std::move(name), bytes));
    sort_by_name(bundle);
    return bundle;
}

}  // namespace microchim::read
