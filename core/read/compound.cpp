#include "core/read/compound.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>
#include <vector>

#include "core/read/lower.hpp"

namespace microchim::read {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t last_sector = 0xFFFFFFFA;  // beyond are marks, not numbers (2.1)

std::runtime_error cut_off() {
    return std::runtime_error("it was cut off");
}

/// Sectors, and the table that says which one follows which.
class Sectors {
public:
    explicit Sectors(std::string_view file) : file_(file), shift_(little(file, 30, 2)) {
        if (shift_ != 9 && shift_ != 12) throw std::runtime_error("its sectors have no size");
        std::vector<std::uint32_t> tables;  // where the parts of the table are (2.5)
        for (std::size_t i = 0; i < 109; ++i) tables.push_back(little(file, 76 + 4 * i, 4));
        const auto numbers = (std::size_t{1} << shift_) / 4;
        auto more = little(file, 68, 4);
        while (more <= last_sector) {
            if (tables.size() > count() + 109) throw std::runtime_error("its sectors go round in circles");
            const auto part = sector(more);
            for (std::size_t i = 0; i + 1 < numbers; ++i) tables.push_back(little(part, 4 * i, 4));
            more = little(part, 4 * (numbers - 1), 4);
        }
        for (const auto table : tables)
            if (table <= last_sector && next_.size() < count()) append(next_, sector(table));
    }

    /// The content of a chain of sectors, `most` bytes of it.
    std::string chain(std::uint32_t first, std::size_t most = std::numeric_limits<std::size_t>::max()) const {
        std::string content;
        for (std::size_t n = 0; first <= last_sector && content.size() < most; ++n) {
            if (n > count()) throw std::runtime_error("its sectors go round in circles");
            content += sector(first);
            if (first >= next_.size()) throw cut_off();
            first = next_[first];
        }
        if (most != std::numeric_limits<std::size_t>::max()) {
            if (content.size() < most) throw cut_off();
            content.resize(most);
        }
        return content;
    }

    static void append(std::vector<std::uint32_t>& numbers, std::string_view sector) {
        for (std::size_t i = 0; i + 4 <= sector.size(); i += 4) numbers.push_back(little(sector, i, 4));
    }

private:
    std::size_t count() const { return file_.size() >> shift_; }

    /// The last one may be shorter: some programs do not fill it.
    std::string_view sector(std::uint32_t number) const {
        const auto at = (std::size_t{number} + 1) << shift_;
        if (at >= file_.size()) throw cut_off();
        return file_.substr(at, std::size_t{1} << shift_);
    }

    std::string_view file_;
    std::uint32_t shift_;
    std::vector<std::uint32_t> next_;
};

struct Found {
    std::uint32_t first = 0;
    std::size_t size = 0;
};

/// An entry of the directory (2.6), by name, among the children of the root.
std::optional<Found> find(std::string_view directory, std::string_view name) {
    std::string wide;
    for (const char c : name) wide += {c, '\0'};
    std::vector<std::uint32_t> open{little(directory, 76, 4)};
    std::set<std::uint32_t> seen;
    while (!open.empty()) {
        const auto number = open.back();
        open.pop_back();
        if (number >= directory.size() / 128 || !seen.insert(number).second) continue;
        const auto entry = directory.substr(std::size_t{number} * 128, 128);
        const auto length = std::min<std::size_t>(little(entry, 64, 2), 64);
        if (entry[66] == 2 && length == wide.size() + 2 && lower(entry.substr(0, wide.size())) == lower(wide))
            return Found{little(entry, 116, 4), little(entry, 120, 4)};
        open.push_back(little(entry, 68, 4));
        open.push_back(little(entry, 72, 4));
    }
    return std::nullopt;
}

/// A stream below the cutoff lives in small sectors inside the root's own stream (2.4).
std::string small(const Sectors& sectors, std::string_view file, std::string_view directory, const Found& found) {
    const auto home = sectors.chain(little(directory, 116, 4));
    std::vector<std::uint32_t> next;
    Sectors::append(next, sectors.chain(little(file, 60, 4)));
    std::string content;
    for (auto at = found.first; content.size() < found.size; at = next[at]) {
        const auto place = std::size_t{at} * 64;
        if (at >= next.size() || place >= home.size()) throw cut_off();
        content += std::string_view(home).substr(place, 64);
    }
    content.resize(found.size);
    return content;
}

}  // namespace

bool is_compound(std::string_view bytes) {
    return bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv);
}

std::optional<std::string> stream(std::string_view file, std::string_view name) {
    if (!is_compound(file)) return std::nullopt;
    std::optional<Sectors> sectors;
    std::string directory;
    try {
        sectors.emplace(file);
        directory = sectors->chain(little(file, 48, 4));
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
    const auto found = directory.size() < 128 ? std::nullopt : find(directory, name);
    if (!found) return std::nullopt;
    if (found->size > file.size()) throw cut_off();
    if (found->size < little(file, 56, 4)) return small(*sectors, file, directory, *found);
    return sectors->chain(found->first, found->size);
}

}  // namespace microchim::read
