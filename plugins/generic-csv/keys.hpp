// A TOML table that is read strictly: every key is asked for by name, a wrong type or an unknown key is an error
// with its line. No library of ours is linked, so this stands on toml++ alone.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/reader.hpp"
#include "microchim/table.hpp"
#include "microchim/toml_text.hpp"

// toml++ 3.3 asserts, or lets a compiler assume, that a key begins with a letter or quote, and then reports by itself
// when it does not. A description is not to be trusted with either.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace microchim::described {

using reader::FormatError;
using reader::detail::quoted;

/// Where a value comes from: nowhere, from the description itself, or from a column of the table.
struct Source {
    enum Kind { none, fixed, column } kind = none;
    std::string text;        ///< the value, or the column's name
    std::size_t number = 0;  ///< of the column, from 1, where it is given by number
    std::size_t line = 0;    ///< of the description

    explicit operator bool() const { return kind != none; }
};

/// What a bare text or number means, where no { column = } or { value = } says it.
enum class Bare { column, value };

inline std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto above = row[j + 1];
            row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0u : 1u)});
            diagonal = above;
        }
    }
    return row.back();
}

class Keys {
public:
    /// `where` names the table in messages: "[columns]"; empty for the top level.
    Keys(const toml::table& table, std::string file, std::string where)
        : table_(table), file_(std::move(file)), where_(std::move(where)) {}

    /// The key's node, or null. What was never asked for is unknown to finish().
    const toml::node* find(std::string_view key) {
        asked_.emplace(key);
        return table_.get(key);
    }

    [[noreturn]] void fail(const toml::node* node, const std::string& what) const {
        const auto line = (node ? node->source() : table_.source()).begin.line;
        throw FormatError(file_ + (line > 0 ? ":" + std::to_string(line) : ""),
                          (where_.empty() ? "" : where_ + ": ") + what);
    }

    std::string text(std::string_view key) {
        const auto* node = find(key);
        if (!node) return {};
        if (const auto* value = node->as_string()) return value->get();
        fail(node, quoted(key) + " must be a text in quotes");
    }

    bool flag(std::string_view key) {
        const auto* node = find(key);
        if (!node) return false;
        if (const auto* value = node->as_boolean()) return value->get();
        fail(node, quoted(key) + " must be true or false");
    }

    std::optional<std::int64_t> whole(std::string_view key, std::int64_t most) {
        const auto* node = find(key);
        if (!node) return std::nullopt;
        const auto* value = node->as_integer();
        if (value && value->get() >= 0 && value->get() <= most) return value->get();
        fail(node, quoted(key) + " must be a whole number from 0 to " + std::to_string(most));
    }

    /// One text, or a list of texts.
    std::vector<std::string> texts(std::string_view key) {
        const auto* node = find(key);
        if (!node) return {};
        if (const auto* value = node->as_string()) return {value->get()};
        const auto* list = node->as_array();
        if (!list) fail(node, quoted(key) + " must be a text or a list of texts");
        std::vector<std::string> values;
        for (const auto& item : *list) {
            const auto* value = item.as_string();
            if (!value) fail(&item, quoted(key) + " holds something that is not a text in quotes");
            values.push_back(value->get());
        }
        return values;
    }

    Source source(std::string_view key, Bare bare) {
        const auto* node = find(key);
        if (!node) return {};
        const auto* choice = node->as_table();
        if (!choice) return plain(node, key, bare == Bare::column);
        Keys inside(*choice, file_, (where_.empty() ? "" : where_ + " ") + std::string(key));
        const auto *column = inside.find("column"), *value = inside.find("value");
        inside.finish();
        if (!column == !value) fail(node, quoted(key) + " must be { column = ... } or { value = ... }");
        return plain(column ? column : value, key, column != nullptr);
    }

    std::optional<Keys> table(std::string_view key) {
        const auto* node = find(key);
        if (!node) return std::nullopt;
        const auto* inside = node->as_table();
        if (!inside) fail(node, quoted(key) + " must be a table: [" + std::string(key) + "]");
        return Keys(*inside, file_, "[" + prefix() + std::string(key) + "]");
    }

    std::vector<Keys> tables(std::string_view key) {
        const auto* node = find(key);
        if (!node) return {};
        const auto name = "[[" + prefix() + std::string(key) + "]]";
        const auto* list = node->as_array();
        std::vector<Keys> values;
        if (!list) fail(node, quoted(key) + " must be written as " + name);
        for (const auto& item : *list) {
            const auto* inside = item.as_table();
            if (!inside) fail(&item, quoted(key) + " must be written as " + name);
            values.emplace_back(*inside, file_, name);
        }
        return values;
    }

    const toml::table& all() const { return table_; }

    /// To be called last.
    void finish() const {
        for (const auto& [key, node] : table_) {
            if (asked_.contains(key.str())) continue;
            static const std::set<std::string_view> of_the_whole{
                "schema",  "name",    "files",      "delimiter", "decimal",
                "missing", "one_run", "skip_lines", "guard",     "partition_volume_nl"};
            if (!where_.empty() && of_the_whole.contains(key.str()))
                fail(&node, quoted(key.str()) + " belongs above the first line in brackets");
            std::string known, near;
            for (const auto& name : asked_) {
                known += (known.empty() ? "" : ", ") + name;
                const bool close = key.str().size() < 40 && edit_distance(key.str(), name) <= 2;
                if (close && !table_.contains(name)) near = name;
            }
            fail(&node, "there is no key " + quoted(key.str()) +
                            (near.empty() ? "; the keys are " + known : "; did you mean '" + near + "'?"));
        }
    }

private:
    std::string prefix() const {
        const auto name = std::string_view(where_).substr(std::min(where_.find_first_not_of('['), where_.size()));
        return name.empty() ? "" : std::string(name.substr(0, name.find(']'))) + ".";
    }

    Source plain(const toml::node* node, std::string_view key, bool column) const {
        Source source{column ? Source::column : Source::fixed, {}, 0, node->source().begin.line};
        if (const auto* value = node->as_string()) {
            source.text = value->get();
            if (source.text.empty()) fail(node, quoted(key) + " is empty");
            return source;
        }
        if (const auto* value = node->as_integer(); value && column) {
            if (value->get() < 1 || value->get() > 100'000) fail(node, quoted(key) + ": columns are counted from 1");
            source.number = static_cast<std::size_t>(value->get());
            return source;
        }
        const double value = node->is_number() ? node->value_or(reader::not_stated) : reader::not_stated;
        if (column || !std::isfinite(value))
            fail(node, quoted(key) + (column ? " must be a column: its name in quotes, or its number"
                                             : " must be a text in quotes or a number"));
        char digits[40];
        source.text.assign(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
        return source;
    }

    const toml::table& table_;
    std::string file_, where_;
    std::set<std::string, std::less<>> asked_;
};

/// \throws FormatError with the line, where the text is no TOML
inline toml::table parse_toml(std::string text, const std::string& name) {
    constexpr std::size_t longest = 1 << 16;
    if (text.size() > longest) throw FormatError(name, "no description of a table is larger than 64 kB");
    for (std::size_t i = 0; i < text.size(); ++i)  // a CR alone ends a line elsewhere, but not in TOML
        if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) text[i] = '\n';
    if (const auto fault = toml_fault(text)) throw FormatError(name + ":" + std::to_string(fault->line), fault->what);
    try {
        return toml::parse(std::string_view(text), name);
    } catch (const toml::parse_error& error) {
        throw FormatError(
            name + ":" + std::to_string(error.source().begin.line),
            std::string(error.description()) + "; texts stand in \"quotes\", numbers have a decimal point");
    }
}

}  // namespace microchim::described
