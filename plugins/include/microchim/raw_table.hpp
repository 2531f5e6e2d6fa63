// A delimited table of many hundred thousand rows: walked once, row by row, and nothing of it is copied.
//
//   const RawTable table(name, bytes, ',');
//   const auto fam = table.head.require({"FAM"});
//   for (Rows row(table); row.next();) use(table.number(row[fam], fam));
//
// For tables that do not fit into a Table: cells are views into the file. Of the whole file: Rows(table); of one piece,
// so that pieces can be read side by side: table.pieces() and Rows(table, piece).
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/decimal.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::reader {

/// The text of a cell: UTF-8, doubled quotes single, no blanks around it.
inline std::string cell_text(std::string_view cell) {
    std::string text = utf8(detail::trimmed(cell));
    for (std::size_t at = 0; (at = text.find("\"\"", at)) != text.npos; ++at) text.erase(at, 1);
    return text;
}

/// The cells of one line, for probes: quoted delimiters do not count, and nothing is refused.
inline std::vector<std::string> cells_of(std::string_view line, char delimiter) {
    std::vector<std::string> cells;
    bool quoted = false;
    for (std::size_t begin = 0, i = 0; i <= line.size(); ++i) {
        if (i < line.size() && line[i] == '"') quoted = !quoted;
        if (i < line.size() && (quoted || line[i] != delimiter)) continue;
        auto cell = detail::trimmed(line.substr(begin, i - begin));
        if (cell.size() > 1 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
        cells.push_back(cell_text(cell));
        begin = i + 1;
    }
    return cells;
}

namespace detail {

/// The text of a file: its bytes, whatever their encoding as long as it contains ASCII. Only UTF-16 is converted.
inline std::string_view raw_text(std::string_view bytes, std::string& converted) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return converted = utf8(bytes);
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    return bytes;
}

/// What the lines of a text end with, as its first shows: LF (a CR before it does not count), or CR alone.
inline char line_end(std::string_view text) {
    const auto first = text.find_first_of("\r\n");
    const auto next = text.find_first_not_of('\r', first);
    return first == text.npos || text[first] == '\n' || (next != text.npos && text[next] == '\n') ? '\n' : '\r';
}

/// The first `wanted` from `p` on, or `stop`: std::memchr for cells, which are shorter than its preparations.
inline const char* find_near(const char* p, const char* stop, char wanted) {
    constexpr std::uint64_t ones = 0x0101010101010101, tops = ones << 7;
    if constexpr (std::endian::native == std::endian::little) {
        for (std::uint64_t eight = 0; stop - p >= 8; p += 8) {
            std::memcpy(&eight, p, 8);
            eight ^= ones * static_cast<unsigned char>(wanted);  // the byte that is wanted is 0 now
            if (const auto zero = (eight - ones) & ~eight & tops) return p + std::countr_zero(zero) / 8;
        }
    }
    while (p != stop && *p != wanted) ++p;
    return p;
}

}  // namespace detail

/// The column names, and what lies below them. `bytes` must outlive it. \throws FormatError where there is no header.
struct RawTable {
    std::string file;
    std::string converted;  ///< where the file is UTF-16
    std::string_view text;  ///< of the whole file
    char delimiter, end;
    std::size_t begin;  ///< of the first row
    Table head;         ///< the header alone, to find columns in
    std::vector<std::string> columns;

    /// The header is the first line that is not blank after `lines_above` lines; empty names at its end do not count.
    RawTable(std::string_view name, std::string_view bytes, char between_cells, std::size_t lines_above = 0)
        : file(name),
          text(detail::raw_text(bytes, converted)),
          delimiter(between_cells),
          end(detail::line_end(text)),
          begin(below_header(lines_above)),
          head(file, utf8(text.substr(0, begin)), delimiter, lines_above) {
        for (const auto column : head.header()) columns.emplace_back(detail::trimmed(column));
        while (columns.back().empty()) columns.pop_back();
    }
    RawTable(const RawTable&) = delete;
    RawTable& operator=(const RawTable&) = delete;

    /// The rows in pieces of about `size` bytes that begin and end with a line.
    std::vector<std::string_view> pieces(std::size_t size = std::size_t{2} << 20) const {
        std::vector<std::string_view> found;
        for (std::size_t from = begin; from < text.size();) {
            const auto stop = text.size() - from <= size ? text.npos : text.find(end, from + size);
            const auto to = stop == text.npos ? text.size() : stop + 1;
            found.push_back(text.substr(from, to - from));
            from = to;
        }
        return found;
    }

    /// A measured value; nothing where the cell is blank or says "nan", "NA" or "-". A decimal comma is taken where
    /// commas do not separate cells. \throws FormatError with the cell's address for anything else.
    std::optional<float> value(std::string_view cell, std::size_t column) const {
        float number = 0;
        if (read(detail::trimmed(cell), number)) return number;
        const auto word = detail::normalised(detail::trimmed(cell));
        if (word.empty() || word == "nan" || word == "na" || word == "-") return std::nullopt;
        fail(cell, column, detail::quoted(cell_text(cell)) + " is not a number");
    }

    /// As value(), of a cell that must hold one.
    float number(std::string_view cell, std::size_t column) const {
        float number = 0;
        if (read(detail::trimmed(cell), number)) return number;
        if (detail::trimmed(cell).empty())
            fail(cell, column, "this value is missing; the file may have been cut off, export it again");
        fail(cell, column, detail::quoted(cell_text(cell)) + " is not a number");
    }

    /// "run.csv:17, column 'FAM'" of a place in the text. Lines are counted only when something is wrong.
    std::string where(const char* place, std::size_t column) const {
        const auto line = 1 + std::count(text.data(), place, end);
        return file + ":" + std::to_string(line) +
               (column < columns.size() ? ", column " + detail::quoted(columns[column]) : std::string{});
    }

    [[noreturn]] void fail(std::string_view cell, std::size_t column, const std::string& trouble) const {
        throw FormatError(where(cell.data(), column), trouble);
    }

private:
    std::size_t below_header(std::size_t lines_above) const {
        const auto below = [&](std::size_t at) { return std::min(text.find(end, at), text.size() - 1) + 1; };
        std::size_t at = 0;
        for (; lines_above > 0 && at < text.size(); --lines_above) at = below(at);
        const char blank[] = {' ', '\t', '\r', '\n', '"', delimiter};
        const auto header = text.find_first_not_of(std::string_view(blank, sizeof blank), at);
        return header == text.npos ? text.size() : below(header);
    }

    bool read(std::string_view digits, float& number) const {
        const char *at = digits.data(), *const stop = at + digits.size();
        return (read_float(at, stop, number) && at == stop) || read_comma(digits, number);
    }

    bool read_comma(std::string_view digits, float& number) const {
        const auto comma = delimiter == ',' ? digits.npos : digits.find(',');
        if (comma == digits.npos) return false;
        std::string point(digits);
        point[comma] = '.';
        const char* at = point.data();
        return read_float(at, point.data() + point.size(), number) && at == point.data() + point.size();
    }
};

/// Walks over the rows of a table, or of one piece of it. A cell may be quoted, and then hold delimiters and doubled
/// quotes (see cell_text()), but no line end.
class Rows {
public:
    explicit Rows(const RawTable& table) : Rows(table, table.text.substr(table.begin)) {}
    Rows(const RawTable& table, std::string_view piece)
        : table_(table), at_(piece.data()), stop_(piece.data() + piece.size()), cells_(table.columns.size()) {}

    /// Steps to the next row that says anything; false at the end. Delimiters at its end are let pass.
    /// \throws FormatError where it lacks cells, has too many, or leaves a quote open.
    bool next() {
        while (at_ != stop_) {
            const char* begin = at_;
            const auto* found =
                static_cast<const char*>(std::memchr(at_, table_.end, static_cast<std::size_t>(stop_ - at_)));
            const char* line_end = found ? found : stop_;
            at_ = found ? found + 1 : stop_;
            ended_ = found != nullptr;
            while (line_end != begin && (line_end[-1] == '\r' || line_end[-1] == '\n')) --line_end;
            while (line_end != begin && *begin == '\n') ++begin;
            if (line_end != begin && split(begin, line_end)) return true;
        }
        return false;
    }

    /// As written, without quotes around it.
    std::string_view operator[](std::size_t column) const { return cells_[column]; }

    /// Whether the line just read has an end: if not, its last cell may be cut off.
    bool ended() const { return ended_; }

private:
    /// False for a line of nothing but blanks and delimiters.
    bool split(const char* p, const char* line_end) {
        const char* const begin = p;
        std::size_t n = 0;
        bool says = false, more = true;
        for (; more && n < cells_.size(); ++n) {
            const char *from = p, *to = nullptr;
            while (p != line_end && *p == ' ') ++p;
            if (p != line_end && *p == '"') {
                from = ++p;
                to = closing_quote(p, line_end);
                for (p = to + 1; p != line_end && *p == ' ';) ++p;
                if (p != line_end && *p != table_.delimiter) fail(begin, "there is text after a closing quote");
            } else {
                to = p = std::min(detail::find_near(p, stop_, table_.delimiter), line_end);
            }
            cells_[n] = {from, static_cast<std::size_t>(to - from)};
            says = says || !detail::trimmed(cells_[n]).empty();
            more = p != line_end;
            if (more) ++p;
        }
        for (; more && p != line_end; ++p)
            if (*p != table_.delimiter && *p != ' ') fail(begin, "the line has more cells than there are columns");
        if (says && n < cells_.size())
            fail(begin, "the line has " + std::to_string(n) + " cells, not " + std::to_string(cells_.size()) +
                            "; the file may have been cut off, export it again");
        return says;
    }

    const char* closing_quote(const char* p, const char* line_end) const {
        const char* const opened = p;
        for (; p != line_end; ++p) {
            if (*p != '"') continue;
            if (p + 1 == line_end || p[1] != '"') return p;
            ++p;
        }
        fail(opened, "the quote that opens here is never closed");
    }

    [[noreturn]] void fail(const char* place, const std::string& what) const {
        throw FormatError(table_.where(place, table_.columns.size()), what);
    }

    const RawTable& table_;
    const char *at_, *stop_;
    bool ended_ = true;
    std::vector<std::string_view> cells_;
};

}  // namespace microchim::reader
