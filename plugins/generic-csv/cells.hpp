// The cells of a described table: columns bound once, numbers with either decimal sign, non-values told from values.
#pragma once

#include <cctype>
#include <set>
#include <string>
#include <string_view>

#include "description.hpp"
#include "microchim/table.hpp"

namespace microchim::described {

using reader::not_stated;
using reader::Table;
using reader::detail::trimmed;

/// "A01" of "a1", "AF48" of "AF48"; empty for what is no well.
inline std::string well_of(std::string_view text) {
    text = trimmed(text);
    std::size_t letters = 0;
    while (letters < text.size() && letters < 2 && std::isalpha(static_cast<unsigned char>(text[letters]))) ++letters;
    const auto digits = text.substr(letters);
    if (letters == 0 || digits.empty() || digits.size() > 2) return {};
    int row = 0, column = 0;
    std::string name;
    for (const char c : text.substr(0, letters)) {
        name += static_cast<char>(c & ~0x20);
        row = row * 26 + (name.back() - 'A' + 1);
    }
    for (const char c : digits) {
        if (c < '0' || c > '9') return {};
        column = column * 10 + (c - '0');
    }
    if (row > 32 || column < 1 || column > 48) return {};
    return name + static_cast<char>('0' + column / 10) + static_cast<char>('0' + column % 10);
}

/// A source with its column found.
struct Bound {
    Source::Kind kind = Source::none;
    std::size_t column = 0;
    std::string text;

    explicit operator bool() const { return kind != Source::none; }
};

/// One table together with what is said about it.
class Cells {
public:
    Cells(const Table& table, const Description& description) : table_(table), description_(description) {}

    /// Finds the column; `take`: it becomes a fact, and so no attribute.
    Bound bind(const Source& source, bool take = true) {
        if (source.kind != Source::column) return {source.kind, 0, source.text};
        const auto column = source.number ? by_number(source) : by_name(source);
        if (take) taken_.insert(column);
        return {source.kind, column, {}};
    }

    bool taken(std::size_t column) const { return taken_.contains(column); }

    std::string_view text(std::size_t row, const Bound& from) const {
        if (from.kind != Source::column) return from.text;
        const auto whole = table_.cell(row, from.column), cell = trimmed(whole);
        const auto& guard = description_.guard;
        if (guard.empty() || !cell.starts_with(guard)) return cell;
        return whole.substr(static_cast<std::size_t>(cell.data() - whole.data()) + guard.size());  // blanks and all
    }

    bool missing(std::string_view cell) const {
        static const std::set<std::string, std::less<>> usual{"",    "-",    "–",    "—",    "na",     "n/a",
                                                              "nan", "#n/a", "null", "none", "no call"};
        if (cell.size() > 200) return false;
        const auto word = lower(cell);
        return usual.contains(word) ||
               std::find(description_.missing.begin(), description_.missing.end(), word) != description_.missing.end();
    }

    /// NaN where the cell holds no value.
    double number(std::size_t row, const Bound& from) const {
        if (!from) return not_stated;
        const auto cell = text(row, from);
        if (missing(cell)) return not_stated;
        const char decimal = from.kind == Source::fixed ? '.' : description_.layout.decimal;
        std::string digits(cell.substr(0, 400));
        if (decimal == ',') {
            if (digits.find('.') != digits.npos)
                fail(row, from, quoted(cell) + " has a point, but the description says decimal = \",\"");
            std::replace(digits.begin(), digits.end(), ',', '.');
        }
        double value = 0;
        const char* end = digits.data() + digits.size();
        const auto [stop, fault] = std::from_chars(digits.data(), end, value);
        if (fault == std::errc{} && stop == end && std::isfinite(value) && cell.size() <= 400) return value;
        const bool comma = decimal == '.' && cell.find(',') != cell.npos;
        fail(row, from,
             quoted(cell) + " is not a number" +
                 (comma ? "; if the comma is the decimal sign, say decimal = \",\" in " + description_.file
                        : "; a word that stands for no value belongs into 'missing' of " + description_.file));
    }

    /// "20.000" partitions are twenty in one country and twenty thousand in the next; "20.0" and "20000.000" are plain.
    static bool looks_like_thousands(std::string_view cell) {
        const auto sign = cell.find_first_of(".,");
        return sign != cell.npos && sign >= 1 && sign <= 3 && cell[0] != '0' && cell.size() - sign == 4;
    }

    /// A number of partitions; -1 where the cell holds no value.
    std::int64_t count(std::size_t row, const Bound& from) const {
        const double value = number(row, from);
        if (std::isnan(value)) return -1;
        if (looks_like_thousands(text(row, from)))
            fail(row, from,
                 quoted(text(row, from)) +
                     " may mean a thousand times as many; partitions are counted in plain digits, " +
                     "export them without a separator of thousands");
        if (value < 0) fail(row, from, quoted(text(row, from)) + " is negative");
        if (value != std::floor(value) || value > 9e15)
            fail(row, from, quoted(text(row, from)) + " is not a whole number");
        return static_cast<std::int64_t>(value);
    }

    [[noreturn]] void fail(std::size_t row, const Bound& from, const std::string& what) const {
        throw FormatError(where(row, from), what);
    }

    std::string where(std::size_t row, const Bound& from) const {
        if (from.kind == Source::column) return table_.where(row, from.column);
        const auto where = table_.where(row, 0);
        return where.substr(0, where.find(", column"));
    }

    const Table& table() const { return table_; }

private:
    std::string asked_by(const Source& source) const {
        return "(" + description_.file + ", line " + std::to_string(source.line) + ", asks for it)";
    }

    std::size_t by_name(const Source& source) const {
        try {
            return table_.require({source.text});
        } catch (const FormatError& error) {
            throw FormatError(error.where, std::string(error.what()) + " " + asked_by(source));
        }
    }

    std::size_t by_number(const Source& source) const {
        if (source.number <= table_.header().size()) return source.number - 1;
        throw FormatError(description_.file + ":" + std::to_string(source.line),
                          "there is no column " + std::to_string(source.number) + ", the table has " +
                              std::to_string(table_.header().size()));
    }

    const Table& table_;
    const Description& description_;
    std::set<std::size_t> taken_;
};

}  // namespace microchim::described
