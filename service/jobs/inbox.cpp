#include "service/jobs/inbox.hpp"

#include <algorithm>
#include <fstream>
#include <optional>

#include "service/jobs/checksums.hpp"
#include "service/jobs/spool.hpp"

namespace microchim::jobs {
namespace fs = std::filesystem;
namespace {

using instruments::Drop;
using instruments::DropState;
using instruments::InboxFile;
using instruments::InboxTime;

constexpr std::string_view ending = ".sha256";
constexpr std::uint64_t largest_list = 1 << 20;

/// One look at the folder.
class Watch {
public:
    Watch(const fs::path& folder, Memory& memory, InboxTime now, const WatchSettings& settings)
        : folder_(folder), memory_(memory), now_(now), settings_(settings) {}

    Scan look() {
        read_sums(list_runs());
        // Rest is judged here, because a checksum shortens it.
        auto seen =
            instruments::scan(files_, now_, std::move(memory_.runs), {std::chrono::seconds(0), settings_.patience});
        memory_.runs = std::move(seen.memory);
        for (auto& drop : seen.drops)
            if (drop.state == DropState::ready && is_finished(drop)) result_.ready.push_back(std::move(drop));
        std::erase_if(memory_.hashed, [&](const auto& known) { return !here(known.first); });
        std::erase_if(memory_.told, [&](const auto& sentence) { return !still_.contains(sentence); });
        return std::move(result_);
    }

private:
    const fs::path& folder_;
    Memory& memory_;
    const InboxTime now_;
    const WatchSettings& settings_;
    std::vector<InboxFile> files_;             ///< without the checksums, by path
    std::map<std::string, std::string> sums_;  ///< path -> SHA-256 that somebody states
    std::map<std::string, std::string> from_;  ///< path -> checksum file that states it
    std::set<std::string> still_;              ///< sentences that are true now
    Scan result_;

    bool here(const std::string& path) const { return std::ranges::binary_search(files_, path, {}, &InboxFile::path); }

    /// Splits the listing. \return the checksum files
    std::vector<InboxFile> list_runs() {
        std::vector<InboxFile> lists;
        for (auto& file : instruments::list(folder_))
            (file.path.ends_with(ending) ? lists : files_).push_back(std::move(file));
        return lists;
    }

    void read_sums(const std::vector<InboxFile>& lists) {
        std::map<std::string, Memory::Sums> now;
        for (const auto& file : lists) {
            const auto before = memory_.sums.find(file.path);
            auto& list = now[file.path];
            if (before != memory_.sums.end() && before->second.file == file) list = before->second;
            else list = {file, now_, read_list(file)};
            for (const auto& [path, sum] : list.of) {
                sums_[path] = sum;
                from_[path] = file.path;
            }
        }
        memory_.sums = std::move(now);
    }

    /// Names are relative to the list. What is no list of checksums vouches for nothing, and stops what it is named
    /// after.
    std::map<std::string, std::string> read_list(const InboxFile& file) const {
        const auto subject = file.path.substr(0, file.path.size() - ending.size());
        std::optional<std::map<std::string, std::string>> parsed;
        if (const auto text = read_whole(folder_, file, largest_list)) parsed = parse_checksums(*text);
        if (!parsed) return {{subject, ""}};
        std::map<std::string, std::string> sums;
        const auto slash = file.path.rfind('/');
        const auto parent = slash == file.path.npos ? std::string{} : file.path.substr(0, slash + 1);
        for (auto& [name, sum] : *parsed) sums[parent + name] = std::move(sum);
        return sums;
    }

    /// Whether it has rested, or is vouched for; not while a checksum is not met.
    bool is_finished(const Drop& drop) {
        const auto key = drop.folder ? drop.name + "/" : drop.name;
        const auto since = memory_.runs.watched.at(key).since;
        if (since == now_ || !is_complete(drop)) return false;
        std::size_t vouched = 0;
        bool met = true;
        for (const auto& file : drop.files)
            if (const auto sum = sums_.find(file.path); sum != sums_.end()) {
                if (meets(file, sum->second, since)) ++vouched;
                else met = false;
            }
        return met && (vouched == drop.files.size() || now_ - since >= settings_.settle);
    }

    /// Whether all is there that a checksum names in this folder, and no broken list stands beside it.
    bool is_complete(const Drop& drop) {
        if (!drop.folder) return true;
        if (const auto broken = sums_.find(drop.name); broken != sums_.end()) {
            if (now_ - list_since(drop.name) >= settings_.settle) tell_broken(drop.name);
            return false;
        }
        const auto inside = drop.name + "/";
        for (auto sum = sums_.lower_bound(inside); sum != sums_.end() && sum->first.starts_with(inside); ++sum)
            if (!here(sum->first)) return false;
        return true;
    }

    bool meets(const InboxFile& file, const std::string& sum, InboxTime since) {
        if (!sum.empty() && hash(file) == sum) return true;
        // Somebody may still be writing one of the two.
        if (now_ - std::max(since, list_since(file.path)) < settings_.settle) return false;
        if (sum.empty()) tell_broken(file.path);
        else if (!hash(file).empty())
            tell("'" + file.path + "' is not the file that '" + from_.at(file.path) +
                 "' describes: the checksum differs. It is not read.");
        return false;
    }

    InboxTime list_since(const std::string& path) const { return memory_.sums.at(from_.at(path)).since; }

    /// Empty: it changes, or cannot be read.
    std::string hash(const InboxFile& file) {
        const auto known = memory_.hashed.find(file.path);
        if (known != memory_.hashed.end() && known->second.file == file) return known->second.sha256;
        const auto sum = hash_file(folder_, file);
        if (!sum) return {};
        memory_.hashed[file.path] = {file, *sum};
        return *sum;
    }

    void tell_broken(const std::string& path) {
        tell("'" + from_.at(path) + "' is no list of checksums as sha256sum writes it. '" + path + "' is not read.");
    }

    void tell(const std::string& sentence) {
        still_.insert(sentence);
        if (memory_.told.insert(sentence).second) result_.sentences.push_back(sentence);
    }
};

}  // namespace

Scan scan(const fs::path& folder, Memory& memory, InboxTime now, const WatchSettings& settings) {
    return Watch(folder, memory, now, settings).look();
}

}  // namespace microchim::jobs
