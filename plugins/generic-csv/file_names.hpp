// Patterns of file names: "*_results.csv", "{run}_{well}.csv".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cells.hpp"

namespace microchim::described {

/// What stood for {run} and {well}.
struct NameParts {
    std::string run, well;
};

/// Matches a name against a pattern; upper and lower case are the same. '*' is anything, '?' one character, {run}
/// anything, {well} a well. Remembers what failed, so that many stars cost no more than few.
class NameMatch {
public:
    NameMatch(std::string_view pattern, std::string_view name)
        : pattern_(pattern), name_(name), failed_((pattern.size() + 1) * (name.size() + 1)) {}

    std::optional<NameParts> operator()() {
        if (!match(0, 0)) return std::nullopt;
        return parts_;
    }

private:
    static bool alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
    static char plain(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

    bool match(std::size_t p, std::size_t n) {
        const auto state = p * (name_.size() + 1) + n;
        if (failed_[state]) return false;
        if (step(p, n)) return true;
        failed_[state] = true;
        return false;
    }

    bool step(std::size_t p, std::size_t n) {
        const auto rest = pattern_.substr(p);
        if (rest.empty()) return n == name_.size();
        if (rest.starts_with("{well}")) return well(p, n);
        const bool run = rest.starts_with("{run}");
        if (run || rest[0] == '*') {
            // Longest first, so that "a_b_A01" has the run "a_b".
            for (auto end = name_.size() + 1; end-- > n;) {
                if (!match(p + (run ? 5 : 1), end)) continue;
                if (run) parts_.run = name_.substr(n, end - n);
                return true;
            }
            return false;
        }
        if (n == name_.size() || (rest[0] != '?' && plain(rest[0]) != plain(name_[n]))) return false;
        return match(p + 1, n + 1);
    }

    /// Next to a wildcard a well stands alone: "plate1_x" holds no well "e1".
    bool well(std::size_t p, std::size_t n) {
        const bool open_before = p == 0 || pattern_[p - 1] == '*' || pattern_[p - 1] == '}' || pattern_[p - 1] == '?';
        if (open_before && n > 0 && alphanumeric(name_[n - 1])) return false;
        const auto after = p + 6 < pattern_.size() ? pattern_[p + 6] : '\0';
        const bool open_after = after == '*' || after == '{' || after == '?';
        for (std::size_t length = 4; length >= 2; --length) {
            const auto end = n + length;
            if (end > name_.size() || (open_after && end < name_.size() && alphanumeric(name_[end]))) continue;
            const auto name = well_of(name_.substr(n, length));
            if (name.empty() || !match(p + 6, end)) continue;
            parts_.well = name;
            return true;
        }
        return false;
    }

    std::string_view pattern_, name_;
    std::vector<bool> failed_;
    NameParts parts_;
};

/// A pattern without '/' is about the file's own name, wherever it lies.
inline std::optional<NameParts> match(std::string_view pattern, std::string_view name) {
    if (pattern.find('/') == pattern.npos) name = name.substr(name.rfind('/') + 1);
    if (name.size() > 1000) return std::nullopt;
    return NameMatch(pattern, name)();
}

/// "run" of "folder/run.csv"
inline std::string_view stem(std::string_view name) {
    name = name.substr(name.rfind('/') + 1);
    return name.substr(0, std::min(name.rfind('.'), name.size()));
}

}  // namespace microchim::described
