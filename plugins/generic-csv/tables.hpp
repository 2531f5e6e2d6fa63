// The result tables of a drop: which files they are, and their rows.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "file_names.hpp"
#include "microchim/exports.hpp"
#include "parse_description.hpp"
#include "rows.hpp"

namespace microchim::described {

using reader::Bundle;

struct ResultTable {
    std::size_t entry = 0;
    std::string text;
    std::unique_ptr<Table> table;
    std::unique_ptr<Cells> cells;
    std::vector<Row> rows;
    std::size_t left_out = 0;
    bool open_end = false;  ///< no line end at the end of the file

    std::string name() const { return where(0).substr(0, where(0).rfind(':')); }
    /// "run.csv:17"
    std::string where(std::size_t row) const {
        const auto address = table->where(row, 0);
        return address.substr(0, address.find(", column"));
    }
};

/// The line with the names of the columns: the first that is not blank after those to be skipped.
inline std::string_view header_line(std::string_view text, std::size_t skip_lines) {
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + (text.substr(end).starts_with("\r\n") ? 2 : 1), text.size()));
        if (skip_lines > 0) --skip_lines;
        else if (!trimmed(line).empty()) return line;
    }
    return {};
}

/// Whether this is a table with the column of the wells, below so many lines.
inline bool has_wells(std::string_view text, const std::string& name, const Description& d, std::size_t skip_lines) {
    const auto line = header_line(text, skip_lines);
    if (line.empty()) return false;
    const auto& well = d.targets.front().well;
    try {
        const Table header(name, std::string(line), d.layout.delimiter.value_or(reader::delimiter(line)));
        return well.number ? header.header().size() >= std::max<std::size_t>(well.number, 2)
                           : header.find({well.text}).has_value();
    } catch (const FormatError&) {
        return false;
    }
}

/// The names of the columns may stand further down, or higher up, than the description says.
inline void find_header(std::string_view text, const std::string& name, const Description& d) {
    if (has_wells(text, name, d, d.layout.skip_lines)) return;
    constexpr std::size_t most = 100;
    for (std::size_t lines = 0; lines < most; ++lines)
        if (!d.targets.front().well.number && has_wells(text, name, d, lines))
            throw FormatError(name, "the line with the column " + quoted(d.targets.front().well.text) +
                                        " comes after another number of lines: say skip_lines = " +
                                        std::to_string(lines) + " in " + d.file);
}

/// A file that ends inside a line has lost at least that.
inline void require_whole(const ResultTable& t, char delimiter) {
    if (!t.open_end || t.table->size() == 0) return;
    const auto cells = [&](std::string_view line) {
        std::size_t count = 1;
        bool quoted = false;
        for (const char c : line) {
            if (c == '"') quoted = !quoted;
            count += c == delimiter && !quoted;
        }
        return count;
    };
    const std::string_view text = t.text;
    const auto begin = text.find_last_of("\r\n") + 1;
    const auto before = text.substr(0, begin).find_last_not_of("\r\n");
    if (begin == 0 || before == text.npos) return;
    const auto previous = text.substr(0, before + 1);
    const auto last = cells(text.substr(begin));
    const auto usual = cells(previous.substr(previous.find_last_of("\r\n") + 1));
    if (last < usual)
        throw FormatError(t.where(t.table->size() - 1), "the last line has " + std::to_string(last) +
                                                            " cells, the one before " + std::to_string(usual) +
                                                            "; the file was cut off, export it again");
}

/// Pooled rows that say neither sample nor members may all be called "Average": each gets a name of its own.
inline void number_pooled(std::vector<Row>& rows) {
    std::map<std::tuple<std::string, std::string, std::string, std::string, std::string, std::string>, int> seen;
    for (auto& row : rows)
        if (row.pooled != MICROCHIM_WELL)
            if (const int n = ++seen[{row.run, row.well, row.members, row.pool, row.target, row.channel + row.dye}];
                n > 1)
                row.well += " (" + std::to_string(n) + ")";
}

inline ResultTable read_table(const Bundle& bundle, std::size_t entry, std::size_t number, const Description& d) {
    ResultTable t;
    t.entry = entry;
    const std::string name(bundle.name(entry));
    if (!reader::is_text(bundle.bytes(entry)))
        throw FormatError(name, d.file + " says that this is a table, but it is no text");
    t.text = reader::utf8(bundle.bytes(entry));
    find_header(t.text, name, d);
    t.open_end = !t.text.ends_with('\n') && !t.text.ends_with('\r');
    const auto header = header_line(t.text, d.layout.skip_lines);
    const auto delimiter = d.layout.delimiter.value_or(reader::delimiter(header));
    t.table = std::make_unique<Table>(name, t.text, delimiter, d.layout.skip_lines);
    require_whole(t, delimiter);
    t.cells = std::make_unique<Cells>(*t.table, d);
    const RowReader reader(*t.cells, d);
    for (std::size_t row = 0; row < t.table->size(); ++row) {
        if (reader.leave_out(row)) ++t.left_out;
        else reader.read(row, t.rows);
    }
    for (auto& row : t.rows) row.table = number;
    number_pooled(t.rows);
    return t;
}

/// What the entries of a bundle are.
struct Contents {
    std::vector<std::size_t> descriptions, tables, partitions, curves, tables_without_wells, others;
};

inline const CurveRules* curve_rules_of(const Description& d, std::string_view name) {
    for (const auto& rules : d.curves)
        if (match(rules.file, name)) return &rules;
    return nullptr;
}

inline bool named(const Description& d, std::string_view name) {
    return std::any_of(d.files.begin(), d.files.end(), [&](const auto& p) { return match(p, name).has_value(); });
}

inline Contents sort_out(const Bundle& bundle, const Description& d) {
    Contents contents;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto name = bundle.name(i);
        if (is_description(bundle.bytes(i))) contents.descriptions.push_back(i);
        else if (d.partitions && match(d.partitions->file, name)) contents.partitions.push_back(i);
        else if (curve_rules_of(d, name)) contents.curves.push_back(i);
        else if (d.targets.empty()) contents.others.push_back(i);
        else if (!d.files.empty()) (named(d, name) ? contents.tables : contents.others).push_back(i);
        else if (has_wells(reader::head(bundle.bytes(i), 65536), std::string(name), d, d.layout.skip_lines))
            contents.tables.push_back(i);
        else if (reader::is_text(bundle.bytes(i))) contents.tables_without_wells.push_back(i);
        else contents.others.push_back(i);
    }
    return contents;
}

}  // namespace microchim::described
