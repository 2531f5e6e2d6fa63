// The lines of a table of many hundred thousand rows, in pieces that can be read side by side. Nothing is copied.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect.hpp"
#include "microchim/decimal.hpp"

namespace microchim::absoluteq {

/// The content below the line with the column names.
struct RawTable {
    std::string file;
    std::string converted;  ///< where the file is UTF-16
    std::string_view text;  ///< of the whole file
    char delimiter = ',', end = '\n';
    std::size_t begin = 0;  ///< of the first row
    std::vector<std::string> columns;

    RawTable(std::string_view name, std::string_view bytes, const Dialect& dialect)
        : file(name), text(bytes), delimiter(dialect.delimiter) {
        if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) text = converted = reader::utf8(bytes);
        else if (bytes.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        if (text.find('\n') == text.npos) end = '\r';
        for (std::size_t n = 0;; ++n) {
            const auto stop = std::min(text.find(end, begin), text.size());
            const auto line = text.substr(begin, stop - begin);
            begin = std::min(stop + 1, text.size());
            if (n < dialect.lines_above) continue;
            const Table head(file, reader::utf8(line), delimiter);
            for (const auto column : head.header()) columns.emplace_back(reader::detail::trimmed(column));
            while (!columns.empty() && columns.back().empty()) columns.pop_back();
            break;
        }
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

    /// "run.csv:17, column 'FAM'" of a place in the text. Lines are counted only when something is wrong.
    std::string where(const char* place, std::size_t column) const {
        auto line = 1 + std::count(text.data(), place, end);
        return file + ":" + std::to_string(line) +
               (column < columns.size() ? ", column " + reader::detail::quoted(columns[column]) : std::string{});
    }

    [[noreturn]] void fail(std::string_view cell, std::size_t column, const std::string& what) const {
        throw FormatError(where(cell.data(), column), what);
    }
};

/// Walks over the rows of one piece.
class Rows {
public:
    Rows(const RawTable& table, std::string_view piece)
        : table_(table), at_(piece.data()), stop_(piece.data() + piece.size()), cells_(table.columns.size()) {}

    /// Steps to the next row that says anything; false at the end. \throws FormatError where it lacks cells.
    bool next() {
        while (at_ != stop_) {
            const auto size = static_cast<std::size_t>(stop_ - at_);
            const auto* found = static_cast<const char*>(std::memchr(at_, table_.end, size));
            const char* line_end = found ? found : stop_;
            const char* begin = at_;
            at_ = found ? found + 1 : stop_;
            if (line_end != begin && line_end[-1] == '\r') --line_end;
            if (line_end == begin) continue;
            if (split(begin, line_end)) return true;
        }
        return false;
    }

    /// As written, without quotes around it.
    std::string_view operator[](std::size_t column) const { return cells_[column]; }

private:
    /// False for a line of nothing but delimiters.
    bool split(const char* p, const char* line_end) {
        const char* const begin = p;
        std::size_t n = 0;
        bool says = false, more = true;
        for (; more && n < cells_.size(); ++n) {
            const char *from = p, *to = nullptr;
            if (p != line_end && *p == '"') {
                from = ++p;
                to = closing_quote(p, line_end);
                p = to + 1;
                if (p != line_end && *p != table_.delimiter) fail(begin, "there is text after a closing quote");
            } else {
                while (p != line_end && *p != table_.delimiter) ++p;
                to = p;
            }
            cells_[n] = {from, static_cast<std::size_t>(to - from)};
            says = says || to != from;
            more = p != line_end;
            if (more) ++p;
        }
        if (!says) return false;
        if (n < cells_.size())
            fail(begin, "the line has " + std::to_string(n) + " cells, not " + std::to_string(cells_.size()) +
                            "; the file may have been cut off, export it again");
        for (; more && p != line_end; ++p)
            if (*p != table_.delimiter) fail(begin, "the line has more cells than there are columns");
        return true;
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
    std::vector<std::string_view> cells_;
};

/// The text of a cell: UTF-8, doubled quotes single, no blanks around it.
inline std::string cell_text(std::string_view cell) {
    std::string text = reader::utf8(reader::detail::trimmed(cell));
    for (std::size_t at = 0; (at = text.find("\"\"", at)) != text.npos; ++at) text.erase(at, 1);
    return text;
}

/// A measured value; nothing where the cell is blank or says "nan". \throws FormatError for anything else.
inline std::optional<float> value(const RawTable& table, std::string_view cell, std::size_t column) {
    const auto digits = reader::detail::trimmed(cell);
    float number = 0;
    const char* at = digits.data();
    const char* const end = digits.data() + digits.size();
    if (!digits.empty() && reader::read_float(at, end, number) && at == end) return number;
    if (!digits.empty() && at != end && *at == ',' && table.delimiter != ',') {  // a decimal comma
        std::string point(digits);
        point[static_cast<std::size_t>(at - digits.data())] = '.';
        at = point.data();
        if (reader::read_float(at, point.data() + point.size(), number) && at == point.data() + point.size())
            return number;
    }
    const auto word = plain(digits);
    if (word.empty() || word == "nan" || word == "na" || word == "-") return std::nullopt;
    table.fail(cell, column, reader::detail::quoted(digits) + " is not a number");
}

/// 1 for True, TRUE, 1; 0 for False, FALSE, 0; 2 where the cell is blank. \throws FormatError for anything else.
inline std::uint8_t truth(const RawTable& table, std::string_view cell, std::size_t column) {
    const auto word = reader::detail::trimmed(cell);
    if (word == "True" || word == "TRUE" || word == "true" || word == "1") return 1;
    if (word == "False" || word == "FALSE" || word == "false" || word == "0") return 0;
    if (word.empty() || word == "-" || word == "NA") return 2;
    table.fail(cell, column, reader::detail::quoted(word) + " is neither True nor False");
}

}  // namespace microchim::absoluteq
