// A TOML table that is read strictly: every key is asked for by name, a wrong type says which
// line, a key that looks like a misspelt one is an error, and any other key that we do not know is
// told: a laboratory may keep more in its files than we use, but nothing passes silently.
// toml++ is heavy: few sources include this.
#pragma once

#include <toml++/toml.h>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace microchim::chimerism {

class TomlTable {
public:
    /// `where` names the table in messages: "[recipient]"; empty for the top level.
    /// `ignored` collects the keys that we do not know.
    TomlTable(const toml::table& table, std::string file, std::string where, std::vector<std::string>& ignored)
        : table_(table), file_(std::move(file)), where_(std::move(where)), ignored_(&ignored) {}

    std::string text(std::string_view key);                ///< empty when missing
    std::string required_text(std::string_view key);       ///< never empty
    std::string date(std::string_view key);                ///< ISO 8601, empty when missing
    std::vector<std::string> texts(std::string_view key);  ///< a list of strings
    std::optional<double> number(std::string_view key, double low, double high);
    std::optional<bool> flag(std::string_view key);
    std::vector<TomlTable> tables(std::string_view key);   ///< [[key]], each named "[[key]] 1"
    std::optional<TomlTable> table(std::string_view key);  ///< [key]
    std::vector<std::string> keys() const;

    /// To be called last: what was never asked for is unknown. \throws ConfigError where it looks misspelt,
    /// or, with `strict`, in any case.
    void finish(bool strict = false) const;
    [[noreturn]] void fail(const toml::node* node, const std::string& what, const std::string& hint = {}) const;
    [[noreturn]] void fail(std::string_view key, const std::string& what, const std::string& hint = {}) const;

private:
    const toml::node* get(std::string_view key);

    const toml::table& table_;
    std::string file_, where_;
    std::vector<std::string>* ignored_;
    std::set<std::string, std::less<>> asked_;
};

/// \throws ConfigError where the text is no TOML, with its line.
toml::table parse_toml(std::string_view text, const std::string& name);
/// Checks `schema = "..."`. \throws ConfigError
void require_schema(TomlTable& top, std::string_view schema);

/// The whole file. \throws ConfigError where it cannot be read or is unreasonably large.
std::string read_settings(const std::string& path);

}  // namespace microchim::chimerism
