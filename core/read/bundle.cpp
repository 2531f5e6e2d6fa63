#include "core/read/bundle.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstring>

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

void open_lone_file(Bundle& bundle, const fs::path& path, const Limits& limits) {
    auto file = read_file(path, reader::utf8(path.filename().string()), limits);
    if (file.bytes.empty())
        throw ReadError("'" + bundle.path + "' is empty.", bundle.path, {}, "Export or copy it again.");
    if (is_zip(file.bytes)) {
        bundle.archive = file;
        if (unpack(bundle, limits)) return;
        bundle.archive.reset();
    }
    bundle.entries.push_back(std::move(file));
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
    if (fs::is_directory(path, fault)) read_folder(bundle, path, limits);
    else open_lone_file(bundle, path, limits);
    if (bundle.entries.empty())
        throw ReadError("'" + bundle.path + "' holds no files.", bundle.path, {},
                        "Give the file or folder that the instrument software exported.");
    sort_by_name(bundle);
    spdlog::debug("{}: {} {}", bundle.path, bundle.entries.size(), bundle.entries.size() == 1 ? "file" : "files");
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
