#include "core/chimerism/toml_table.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "core/run/edit_distance.hpp"
#include "core/run/errors.hpp"
#include "plugins/include/microchim/toml_text.hpp"

namespace microchim::chimerism {
namespace {

std::string iso(const toml::date& date) {
    std::ostringstream text;
    text << date;
    return text.str();
}

}  // namespace

void TomlTable::fail(const toml::node* node, const std::string& what, const std::string& hint) const {
    const auto source = node == nullptr ? table_.source() : node->source();
    const std::optional<std::size_t> line =
        source.begin.line > 0 ? std::optional<std::size_t>(source.begin.line) : std::nullopt;
    std::string message = file_;
    if (line) message += ":" + std::to_string(*line);
    message += ": ";
    if (!where_.empty()) message += where_ + ": ";
    throw ConfigError(message + what, file_, line, hint);
}

void TomlTable::fail(std::string_view key, const std::string& what, const std::string& hint) const {
    fail(table_.get(key), "'" + std::string(key) + "' " + what, hint);
}

const toml::node* TomlTable::get(std::string_view key) {
    asked_.emplace(key);
    return table_.get(key);
}

std::string TomlTable::text(std::string_view key) {
    const auto* node = get(key);
    if (node == nullptr) return {};
    const auto* value = node->as_string();
    if (value == nullptr) fail(key, "must be a text in quotes.");
    return value->get();
}

std::string TomlTable::required_text(std::string_view key) {
    auto value = text(key);
    if (value.empty()) fail(table_.get(key), "'" + std::string(key) + "' is missing or empty.");
    return value;
}

std::string TomlTable::date(std::string_view key) {
    const auto* node = get(key);
    if (node == nullptr) return {};
    if (const auto* value = node->as_date()) return iso(value->get());
    if (const auto* value = node->as_date_time()) return iso(value->get().date);
    if (const auto* value = node->as_string()) return value->get();
    fail(key, "must be a date such as 2026-03-02.");
}

std::vector<std::string> TomlTable::texts(std::string_view key) {
    const auto* node = get(key);
    if (node == nullptr) return {};
    const auto* array = node->as_array();
    if (array == nullptr) fail(key, "must be a list of texts.");
    std::vector<std::string> values;
    for (const auto& item : *array) {
        const auto* value = item.as_string();
        if (value == nullptr) fail(&item, "'" + std::string(key) + "' holds something that is not a text in quotes.");
        values.push_back(value->get());
    }
    return values;
}

std::optional<double> TomlTable::number(std::string_view key, double low, double high) {
    const auto* node = get(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (!value || !std::isfinite(*value)) fail(key, "must be a number.");
    if (*value < low || *value > high) {
        std::ostringstream range;
        range << "must lie between " << low << " and " << high << ", found " << *value << ".";
        fail(key, range.str());
    }
    return value;
}

std::optional<bool> TomlTable::flag(std::string_view key) {
    const auto* node = get(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_boolean()) fail(key, "must be true or false.");
    return node->value<bool>();
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
    const auto* node = get(key);
    if (node == nullptr) return {};
    const auto* array = node->as_array();
    if (array == nullptr) fail(key, "must be written as [[" + std::string(key) + "]].");
    std::vector<TomlTable> values;
    for (const auto& item : *array) {
        const auto* value = item.as_table();
        if (value == nullptr)
            fail(&item, "'" + std::string(key) + "' must be written as [[" + std::string(key) + "]].");
        values.emplace_back(*value, file_, "[[" + std::string(key) + "]] " + std::to_string(values.size() + 1),
                            *ignored_);
    }
    return values;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) {
    const auto* node = get(key);
    if (node == nullptr) return std::nullopt;
    const auto* value = node->as_table();
    if (value == nullptr) fail(key, "must be a table: [" + std::string(key) + "] or { ... }.");
    return TomlTable(*value, file_, where_.empty() ? "[" + std::string(key) + "]" : where_ + " " + std::string(key),
                     *ignored_);
}

std::vector<std::string> TomlTable::keys() const {
    std::vector<std::string> names;
    for (const auto& [key, node] : table_) names.emplace_back(key.str());
    return names;
}

void TomlTable::finish(bool strict) const {
    for (const auto& [key, node] : table_) {
        if (asked_.contains(key.str())) continue;
        const std::string found(key.str());
        std::string known, near;
        for (const auto& name : asked_) {
            known += (known.empty() ? "" : ", ") + name;
            if (name.size() > 2 && !table_.contains(name) && edit_distance(found, name) <= 2) near = name;
        }
        if (!near.empty()) fail(&node, "unknown key '" + found + "': did you mean '" + near + "'?");
        if (strict) fail(&node, "unknown key '" + found + "'.", "Known here: " + known + ".");
        const auto line = node.source().begin.line;
        ignored_->push_back(file_ + ":" + std::to_string(line) + ": the key '" + found +
                            "' is not known and not used.");
    }
}

toml::table parse_toml(std::string_view text, const std::string& name) {
    if (const auto fault = toml_fault(text))
        throw ConfigError(name + ":" + std::to_string(fault->line) + ": " + fault->what + ".", name, fault->line);
    try {
        return toml::parse(text, name);
    } catch (const toml::parse_error& error) {
        const std::size_t line = error.source().begin.line;
        throw ConfigError(name + ":" + std::to_string(line) + ": " + std::string(error.description()), name, line);
    }
}

void require_schema(TomlTable& top, std::string_view schema) {
    const auto found = top.text("schema");
    if (found.empty())
        top.fail("schema", "is missing.", "Begin the file with: schema = \"" + std::string(schema) + "\"");
    if (found != schema) top.fail("schema", "is '" + found + "', expected '" + std::string(schema) + "'.");
}

std::string read_settings(const std::string& path) {
    constexpr std::size_t longest = 4u << 20;  // a case with a thousand samples is 100 kB
    std::ifstream file(path, std::ios::binary);
    std::string text(longest + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (!file && file.gcount() == 0 && !file.eof()))
        throw ConfigError("'" + path + "' cannot be opened.", path, {}, "Check the name and that you may read it.");
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > longest) throw ConfigError("'" + path + "' is larger than 4 MB: no panel or case is.", path);
    return text;
}

}  // namespace microchim::chimerism
