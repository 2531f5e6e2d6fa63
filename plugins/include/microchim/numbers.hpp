// How the numbers of one file are written, decided once for the file and never for one cell: "5720.562", "19,7085",
// "5,720.562", "5 720,562", "8,940e+003", ",04". And the words for "no Cq".
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::reader {

/// Learns from cells what the comma means, then reads numbers.
class Numbers {
public:
    /// Looks at a cell that may be a number; anything else teaches nothing. Call it for many cells of one file.
    void learn(std::string_view cell) {
        std::string joined;
        cell = without_gaps(detail::trimmed(cell), joined);
        if (!looks_numeric(cell)) return;
        const auto point = cell.find('.'), comma = cell.find(',');
        if (point != cell.npos && comma != cell.npos) (comma < point ? point_ : comma_) = true;
        else if (comma != cell.npos) learn_comma(cell, comma);
        else if (point != cell.npos && cell.find('.', point + 1) == cell.npos) learn_point(cell, point);
    }
    /// The same of a Cq, which is never in the thousands: "24,123" has a decimal comma.
    void learn_cq(std::string_view cell) {
        cell = detail::trimmed(cell);
        const auto sign = cell.find_first_of(".,");
        if (sign != cell.npos && cell.find_first_of(".,", sign + 1) == cell.npos && looks_numeric(cell))
            decimal_comma(cell[sign] == ',');
    }
    /// Teaches that commas are decimal (or points are): by the delimiter, or by what is known of the program.
    void decimal_comma(bool yes) { (yes ? comma_ : point_) = true; }
    bool decimal_comma() const { return comma_ && !point_; }

    /// The number in a cell; nothing where it is blank. "1,250" counts only where other cells have told what a comma
    /// is. Exponents of any length, a leading '+', no digit before the decimal sign (",04") are taken.
    /// \throws FormatError at `where` for what is no number, or could be two.
    std::optional<double> read(std::string_view cell, const std::string& where) const {
        cell = detail::trimmed(cell);
        if (cell.empty()) return std::nullopt;
        if (const auto value = parse(cell)) return value;
        throw FormatError(
            where, detail::quoted(cell) + (undecided(cell) ? " may be thousands or decimals" : " is not a number"));
    }

    /// As read(), but nothing for what is no number.
    std::optional<double> parse(std::string_view cell) const {
        std::string joined;
        cell = without_gaps(detail::trimmed(cell), joined);
        if (cell.starts_with('+')) cell.remove_prefix(1);
        if (cell.empty() || !looks_numeric(cell) || undecided(cell)) return std::nullopt;
        std::string plain;
        bool signs = false;  // a decimal sign was seen
        for (std::size_t i = 0; i < cell.size(); ++i) {
            const char c = cell[i];
            if (c == thousands()) {
                if (signs || !three_digits(cell, i)) return std::nullopt;
            } else if (c == (decimal_comma() ? ',' : '.')) {
                if (signs) return std::nullopt;
                signs = true;
                plain += '.';
            } else {
                plain += c;
            }
        }
        double value = 0;
        const auto [stop, fault] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
        if (fault != std::errc{} || stop != plain.data() + plain.size() || !std::isfinite(value)) return std::nullopt;
        return value;
    }

private:
    static bool digit(char c) { return c >= '0' && c <= '9'; }

    /// "5720,562" of "5 720,562": French and Swiss thousands, apart by a blank (also one that does not break) or an
    /// apostrophe. Only before groups of three digits; anything else is left as it is, and no number.
    static std::string_view without_gaps(std::string_view cell, std::string& joined) {
        const auto gap = [&](std::size_t at) -> std::size_t {
            for (const std::string_view sign : {" ", "'", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x99"})
                if (cell.substr(at).starts_with(sign)) return sign.size();
            return 0;
        };
        const auto digits = [&](std::size_t at) {
            std::size_t n = 0;
            while (at + n < cell.size() && digit(cell[at + n])) ++n;
            return n;
        };
        const auto first = std::min(cell.find_first_of("0123456789"), cell.size());
        auto at = first + digits(first);
        if (cell.size() > 40 || first > 1 || at - first > 3 || at == cell.size() || cell[first] == '0' || !gap(at))
            return cell;
        joined = cell.substr(0, at);
        while (const auto width = at < cell.size() ? gap(at) : 0) {
            if (digits(at + width) != 3) return cell;
            joined += cell.substr(at + width, 3);
            at += width + 3;
        }
        return joined += cell.substr(at);
    }

    static bool looks_numeric(std::string_view cell) {
        bool digits = false;
        for (const char c : cell) {
            digits = digits || digit(c);
            if (!digit(c) && std::string_view("+-.,eE").find(c) == std::string_view::npos) return false;
        }
        return digits && (cell.front() == '+' || cell.front() == '-' || cell.front() == '.' || cell.front() == ',' ||
                          digit(cell.front()));
    }

    char thousands() const { return decimal_comma() ? '.' : ','; }

    /// Three digits and no fourth after the separator at `at`, and before it a digit, but no lone zero.
    static bool three_digits(std::string_view cell, std::size_t at) {
        std::size_t n = 0;
        while (at + 1 + n < cell.size() && digit(cell[at + 1 + n])) ++n;
        const auto first = cell.find_first_of("0123456789");
        return at > first && digit(cell[at - 1]) && cell[first] != '0' && n == 3;
    }

    /// "1,250" and "12,345": a comma that could be both. ("0,250" and "1234,567" could not.)
    static bool either(std::string_view cell, std::size_t at) {
        if (cell.starts_with('-') || cell.starts_with('+')) cell.remove_prefix(1), --at;
        return at >= 1 && at <= 3 && three_digits(cell, at) && at + 4 == cell.size();
    }

    void learn_comma(std::string_view cell, std::size_t comma) {
        if (cell.find(',', comma + 1) != cell.npos) {
            if (three_digits(cell, comma)) point_ = true;  // 100,000,000; "24,12,73" is nothing
        } else if (!either(cell, comma)) comma_ = true;
    }
    void learn_point(std::string_view cell, std::size_t point) {
        if (!either(cell, point)) point_ = true;
    }

    bool undecided(std::string_view cell) const {
        const auto comma = cell.find(',');
        return point_ == comma_ && comma != cell.npos && either(cell, comma);
    }

    bool point_ = false, comma_ = false;
};

/// Beyond this no program cycles: a Cq of so much is a number for none that nobody told us of, or thousands that are
/// decimals.
inline constexpr double most_cq = 500;

/// Whether a cell is one of the ways to say that there is no Cq, whatever the program: a blank, "Undetermined",
/// "No Ct", "NaN", "n. def.", "N/A", "ND", "-" ... Numbers that some programs write for none (0, 40, 999, -1) are no
/// business of this function: what they mean depends on the program.
inline bool says_no_cq(std::string_view cell) {
    const auto word = detail::normalised(detail::trimmed(cell));  // without blanks, dots and slashes
    static constexpr std::array words{"",   "undetermined", "undet", "noct", "nocq", "nocp", "nan",
                                      "na", "ndef",         "nd",    "none", "null", "-",    "--"};
    for (const auto* known : words)
        if (word == known) return true;
    return false;
}

}  // namespace microchim::reader
