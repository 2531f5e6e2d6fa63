#include "service/jobs/checksums.hpp"

#include <algorithm>

namespace microchim::jobs {

std::optional<std::map<std::string, std::string>> parse_checksums(std::string_view text) {
    constexpr std::size_t digits = 64;
    std::map<std::string, std::string> sums;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == text.npos ? std::string_view{} : text.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (line.size() < digits + 3 || line[digits] != ' ' || (line[digits + 1] != ' ' && line[digits + 1] != '*'))
            return {};
        std::string hash(line.substr(0, digits)), name(line.substr(digits + 2));
        std::ranges::transform(hash, hash.begin(), [](char c) { return c >= 'A' && c <= 'F' ? char(c | 0x20) : c; });
        if (hash.find_first_not_of("0123456789abcdef") != hash.npos) return {};
        if (name.starts_with("./")) name.erase(0, 2);
        sums[std::move(name)] = std::move(hash);
    }
    if (sums.empty()) return {};
    return sums;
}

}  // namespace microchim::jobs
