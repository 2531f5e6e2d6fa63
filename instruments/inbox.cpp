#include "instruments/inbox.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "core/run/errors.hpp"

namespace microchim::instruments {
namespace fs = std::filesystem;
namespace {

std::string lower(std::string_view text) {
    std::string copy(text);
    std::ranges::transform(copy, copy.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
    return copy;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Names of files, and of folders they lie in, that browsers, copying programs and Office keep while they are at work.
bool is_temporary(std::string_view path) {
    static constexpr std::array endings{".tmp",        ".temp",     ".part",     ".partial",
                                        ".crdownload", ".download", ".filepart", ".opdownload"};
    const auto slash = path.find('/');
    const auto name = lower(path.substr(0, slash));
    if (name.starts_with("~") || std::ranges::any_of(endings, [&](const char* end) { return name.ends_with(end); }))
        return true;
    return slash != path.npos && is_temporary(path.substr(slash + 1));
}

bool is_hidden(std::string_view path) {
    const auto name = lower(path.substr(path.rfind('/') + 1));
    return name.starts_with('.') || name == "thumbs.db" || name == "desktop.ini" || name == "__macosx";
}

/// Without "_A01" at the end, where it is there.
std::string_view without_well(std::string_view stem) {
    const auto at = stem.rfind('_');
    const auto well = at == stem.npos ? std::string_view{} : stem.substr(at + 1);
    const bool is_well = (well.size() == 2 || well.size() == 3) && well[0] >= 'a' && well[0] <= 'p' &&
                         std::all_of(well.begin() + 1, well.end(), is_digit);
    return is_well ? stem.substr(0, at) : stem;
}

/// What lone files of one run share: "run7" of "Run7.csv", "run7_A01_Amplitude.csv", "run7_summary.csv" and
/// "run7.csv.part". The endings are those that instrument programs give to the files of one export.
std::string stem(std::string_view name) {
    static constexpr std::array parts{"_amplitude",   "_rawdata", "_compensateddata", "_experiment_details",
                                      "_clusterdata", "_summary", "_multichannel",    "_fluorescence"};
    auto all = lower(name);
    std::string_view text = all;
    text.remove_prefix(std::min(text.find_first_not_of("~$"), text.size()));
    if (is_temporary(text) && text.find('.') != text.rfind('.')) text = text.substr(0, text.rfind('.'));
    if (const auto dot = text.rfind('.'); dot != text.npos && dot > 0) text = text.substr(0, dot);
    if (const auto sheet = text.find(" -  "); sheet != text.npos) text = text.substr(0, sheet);  // CFX data sheets
    for (const std::string_view part : parts)
        if (text.size() > part.size() && text.ends_with(part))
            return std::string(without_well(text.substr(0, text.size() - part.size())));
    return std::string(text);
}

std::string seconds(InboxTime::duration time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

/// Everything below a top folder, or all lone files of one stem.
struct Group {
    bool folder = false;
    std::vector<InboxFile> files;
};

std::map<std::string, Group> group(const std::vector<InboxFile>& listing) {
    std::map<std::string, Group> groups;
    for (const auto& file : listing) {
        if (is_hidden(file.path)) continue;
        const auto slash = file.path.find('/');
        const bool folder = slash != file.path.npos;
        auto& found = groups[folder ? file.path.substr(0, slash) + "/" : stem(file.path)];
        found.folder = folder;
        found.files.push_back(file);
    }
    for (auto& [name, found] : groups) std::ranges::sort(found.files, {}, &InboxFile::path);
    return groups;
}

/// Why a drop cannot be finished however long it rests; empty: it can.
std::string hindrance(const std::vector<InboxFile>& files, bool patient) {
    for (const auto& file : files) {
        if (!file.readable) return "'" + file.path + "' cannot be looked at";
        if (patient) continue;
        if (is_temporary(file.path)) return "'" + file.path + "' is still being written";
        if (file.size == 0) return "'" + file.path + "' is still empty";
    }
    return {};
}

Drop judge(const std::string& name, const Group& group, const InboxMemory& memory, InboxTime now,
           const InboxSettings& settings) {
    Drop drop;
    drop.folder = group.folder;
    drop.name = group.folder ? name.substr(0, name.size() - 1) : name;
    std::ranges::copy_if(group.files, std::back_inserter(drop.files), [](const InboxFile& file) {
        return file.readable && file.size > 0 && !is_temporary(file.path);
    });
    const auto rest = now - memory.watched.at(name).since;
    const auto before = memory.handed_out.find(name);
    const auto known = [&](const InboxFile& file) {
        return std::ranges::find(before->second, file) != before->second.end();
    };
    drop.changed = before != memory.handed_out.end() && !std::ranges::all_of(drop.files, known);
    drop.reason = hindrance(group.files, rest >= settings.patience);
    if (before != memory.handed_out.end() && !drop.changed && !drop.files.empty()) {
        drop.state = DropState::done;  // fewer files are no other run: somebody tidies up
        drop.reason = "it was handed out already";
    } else if (!drop.reason.empty()) {
        return drop;
    } else if (drop.files.empty()) {
        drop.reason = "there are only empty or temporary files";
    } else if (rest < settings.settle) {
        drop.reason = "it has not changed for " + seconds(rest) + "; it is read after " + seconds(settings.settle);
    } else {
        drop.state = DropState::ready;
        drop.reason =
            (drop.changed ? "it changed after it was handed out, and has not for " : "it has not changed for ") +
            seconds(rest);
    }
    return drop;
}

struct Walk {
    const fs::path root;
    std::vector<InboxFile> files = {};

    void folder(const fs::path& path, int depth) {
        std::error_code fault;
        fs::directory_iterator entries(path, fault);
        for (const fs::directory_iterator end; !fault && entries != end; entries.increment(fault))
            entry(entries->path(), depth);
        if (!fault) return;
        if (depth == 0)
            throw ReadError("The folder '" + path.string() + "' cannot be read: " + fault.message() + ".",
                            path.string());
        unreadable(path);
    }

    void entry(const fs::path& path, int depth) {
        const auto name = path.lexically_relative(root).generic_string();
        if (is_hidden(name)) return;
        struct stat about {};
        if (::lstat(path.c_str(), &about) != 0) return;  // it went away while we looked
        if (S_ISDIR(about.st_mode) && depth < 6) return folder(path, depth + 1);
        if (!S_ISREG(about.st_mode)) return;
        const auto modified =
            std::chrono::seconds(about.st_mtim.tv_sec) + std::chrono::nanoseconds(about.st_mtim.tv_nsec);
        files.push_back({name, static_cast<std::uint64_t>(about.st_size),
                         std::chrono::sys_time<std::chrono::nanoseconds>(modified), ::access(path.c_str(), R_OK) == 0});
    }

    void unreadable(const fs::path& path) {
        files.push_back({path.lexically_relative(root).generic_string() + "/", 0, {}, false});
    }
};

}  // namespace

InboxScan scan(const std::vector<InboxFile>& listing, InboxTime now, InboxMemory memory,
               const InboxSettings& settings) {
    InboxScan result{{}, {{}, std::move(memory.handed_out)}};
    for (auto& [name, group] : group(listing)) {
        const auto last = memory.watched.find(name);
        const bool same =
            last != memory.watched.end() && last->second.files == group.files && last->second.since <= now;
        result.memory.watched[name] = {group.files, same ? last->second.since : now};
        result.drops.push_back(judge(name, group, result.memory, now, settings));
    }
    return result;
}

void hand_out(InboxMemory& memory, const Drop& drop) {
    memory.handed_out[drop.folder ? drop.name + "/" : drop.name] = drop.files;
}

std::vector<InboxFile> list(const fs::path& folder) {
    Walk walk{folder};
    walk.folder(folder, 0);
    std::ranges::sort(walk.files, {}, &InboxFile::path);
    return std::move(walk.files);
}

}  // namespace microchim::instruments
